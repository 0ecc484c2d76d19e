namespace Kangqiao.Rest;

/// <summary>What the FHIR interface accepts at once. The bounds keep memory flat under any load.</summary>
public sealed record RestOptions
{
    public static readonly RestOptions Default = new();

    /// <summary>Address of the FHIR base as clients see it, without a slash at its end; null to take it from each request.</summary>
    public string? BaseAddress { get; init; }

    /// <summary>The same where the server speaks without being asked and <see cref="BaseAddress"/> is not said: where it listens.</summary>
    public string OwnAddress { get; init; } = "";

    /// <summary>Bytes of one body, unpacked.</summary>
    public int MostBodyBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Bytes of all bodies being received or worked on; beyond that senders are told to come back.</summary>
    public long MostBytesInFlight { get; init; } = 192L * 1024 * 1024;

    /// <summary>SMART configuration for a FHIR base; null where nobody can sign in.</summary>
    public Func<string, byte[]>? SmartConfiguration { get; init; }

    public int MostBundleEntries { get; init; } = 10_000;

    /// <summary>Where files of exports and imports lie; null for a server without them.</summary>
    public string? WorkFolder { get; init; }

    /// <summary>So long after its end are the files of an export or import there.</summary>
    public TimeSpan BulkLife { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Bytes of one file of an import, unpacked.</summary>
    public long MostImportBytes { get; init; } = 64L * 1024 * 1024 * 1024;

    /// <summary>Bytes of one file of an export; then the next begins.</summary>
    public long MostExportFileBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>Whom the server may call by itself: for files of an import, and to notify subscribers. Nobody, unless it is said.</summary>
    public Outgoing.OutgoingRules Outgoing { get; init; } = Rest.Outgoing.OutgoingRules.Nobody;

    public Subscriptions.SubscriptionOptions Subscriptions { get; init; } = Rest.Subscriptions.SubscriptionOptions.Default;

    /// <summary>Entries of a batch worked on side by side, so that one group commit serves many.</summary>
    public int BatchWidth { get; init; } = 32;
}
