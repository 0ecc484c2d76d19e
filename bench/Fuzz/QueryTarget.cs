using System.Globalization;
using Kangqiao.Bench.Shapes;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Search;
using Kangqiao.Fhir.Search.Query;

namespace Kangqiao.Bench.Fuzz;

/// <summary>Search parameters with values of the wrong kind, broken escapes and far-off numbers, asked of a sound resource.</summary>
internal sealed class QueryTarget
{
    private static readonly string[] Modifiers =
        ["", "", "", ":missing", ":exact", ":contains", ":text", ":not", ":above", ":below", ":in", ":of-type", ":identifier", ":Patient", ":x", ":"];

    private static readonly string[] Parts =
    [
        "true", "false", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap", "2024", "-02-30", "T25:61", "+14:00", "Z", "1e308", "1e-999", "-", ".", "5.40",
        "99999999999999999999999999999999", "|", "$", ",", "\\", "\\|", "http://loinc.org", "mg", "王", "é", "\ud800", "\0", "Patient/1", "#", "urn:uuid:",
        "/_history/", "12.5|-190|1|km", "", "  ", "%20", "'", "9999-12-31", "0001-01-01",
    ];

    private static readonly SearchContext Context =
        new(DateTimeOffset.Parse("2025-01-01T00:00:00Z", CultureInfo.InvariantCulture), "https://shaped.example/fhir");

    private readonly FhirDocument document = new();
    private readonly FindingList findings = new();
    private readonly IndexValues values = new();

    public Func<bool> Prepare(byte[] resource, ref SplitMix64 random)
    {
        findings.Clear();
        if (!document.ReadInto(resource, findings))
        {
            document.ReadInto("{\"resourceType\":\"Basic\"}"u8.ToArray(), findings);
        }

        var plan = SearchPlan.Of(document.Root.Type);
        var name = plan.Parameters[random.Below(plan.Parameters.Length)].Code + Modifiers[random.Below(Modifiers.Length)];
        var parts = new string[random.Chance(970) ? random.Between(1, 6) : random.Between(100, 20_000)];
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = Parts[random.Below(Parts.Length)];
        }

        var value = string.Concat(parts);
        return () =>
        {
            if (!SearchClause.Parse(plan, name, value, Context).Try(out var clause, out _))
            {
                return false;
            }

            plan.Index(document.Root, values);
            return clause.Matches(values);
        };
    }
}
