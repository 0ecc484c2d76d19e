using Kangqiao.Store.Search;

namespace Kangqiao.Access.Deciding;

/// <summary>What is known of one human that decides who may see their records.</summary>
/// <param name="Person">Id of the Person, or null where nobody has linked the patient yet.</param>
/// <param name="Patients">Ids of all Patients that are this human, and of the Person: a composed Patient has the same.</param>
/// <param name="Born">Null where it is not known.</param>
public sealed record PersonFacts(string? Person, IReadOnlyList<string> Patients, DateOnly? Born)
{
    public IReadOnlyList<Treatment> Treatments { get; init; } = [];

    public IReadOnlyList<Agreement> Agreements { get; init; } = [];

    public IReadOnlyList<Opening> Openings { get; init; } = [];
}

/// <summary>An institution is treating the person.</summary>
/// <param name="Institution">Code.</param>
/// <param name="Until">Null while nobody knows.</param>
/// <param name="Source">The record that shows it.</param>
public sealed record Treatment(string Institution, DateTimeOffset? Until, string Source);

/// <summary>A chart opened in an emergency.</summary>
/// <param name="Practitioner">Who alone it was opened for; null for all of the institution.</param>
public sealed record Opening(string Institution, string? Practitioner, DateTimeOffset Until, string Source);

/// <summary>A Consent in force: what the person allows or refuses.</summary>
/// <param name="Source">The record that says it.</param>
public sealed record Agreement(Provision Root, IReadOnlyList<Provision> Exceptions, string Source);

/// <summary>One provision of a Consent (R4 consent-definitions.html#Consent.provision).</summary>
public sealed record Provision(bool IsPermit)
{
    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? Until { get; init; }

    /// <summary>Codes of institutions and ids of practitioners; null for whoever it may be.</summary>
    public IReadOnlySet<string>? Actors { get; init; }

    /// <summary>Why records are looked at; null for any purpose.</summary>
    public IReadOnlySet<string>? Purposes { get; init; }

    /// <summary>Types of records; null for all.</summary>
    public IReadOnlySet<string>? Types { get; init; }

    /// <summary>Labels of sensitive records; null where none is named.</summary>
    public IReadOnlySet<string>? Labels { get; init; }

    /// <summary>Only what tells of these days, both dates as FHIR writes them; null for all.</summary>
    public (string? Start, string? End)? Data { get; init; }

    /// <summary>What <see cref="Data"/> means to the index. Of each type the records of certain days: those that surely are, and those that may be. Null for all days.</summary>
    public Func<string, (TermQuery Surely, TermQuery Perhaps)>? Days { get; init; }

    /// <summary>It says something that is not understood here: a permission then permits nothing, and a refusal refuses all.</summary>
    public bool IsUnclear { get; init; }
}

/// <summary>By which right a record is seen; told to the audit trail.</summary>
public enum Right
{
    None,

    /// <summary>It is the viewer's own institution's.</summary>
    Own,

    /// <summary>The institution treats the person, who has agreed.</summary>
    Treatment,

    /// <summary>Opened in an emergency.</summary>
    Emergency,

    /// <summary>The viewer is the person.</summary>
    Self,

    /// <summary>The viewer acts for the person.</summary>
    Ward,

    /// <summary>The role's office.</summary>
    Office,
}
