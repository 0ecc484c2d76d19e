using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Validation;

/// <summary>References (references.html): their form, what they may point to, and that what they point to inside the record is there.</summary>
internal static class ReferenceRules
{
    public static void Check(ValidationRun run, Element element)
    {
        var typeChild = element.Child(WellKnown.Type);
        var said = typeChild.Exists ? typeChild.Text() : null;
        var targets = AllowedTargets(element);
        var literal = element.Child(WellKnown.Reference);
        if (!literal.Exists || literal.Text() is not { } text)
        {
            CheckTarget(run, element, said is null ? null : R4.Facts.Type(said), targets);
            return;
        }

        var target = TargetType(run, element, literal, text);
        CheckTarget(run, literal, target, targets);
        if (said is not null && target is not null && said != target.Name)
        {
            run.Report(ValidationFindings.TypeDisagrees, typeChild, said, target.Name);
        }
    }

    /// <summary>A canonical that is a fragment names a contained resource.</summary>
    public static void CheckCanonical(ValidationRun run, Element element)
    {
        if (element.Raw is not [(byte)'#', _, ..])
        {
            return;
        }

        var contained = run.References.Contained(element, element.Text()!);
        if (!contained.Exists)
        {
            run.Report(ValidationFindings.NoContained, element, element.Text()![1..]);
            return;
        }

        CheckTarget(run, element, contained.Type, AllowedTargets(element));
    }

    private static TypeFact? TargetType(ValidationRun run, Element element, Element literal, string text)
    {
        var reference = ReferenceText.Parse(text);
        switch (reference.Form)
        {
            case ReferenceForm.Fragment:
                var contained = run.References.Contained(element, text);
                if (!contained.Exists)
                {
                    run.Report(ValidationFindings.NoContained, literal, text[1..]);
                    return null;
                }

                return contained.Type;

            case ReferenceForm.Other:
                run.Report(ValidationFindings.BadReference, literal, text);
                return null;

            case ReferenceForm.Conditional:
                return reference.Type;

            default:
                return InBundleOrElsewhere(run, element, literal, reference, text);
        }
    }

    private static TypeFact? InBundleOrElsewhere(ValidationRun run, Element element, Element literal, ReferenceText reference, string text)
    {
        var found = run.References.InBundle(element, reference, text);
        if (found.Matches == 1)
        {
            return found.Target.Type;
        }

        var (bundle, _) = ReferenceIndex.BundleAround(element);
        if (bundle.Exists)
        {
            BundleRules.CheckUnresolved(run, run.References.IndexOf(bundle), literal, reference, text, found.Matches);
        }

        if (found.Matches == 0
            && reference.Form is ReferenceForm.Relative or ReferenceForm.Restful
            && run.Options.ReferenceExists?.Invoke(text) == false)
        {
            run.Report(ValidationFindings.NotFound, literal, text);
        }

        return reference.Type;
    }

    private static TypeFact[] AllowedTargets(Element element)
    {
        var fact = element.Fact;
        if (fact is null)
        {
            return [];
        }

        foreach (var type in fact.Types)
        {
            if (ReferenceEquals(type.Type, element.Type))
            {
                return type.Targets;
            }
        }

        return [];
    }

    private static void CheckTarget(ValidationRun run, Element at, TypeFact? target, TypeFact[] allowed)
    {
        if (target is null || allowed.Length == 0)
        {
            return;
        }

        foreach (var type in allowed)
        {
            if (target.IsA(type))
            {
                return;
            }
        }

        run.Report(ValidationFindings.WrongTarget, at, target.Name, string.Join(" | ", allowed.Select(t => t.Name)));
    }
}
