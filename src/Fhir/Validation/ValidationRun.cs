using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Validation;

/// <summary>
/// One record being validated: the walk over its elements with the rules of base R4, and what the rules share.
/// Used by one thread at a time and again for the next record.
/// </summary>
internal sealed class ValidationRun
{
    private static readonly FindingList Nowhere = new(0);
    private static readonly FhirDocument Nothing = new();

    private readonly RuleTable table = RuleTable.Instance;
    private FindingList findings = Nowhere;
    private IReadOnlyList<string> asked = [];
    private int quiet;
    private int quietErrors;
    private int budget;
    private bool exhausted;
    private int urlOwner;
    private string? url;
    private int located;
    private int locatedLine;

    public ValidationRun(Validator validator)
    {
        Options = validator.Options;
        Profiles = validator.Profiles;
        References = new ReferenceIndex();
        Conformance = new ProfileCheck(this);
        Evaluation = new InvariantEvaluation(this);
    }

    public ValidationOptions Options { get; }

    public CompiledProfiles Profiles { get; }

    /// <summary>Finds what references inside the record point to.</summary>
    public ReferenceIndex References { get; }

    public ProfileCheck Conformance { get; }

    public InvariantEvaluation Evaluation { get; }

    /// <summary>The record.</summary>
    public FhirDocument Document { get; private set; } = Nothing;

    /// <summary>A question is being asked: errors are counted, not reported.</summary>
    public bool IsQuiet => quiet > 0;

    public TimeProvider Time => Options.Time;

    public void Validate(FhirDocument document, FindingList into, IReadOnlyList<string> askedProfiles)
    {
        Document = document;
        findings = into;
        asked = askedProfiles;
        quiet = 0;
        quietErrors = 0;
        exhausted = false;
        (urlOwner, url) = (-1, null);
        (located, locatedLine) = (0, 1);
        budget = (int)Math.Min(int.MaxValue, Options.Budget + (64L * document.Count));
        References.Begin();
        Conformance.Begin();
        Evaluation.Begin();
        Walk(document.Root);

        // An idle run must not keep the record alive.
        findings = Nowhere;
        Document = Nothing;
        References.Begin();
        Conformance.Begin();
    }

    /// <summary>Takes one step from the budget; false, once it is spent.</summary>
    public bool Step(int cost = 1)
    {
        budget -= cost;
        if (budget >= 0)
        {
            return true;
        }

        if (!exhausted)
        {
            exhausted = true;
            findings.Add(new Finding(ValidationFindings.TooCostly, Severity.Error, "", [], 0, 0));
        }

        return false;
    }

    public void Report(FindingKind kind, Element at, params string[] arguments) => Report(kind, kind.Severity, at, arguments);

    public void Report(FindingKind kind, Severity severity, Element at, params string[] arguments)
    {
        if (quiet > 0)
        {
            quietErrors += severity >= Severity.Error ? 1 : 0;
            return;
        }

        if (findings.IsFull)
        {
            findings.Add(new Finding(kind, severity, "", arguments, 0, 0));
            return;
        }

        var (line, column) = Locate(at.Start);
        findings.Add(new Finding(kind, severity, at.Path(), arguments, line, column));
    }

    /// <summary>The url child of an element, kept for its many siblings' sake: what is nested in it asks for it each time.</summary>
    public string? UrlOf(Element element)
    {
        if (urlOwner != element.Handle)
        {
            urlOwner = element.Handle;
            url = element.ChildText("url");
        }

        return url;
    }

    /// <summary>
    /// Line and column as <see cref="FhirDocument.Position"/> has them, counted on from the last place asked for: findings come
    /// mostly in the order of the record, and a large one is not to be counted through for each.
    /// </summary>
    private (int Line, int Column) Locate(int at)
    {
        if (Document.IsConverted)
        {
            return default;
        }

        var bytes = Document.Utf8;
        at = Math.Clamp(at, 0, bytes.Length);
        if (at < located)
        {
            (located, locatedLine) = (0, 1);
        }

        locatedLine += bytes[located..at].Count((byte)'\n');
        located = at;
        return (locatedLine, at - bytes[..at].LastIndexOf((byte)'\n'));
    }

