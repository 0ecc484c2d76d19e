using Kangqiao.Fhir.Codes;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Validation;

/// <summary>How loud a finding is that the specification calls best practice (dom-6: a resource should have narrative).</summary>
public enum BestPractice : byte
{
    Ignore,
    Information,
    Warning,
    Error,
}

/// <summary>How an extension whose definition is not known is taken. A modifier extension is always an error.</summary>
public enum UnknownExtensions : byte
{
    Ignore,
    Information,
    Warning,
    Error,
}

/// <summary>Whether a record that a reference names exists; null where it cannot be told.</summary>
/// <param name="reference">Type/id or an absolute URL, as sent.</param>
public delegate bool? ReferenceExists(string reference);

/// <summary>What validation asks and how strictly. Immutable; one for a server's life.</summary>
public sealed record ValidationOptions
{
    public static readonly ValidationOptions Default = new();

    /// <summary>Who knows codes; the specification's own value sets unless said otherwise.</summary>
    public ITerminology Terminology { get; init; } = SpecificationTerminology.Instance;

    /// <summary>Who knows profiles and extensions; those of the specification unless said otherwise.</summary>
    public IProfileSource Profiles { get; init; } = ProfileSet.Specification;

    /// <summary>Profiles every record is asked to conform to, by canonical URL, besides those it claims in meta.profile.</summary>
    public IReadOnlyList<string> AskedProfiles { get; init; } = [];

    public BestPractice BestPractice { get; init; } = BestPractice.Warning;

    public UnknownExtensions UnknownExtensions { get; init; } = UnknownExtensions.Information;

    /// <summary>Beginnings of extension URLs that are fine without a definition.</summary>
    public IReadOnlyList<string> TrustedExtensions { get; init; } = [];

    /// <summary>Asked for literal references to records outside of the one at hand, if set.</summary>
    public ReferenceExists? ReferenceExists { get; init; }

    /// <summary>The clock for now() and today() in rules.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// Steps of rule checking for one record before it is given up (<c>FHR104</c>). It grows with the record: this many and
    /// sixty-four for each of its elements.
    /// </summary>
    public int Budget { get; init; } = 200_000;
}

/// <summary>Where StructureDefinitions come from.</summary>
public interface IProfileSource
{
    /// <summary>The StructureDefinition of a profile or extension, or null.</summary>
    /// <param name="canonical">Canonical URL; a |version may follow and is matched where the definition states one.</param>
    FhirDocument? StructureDefinition(string canonical);
}
