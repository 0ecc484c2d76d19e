namespace Kangqiao.Standard.Sensitivity;

/// <summary>The rules as their file says them: <c>content/rules/sensitivity/rules.json</c>.</summary>
/// <param name="Labels">Each a kind of sensitive matter.</param>
/// <param name="Systems">Short names for code systems that have several.</param>
internal sealed record SensitivityFile(IReadOnlyList<LabelRule> Labels, IReadOnlyDictionary<string, IReadOnlyList<string>> Systems);

/// <param name="Code">Small letters; part of the record's terms.</param>
/// <param name="Source">Where it is written that this is sensitive.</param>
/// <param name="Security">Codes of meta.security that put the label on.</param>
/// <param name="Codings">Codes anywhere in the record that do.</param>
internal sealed record LabelRule(string Code, string Title, string Source, IReadOnlyList<SecurityCodes> Security, IReadOnlyList<CodingRule> Codings);

internal sealed record SecurityCodes(string System, IReadOnlyList<string> Codes);

internal sealed record CodingRule(IReadOnlyList<string> Systems)
{
    public IReadOnlyList<string> Codes { get; init; } = [];

    public IReadOnlyList<string> Starts { get; init; } = [];

    public IReadOnlyList<string> Except { get; init; } = [];
}
