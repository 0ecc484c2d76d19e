using Kangqiao.Audit.Entries;
using Kangqiao.Kernel;
using Microsoft.AspNetCore.Http;

namespace Kangqiao.Audit.Http;

/// <summary>Who wants to read the trail; null where there is no valid token.</summary>
public delegate ValueTask<AuditActor?> WhoReads(HttpContext http);

/// <summary>What the trail has to ask of other rooms to be read.</summary>
public sealed record AuditNeighbours(WhoReads Who)
{
    /// <summary>Ids of the Patients that are one Person.</summary>
    public required Func<string, CancellationToken, ValueTask<Outcome<IReadOnlyList<string>>>> PatientsOf { get; init; }

    /// <summary>Name of an institution by its code; null where it is not known.</summary>
    public required Func<string, CancellationToken, ValueTask<string?>> InstitutionName { get; init; }
}

/// <summary>Roles that read the trail. The three administrators are separate (GB/T 22239-2019, 8.1.5): who runs the system does not audit it.</summary>
internal static class Readers
{
    public const string Auditor = "auditor";
    public const string Security = "security";
    public const string Resident = "resident";

    public static bool MayReadAll(AuditActor actor) => actor.Role is Auditor or Security;

    public static bool MayWatch(AuditActor actor) => actor.Role is Security;
}
