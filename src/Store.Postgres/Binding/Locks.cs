using System.Globalization;

namespace Kangqiao.Store.Postgres.Binding;

/// <summary>
/// Advisory locks (postgresql.org/docs/15/explicit-locking.html#ADVISORY-LOCKS), two numbers each: what for, and which. They
/// live on the server that is connected to: on Citus all processes connect to the coordinator.
/// </summary>
internal static class Locks
{
    /// <summary>Held by the session that writes under that number.</summary>
    public const int Writer = 0x4B51_0001;

    /// <summary>Shared by every writing transaction; alone for one whose condition any write may change.</summary>
    public const int Gate = 0x4B51_0002;

    /// <summary>Business identifiers that a transaction decides on, folded into 4,096.</summary>
    public const int Identity = 0x4B51_0003;

    /// <summary>Changes of form, names, parameter codes and jobs: rare, and one after the other.</summary>
    public const int Small = 0x4B51_0004;

    public const int Identities = 4_096;

    public static string AloneAtGate { get; } = string.Create(CultureInfo.InvariantCulture, $"SELECT pg_advisory_xact_lock({Gate}, 0)");

    public static string SharedAtGate { get; } = string.Create(CultureInfo.InvariantCulture, $"SELECT pg_advisory_xact_lock_shared({Gate}, 0)");

    public static string OneAfterTheOther { get; } = string.Create(CultureInfo.InvariantCulture, $"SELECT pg_advisory_xact_lock({Small}, 0)");

    /// <summary>$1: which ones, sorted, so that two transactions never wait for each other in a ring.</summary>
    public static string ForIdentities { get; } =
        string.Create(CultureInfo.InvariantCulture, $"SELECT pg_advisory_xact_lock({Identity}, k) FROM unnest($1::int[]) AS k");
}