    /// <summary>From here to <see cref="EndQuiet"/> errors are counted, not reported.</summary>
    /// <returns>To be handed to <see cref="EndQuiet"/>.</returns>
    public int BeginQuiet()
    {
        quiet++;
        var before = quietErrors;
        quietErrors = 0;
        return before;
    }

    /// <returns>True if there was no error meanwhile.</returns>
    public bool EndQuiet(int before)
    {
        quiet--;
        var sound = quietErrors == 0;
        quietErrors = before;
        return sound;
    }

    private void Walk(Element element)
    {
        var typeId = element.TypeId;
        var rules = table.Of(typeId);
        var elementRules = table.OfElement(element.FactId);
        if (!Step())
        {
            return;
        }

        if (!rules.IsEmpty || elementRules is not null)
        {
            Check(element, rules, elementRules);
        }

        if (element.IsResource)
        {
            CheckProfiles(element);
        }

        foreach (var child in element.Children)
        {
            Walk(child);
        }
    }

    private void Check(Element element, TypeRules rules, ElementRules? elementRules)
    {
        Native(element, rules.Native);
        var present = 0UL;
        if (rules.Invariants.Length > 0 || elementRules?.Invariants.Length > 0)
        {
            foreach (var child in element.Children)
            {
                var slot = child.Fact!.Slot;
                present |= slot < 64 ? 1UL << slot : 0;
            }

            Check(element, rules.Invariants, present);
        }

        if (elementRules is not null)
        {
            Check(element, elementRules.Invariants, present);
            if (elementRules.Binding is { } binding)
            {
                CodedValues.Check(this, element, binding.ValueSet, binding.Strength);
            }
        }
    }

    private void Check(Element element, Invariant[] invariants, ulong present)
    {
        foreach (var invariant in invariants)
        {
            if (!invariant.HoldsWithout(present))
            {
                Evaluation.Check(element, invariant);
            }
        }
    }

    private void Native(Element element, TypeRule rule)
    {
        switch (rule)
        {
            case TypeRule.DomainResource:
                ContainedResources.Check(this, element);
                BestPractices.CheckNarrative(this, element);
                DefinitionRules.Check(this, element);
                break;
            case TypeRule.Bundle:
                BundleRules.Check(this, element);
                break;
            case TypeRule.Extension:
                ExtensionRules.Check(this, element);
                break;
            case TypeRule.Reference:
                ReferenceRules.Check(this, element);
                break;
            case TypeRule.Canonical:
                ReferenceRules.CheckCanonical(this, element);
                break;
            case TypeRule.Attachment:
                AttachmentRules.Check(this, element);
                break;
            case TypeRule.NarrativeDiv:
                NarrativeRules.Check(this, element);
                break;
            case TypeRule.Coding:
                CodedValues.CheckCoding(this, element);
                break;
        }
    }

    private void CheckProfiles(Element resource)
    {
        var meta = resource.Child(WellKnown.Meta);
        if (meta.Exists)
        {
            foreach (var claimed in meta.ChildrenNamed(WellKnown.Profile))
            {
                if (claimed.Text() is { } canonical)
                {
                    Conformance.CheckClaimed(resource, canonical, claimed);
                }
            }
        }

        if (resource.Type.Name == "Observation" && VitalSigns.ProfileOf(resource) is { } implied)
        {
            Conformance.CheckClaimed(resource, implied, resource);
        }

        if (resource.Handle == 0)
        {
            foreach (var canonical in Options.AskedProfiles)
            {
                Conformance.CheckAsked(resource, canonical);
            }

            foreach (var canonical in asked)
            {
                Conformance.CheckAsked(resource, canonical);
            }
        }
    }
}
