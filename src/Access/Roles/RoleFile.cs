using System.Text.Json.Serialization;

namespace Kangqiao.Access.Roles;

/// <summary><c>content/access/roles.json</c>: what decides, and what the matrix in the documentation is made from.</summary>
/// <param name="Kinds">Kinds of records: each resource type is of one.</param>
/// <param name="Treatment">How long what shows a treatment holds, and how far it reaches.</param>
internal sealed record RoleFile(IReadOnlyDictionary<string, IReadOnlyList<string>> Kinds, TreatmentRules Treatment, IReadOnlyList<Role> Roles);

/// <summary>How long what shows a treatment holds, and how far it reaches.</summary>
public sealed record TreatmentRules
{
    /// <summary>An outpatient's visit that nobody has ended.</summary>
    public int AmbulatoryDays { get; init; }

    /// <summary>After its day.</summary>
    public int AppointmentDays { get; init; }

    public int ReferralDays { get; init; }

    /// <summary>Where a record says no time at all, from when it was written.</summary>
    public int UnstatedDays { get; init; }

    /// <summary>Persons of other institutions' records that a question reaches which names none.</summary>
    public int MostPersons { get; init; }

    /// <summary>The longest that emergency access may be asked for.</summary>
    public int EmergencyHours { get; init; }
}

[JsonConverter(typeof(JsonStringEnumConverter<AccessAction>))]
public enum AccessAction
{
    [JsonStringEnumMemberName("read")]
    Read,

    [JsonStringEnumMemberName("write")]
    Write,

    [JsonStringEnumMemberName("export")]
    Export,

    /// <summary>To see a masked field in the clear, which is logged.</summary>
    [JsonStringEnumMemberName("reveal")]
    Reveal,
}

[JsonConverter(typeof(JsonStringEnumConverter<AccessScope>))]
public enum AccessScope
{
    /// <summary>Every record of the kind.</summary>
    [JsonStringEnumMemberName("all")]
    All,

    /// <summary>What the viewer's institution has sent.</summary>
    [JsonStringEnumMemberName("own")]
    Own,

    /// <summary>Own, and other institutions' records of persons who are treated there and have agreed.</summary>
    [JsonStringEnumMemberName("treated")]
    Treated,

    /// <summary>The viewer's own records as a resident.</summary>
    [JsonStringEnumMemberName("self")]
    Self,

    /// <summary>Those of whom the viewer acts for, as far as age allows.</summary>
    [JsonStringEnumMemberName("ward")]
    Ward,

    /// <summary>What institutions of the viewer's region have sent.</summary>
    [JsonStringEnumMemberName("region")]
    Region,
}

/// <param name="Code">What a token says.</param>
public sealed record Role(string Code, string Title, IReadOnlyList<RoleRule> Rules)
{
    /// <summary>May open a chart in an emergency.</summary>
    public bool Opens { get; init; }

    /// <summary>May review emergency access.</summary>
    public bool Reviews { get; init; }
}

/// <param name="Kinds">"*" for all.</param>
public sealed record RoleRule(IReadOnlyList<string> Kinds, IReadOnlyList<AccessAction> May, AccessScope Scope)
{
    /// <summary>Labels of sensitive records that stay hidden.</summary>
    public IReadOnlyList<string> Without { get; init; } = [];

    /// <summary>Those that stay hidden unless they are the viewer's own institution's, or the resident has named them.</summary>
    public IReadOnlyList<string> WithoutElsewhere { get; init; } = [];

    /// <summary>Only records with this tag.</summary>
    public string? Only { get; init; }

    /// <summary>Fields not shown in the clear.</summary>
    public IReadOnlyList<string> Mask { get; init; } = [];
}
