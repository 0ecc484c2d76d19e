namespace Kangqiao.Codes;

/// <summary>A CodeSystem on its way to a file.</summary>
internal sealed record CodeSystemDraft(string Id, string Url, string Title, string Source)
{
    public string? Version { get; init; }

    /// <summary>Who issued the table; null where the source does not say.</summary>
    public string? Publisher { get; init; }

    public string? Note { get; init; }

    /// <summary>False where the table is known or suspected not to list every code: a code outside cannot be called wrong.</summary>
    public bool IsComplete { get; init; } = true;

    /// <summary>Other names under which senders call this table.</summary>
    public List<string> Aliases { get; } = [];

    /// <summary>Properties used by concepts beside notSelectable and inactive: code, FHIR type, description.</summary>
    public List<(string Code, string Type, string Description)> Properties { get; } = [];

    /// <summary>The top concepts.</summary>
    public List<ConceptDraft> Concepts { get; init; } = [];

    public IEnumerable<ConceptDraft> All() => Concepts.SelectMany(c => c.WithDescendants());
}

internal sealed class ConceptDraft(string code, string? display)
{
    public string Code { get; } = code;

    public string? Display { get; } = display;

    public string? Definition { get; init; }

    /// <summary>Only there to group others.</summary>
    public bool IsAbstract { get; init; }

    /// <summary>No longer given out, but met in old records.</summary>
    public bool IsInactive { get; init; }

    public List<(string Code, string Value)> Properties { get; } = [];

    public List<ConceptDraft> Children { get; } = [];

    public IEnumerable<ConceptDraft> WithDescendants() => Children.SelectMany(c => c.WithDescendants()).Prepend(this);
}
