using System.Collections.Frozen;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Validation;

/// <summary>The specification's invariants by key, for native rules to say which one is broken.</summary>
internal static class Invariants
{
    private static readonly Lazy<FrozenDictionary<string, ConstraintFact>> ByKey = new(
        static () => R4.Facts.Constraints.DistinctBy(c => c.Key).ToFrozenDictionary(c => c.Key, StringComparer.Ordinal));

    private static readonly Lazy<FrozenSet<string>> Checked = new(
        static () => R4.Facts.Constraints.Select(c => c.Key + " " + c.Expression).ToFrozenSet(StringComparer.Ordinal));

    /// <summary>Whether base R4 has that very rule, so that a profile's snapshot only repeats it.</summary>
    public static bool IsOfSpecification(string key, string expression) =>
        key is "ele-1" or "ext-1" || key.StartsWith("dom-", StringComparison.Ordinal) || Checked.Value.Contains(key + " " + expression);

    public static void Fail(ValidationRun run, Element at, string key, Severity severity = Severity.Error)
    {
        var fact = ByKey.Value[key];
        run.Report(ValidationFindings.Invariant, severity, at, key, fact.Human, InvariantTexts.Chinese(key) ?? fact.Human);
    }
}
