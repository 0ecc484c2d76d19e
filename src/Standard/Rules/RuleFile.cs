using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kangqiao.Standard.Rules;

/// <summary>A rule of plausibility as its file says it: <c>content/rules/plausibility/NAME/rule.json</c>.</summary>
/// <param name="Code">Stable finding code.</param>
/// <param name="Severity">error or warning.</param>
/// <param name="English">What is wrong, and what to do.</param>
/// <param name="Source">Where it is written that this cannot be, or whose judgement it is.</param>
internal sealed record RuleFile(string Code, string Severity, string English, string Chinese, string Source)
{
    public IReadOnlyList<RuleExpression> Checks { get; init; } = [];

    public IReadOnlyList<ValueRange> Ranges { get; init; } = [];

    public IReadOnlyList<RuleCase> Cases { get; init; } = [];
}

/// <param name="Type">Resource type.</param>
/// <param name="Place">Element that the finding names, in FHIRPath from the resource.</param>
/// <param name="Holds">FHIRPath; the rule is broken where it is false. Where it is empty there is nothing to say.</param>
internal sealed record RuleExpression(string Type, string Place, string Holds);

/// <summary>What a measured value can be at most in a living person.</summary>
/// <param name="Unit">UCUM.</param>
internal sealed record ValueRange(string System, string Code, string Name, string Unit, decimal Low, decimal High);

/// <summary>A resource and whether the rule finds something in it.</summary>
internal sealed record RuleCase(string Why, JsonElement Resource, [property: JsonPropertyName("found")] bool IsFound);
