using Kangqiao.Fhir.FhirPath;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Bench.Kernel;

/// <summary>What ten expressions of the kind that R4's search parameters have cost, each on resources of its type.</summary>
internal static class Expressions
{
    private const int Resources = 500;

    private static readonly (string Type, string Text)[] Measured =
    [
        ("Patient", "Patient.name.given"),
        ("Patient", "Patient.identifier"),
        ("Patient", "Patient.telecom.where(system='phone')"),
        ("Patient", "Patient.deceased.exists() and Patient.deceased != false"),
        ("Observation", "Observation.code"),
        ("Observation", "Observation.subject.where(resolve() is Patient)"),
        ("Observation", "(Observation.value as Quantity) | (Observation.value as SampledData)"),
        ("Observation", "Observation.component.code"),
        ("Condition", "Condition.onset.as(dateTime) | Condition.onset.as(Period)"),
        ("ExplanationOfBenefit", "ExplanationOfBenefit.item.encounter"),
    ];

    public static IEnumerable<Measured> Measure(Sample sample, int rounds)
    {
        var environment = new FhirPathEnvironment { AssumesTargets = true, AsFilters = true };
        var results = new FhirPathResults();
        foreach (var (type, text) in Measured)
        {
            var expression = FhirPathExpression.Compile(text).Value;
            var documents = Documents(sample, type);
            yield return Kernel.Measure.Rounds(text, documents.Length * 100, rounds, () =>
            {
                for (var i = 0; i < 100; i++)
                {
                    foreach (var document in documents)
                    {
                        expression.Evaluate(document.Root, environment, results);
                    }
                }
            });
        }
    }

    private static FhirDocument[] Documents(Sample sample, string type) =>
    [
        .. Enumerable.Range(0, sample.Count).Where(i => sample.TypeOf(i) == type).Take(Resources)
            .Select(i => FhirDocument.Read(sample[i], new FindingList())),
    ];
}
