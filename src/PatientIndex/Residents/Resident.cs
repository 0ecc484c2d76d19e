namespace Kangqiao.PatientIndex.Residents;

/// <summary>How a source Patient came to a resident.</summary>
/// <param name="Source">Id of the source Patient.</param>
/// <param name="Assurance">R4 identity-assuranceLevel: level1 little, level2 some, level3 high, level4 very high confidence.</param>
/// <param name="How">One of <see cref="LinkMeans"/>.</param>
/// <param name="Model">The weights in force; empty where no weights were asked.</param>
/// <param name="Probability">Null where no weights were asked.</param>
internal sealed record ResidentLink(string Source, string Assurance, string How, string Model, double? Probability, DateTimeOffset At);

/// <summary>A resident as its Person says: which source Patients are this human. A version of the Person for every change.</summary>
internal sealed record Resident(string Id)
{
    /// <summary>Of the Person; 0 where it is not stored yet.</summary>
    public long Version { get; init; }

    /// <summary>The resident that this one was merged into.</summary>
    public string? Survivor { get; init; }

    public IReadOnlyList<ResidentLink> Links { get; init; } = [];

    /// <summary>Residents that this one never is, as a person has said.</summary>
    public IReadOnlyList<string> NeverSame { get; init; } = [];

    /// <summary>健康档案号.</summary>
    public string HealthRecordNumber { get; init; } = "";
}

/// <summary>How a link comes about.</summary>
internal static class LinkMeans
{
    /// <summary>Nobody like it was known.</summary>
    public const string New = "new";

    /// <summary>The same verified number.</summary>
    public const string Number = "number";

    /// <summary>The weights.</summary>
    public const string Likeness = "likeness";

    /// <summary>A person has decided.</summary>
    public const string Steward = "steward";
}
