using Kangqiao.Bench.Shapes;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.FhirPath;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Bench.Fuzz;

/// <summary>The specification's own invariants and search expressions, spoiled, asked of a resource that may be spoiled too.</summary>
internal sealed class ExpressionTarget
{
    private static readonly string[] Sound =
    [
        .. R4.Facts.Constraints.Select(c => c.Expression), .. R4.Facts.SearchParameters.Select(s => s.Expression).OfType<string>(),
    ];

    private readonly FhirPathEnvironment environment = new() { Time = TimeProvider.System };
    private readonly FhirPathResults results = new();
    private readonly FhirDocument document = new();
    private readonly FindingList findings = new();

    public Func<bool> Prepare(byte[] resource, ref SplitMix64 random)
    {
        var text = Spoil(Sound[random.Below(Sound.Length)], ref random);
        findings.Clear();
        if (!document.ReadInto(resource, findings))
        {
            document.ReadInto("{\"resourceType\":\"Basic\"}"u8.ToArray(), findings);
        }

        var focus = document.Root;
        if (random.Chance(300))
        {
            // Somewhere inside: one of the first levels, since most elements are at the leaves.
            foreach (var child in document.Root.Children)
            {
                focus = child;
                if (random.Chance(300))
                {
                    break;
                }
            }
        }

        environment.AsFilters = random.Chance(500);
        environment.AssumesTargets = random.Chance(500);
        return () =>
        {
            if (!FhirPathExpression.Compile(text).Try(out var expression, out _))
            {
                return false;
            }

            var truth = expression.IsTrue(focus, environment);
            if (truth && environment.Problem is not null)
            {
                throw new PromiseBroken($"{text} is true and failed: {environment.Problem.Message}");
            }

            return expression.Evaluate(focus, environment, results);
        };
    }

    private static string Spoil(string text, ref SplitMix64 random)
    {
        for (var times = random.Between(0, 6); times > 0; times--)
        {
            var at = random.Below(text.Length + 1);
            text = random.Below(8) switch
            {
                0 => text[..at],
                1 => text.Remove(Math.Min(at, Math.Max(text.Length - 1, 0)), Math.Min(text.Length - Math.Min(at, Math.Max(text.Length - 1, 0)), random.Between(1, 12))),
                2 => text + " | " + Sound[random.Below(Sound.Length)],
                3 => text + Hostile.Expression[random.Below(Hostile.Expression.Length)],
                4 => "(" + text + ")" + Hostile.Expression[random.Below(Hostile.Expression.Length)],
                5 => Deep(text, ref random),
                _ => text.Insert(at, Hostile.Expression[random.Below(Hostile.Expression.Length)]),
            };
        }

        return text;
    }

    private static string Deep(string text, ref SplitMix64 random)
    {
        var levels = random.Chance(900) ? random.Between(2, 40) : random.Between(100, 50_000);
        return random.Below(6) switch
        {
            0 => new string('(', levels) + text + new string(')', levels),
            1 => new string('-', levels) + text,
            2 => string.Concat(Enumerable.Repeat("iif(true, ", levels)) + text + new string(')', levels),
            3 => text + string.Concat(Enumerable.Repeat(".where(true)", levels)),
            4 => string.Join(" or ", Enumerable.Repeat(text.Length < 40 ? text : "true", levels)),
            _ => "descendants()" + string.Concat(Enumerable.Repeat(".select(%context.descendants())", Math.Min(levels, 40))),
        };
    }
}
