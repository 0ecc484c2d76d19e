using Kangqiao.Ingest.Cda.Entries;
using Kangqiao.Ingest.Cda.Reading;

namespace Kangqiao.Ingest.Cda.Content;

/// <summary>Where one data element goes: a line of content/mappings/cda.</summary>
/// <param name="Kind">The draft it belongs to: "condition", "lab", "medication"…, "form" for the document's form.</param>
/// <param name="Field">Of that draft.</param>
internal sealed record CdaRule(string Kind, string Field)
{
    /// <summary>Any of these stands in the sender's name for it; empty if the name does not matter.</summary>
    public string[] NameHas { get; init; } = [];

    /// <summary>LOINC code or title of the section; null for any.</summary>
    public string? Section { get; init; }

    /// <summary>The value is of this kind; null for any.</summary>
    public ValueKind? Value { get; init; }

    /// <summary>Only inside a draft of this kind; null for any.</summary>
    public string? Inside { get; init; }

    public string? Loinc { get; init; }

    public string? Ucum { get; init; }

    public string? Category { get; init; }

    /// <summary>Tells several drafts of a kind apart: a diagnosis' part in the visit.</summary>
    public string? Role { get; init; }

    public bool Fits(Statement statement, SectionContext section) =>
        (NameHas.Length == 0 || NameHas.Any(n => statement.Name.Contains(n, StringComparison.Ordinal) || statement.Qualifier?.Contains(n, StringComparison.Ordinal) == true))
        && (Section is null || Section == section.Code || Section == section.Title)
        && (Value is null || Value == statement.Value.Kind)
        && (Inside is null || IsInside(statement, Inside));

    private static bool IsInside(Statement statement, string kind)
    {
        for (var above = statement.Parent; above is not null; above = above.Parent)
        {
            if (above.Kind == kind || above.Draft?.Kind == kind || above.Parts.Exists(p => p.Draft?.Kind == kind))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>The section an entry stands in.</summary>
/// <param name="Code">LOINC, or null.</param>
internal sealed record SectionContext(string? Code, string Title, string? ConditionRole);
