using Kangqiao.Fhir.FhirPath;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Validation;

/// <summary>Evaluates invariants for one record at a time, all in one environment.</summary>
internal sealed class InvariantEvaluation
{
    private readonly ValidationRun run;
    private readonly FhirPathEnvironment environment;
    private FhirPathEnvironment? inner;
    private bool isBusy;

    public InvariantEvaluation(ValidationRun run)
    {
        this.run = run;
        environment = Environment();
    }

    /// <summary>A rule may look at the whole record some times over, but not at each element from each element.</summary>
    public void Begin() => environment.MaxSteps = Math.Max(FhirPathEnvironment.DefaultSteps, 64L * run.Document.Count);

    public void Check(Element element, Invariant invariant)
    {
        if (!run.Step())
        {
            return;
        }

        var (holds, problem) = Evaluate(element, invariant);
        if (holds == false)
        {
            run.Report(
                ValidationFindings.Invariant, invariant.IsError ? Severity.Error : Severity.Warning, element,
                invariant.Key, invariant.English, invariant.Chinese);
        }
        else if (holds is null)
        {
            run.Report(ValidationFindings.InvariantNotEvaluated, element, invariant.Key, problem ?? "");
        }
    }

    private (bool? Holds, string? Problem) Evaluate(Element element, Invariant invariant)
    {
        // conformsTo() in a rule leads back here while the outer expression is still being evaluated.
        var at = isBusy ? inner ??= Environment() : environment;
        var wasBusy = isBusy;
        isBusy = true;
        var holds = invariant.Expression.Holds(element, at);
        isBusy = wasBusy;
        return (holds, invariant.Expression.Fault ?? at.Problem?.Message);
    }

    private FhirPathEnvironment Environment() => new()
    {
        Terminology = run.Options.Terminology,
        Time = run.Options.Time,
        Conforms = isBusy ? null : (element, profile) => run.Conformance.ConformsTo(element, profile),
    };
}
