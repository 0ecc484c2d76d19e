using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Validation;

/// <summary>Checks elements against compiled profiles, for one record at a time.</summary>
internal sealed class ProfileCheck(ValidationRun run)
{
    /// <summary>Profiles within profiles through references; a longer chain is taken to conform.</summary>
    private const int MaxDepth = 24;

    private readonly Dictionary<(Profile Profile, int Element), bool> conforms = [];
    private readonly HashSet<(Profile Profile, int Element)> reported = [];
    private readonly Stack<List<Element>> lists = new();
    private Profile current = null!;
    private int depth;

    public void Begin()
    {
        depth = 0;
        if (conforms.Count > 0)
        {
            conforms.Clear();
        }

        if (reported.Count > 0)
        {
            reported.Clear();
        }
    }

    /// <summary>A profile the resource says it conforms to.</summary>
    public void CheckClaimed(Element resource, string canonical, Element claim) =>
        CheckNamed(resource, canonical, claim, Severity.Warning);

    /// <summary>A profile the caller asks for.</summary>
    public void CheckAsked(Element resource, string canonical) => CheckNamed(resource, canonical, resource, Severity.Error);

    /// <summary>Reports where the element departs from the profile.</summary>
    public void Check(Profile profile, Element element)
    {
        if (run.IsQuiet)
        {
            if (!Conforms(profile, element))
            {
                run.Report(ValidationFindings.NoTypeProfile, element, profile.Url, current.Url);
            }

            return;
        }

        if (!reported.Add((profile, element.Handle)))
        {
            return;
        }

        var before = current;
        current = profile;
        CheckElement(profile.Root, element);
        current = before;
    }

    /// <summary>Whether the element conforms to the profile; nothing is reported. In a circle the answer is yes.</summary>
    public bool Conforms(Profile profile, Element element)
    {
        if (conforms.TryGetValue((profile, element.Handle), out var known))
        {
            return known;
        }

        if (!element.Type.IsA(profile.Type))
        {
            return false;
        }

        if (depth >= MaxDepth)
        {
            return true;
        }

        conforms[(profile, element.Handle)] = true;
        var before = current;
        current = profile;
        depth++;
        var answer = Conforms(profile.Root, element);
        depth--;
        current = before;
        conforms[(profile, element.Handle)] = answer;
        return answer;
    }

    /// <summary>Whether the element meets a rule; nothing is reported.</summary>
    public bool Conforms(ElementRule rule, Element element)
    {
        var quiet = run.BeginQuiet();
        CheckElement(rule, element);
        return run.EndQuiet(quiet);
    }

    /// <summary>Whether the element is of the type, or conforms to the profile, that a canonical names; null if it is not known.</summary>
    public bool? ConformsTo(Element element, string canonical)
    {
        if (Canonical.BaseType(canonical) is { } type && type.Kind != TypeKind.Backbone)
        {
            return element.Type.IsA(type);
        }

        return run.Profiles.Find(canonical) is { } profile ? Conforms(profile, element) : null;
    }

    private void CheckNamed(Element resource, string canonical, Element at, Severity unknown)
    {
        if (Canonical.BaseType(canonical) is { } type)
        {
            if (!resource.Type.IsA(type))
            {
                run.Report(ValidationFindings.ProfileOfOtherType, at, canonical, type.Name, resource.Type.Name);
            }

            return;
        }

        var profile = run.Profiles.Find(canonical);
        if (profile is null)
        {
            run.Report(ValidationFindings.UnknownProfile, unknown, at, canonical);
            return;
        }

        if (!resource.Type.IsA(profile.Type))
        {
            run.Report(ValidationFindings.ProfileOfOtherType, at, canonical, profile.Type.Name, resource.Type.Name);
            return;
        }

        if (profile.Faults is [var fault, ..])
        {
            run.Report(ValidationFindings.ProfileUnusable, unknown, at, canonical, fault.English, fault.Chinese);
        }

        Check(profile, resource);
    }

    private void CheckElement(ElementRule rule, Element element)
    {
        if (!run.Step())
        {
            return;
        }

        if (rule.Types.Length > 0 && !CheckTypes(rule, element))
        {
            return;
        }

        ElementValues.Check(run, rule, element, current.Url);
        if (rule.Binding is { } binding)
        {
            CodedValues.Check(run, element, binding.ValueSet, binding.Strength);
        }

        if (rule.MaxValueSet is { } maximum)
        {
            CodedValues.CheckMaximum(run, element, maximum);
        }

        foreach (var valueSet in rule.AdditionalRequired)
        {
            CodedValues.Check(run, element, valueSet, BindingStrength.Required);
        }

        foreach (var constraint in rule.Constraints)
        {
            run.Evaluation.Check(element, constraint);
        }

        foreach (var child in rule.Children)
        {
            CheckChildren(child, element);
        }
    }

    private void CheckChildren(ElementRule rule, Element parent)
    {
        var group = Rent();
        foreach (var element in parent.ChildrenNamed(rule.NameId))
        {
            group.Add(element);
        }

        CheckGroup(rule, parent, group);
        foreach (var element in group)
        {
            CheckElement(rule, element);
        }

        Return(group);
    }

    /// <summary>Counts of the elements of one rule, and of its slices.</summary>
    private void CheckGroup(ElementRule rule, Element parent, List<Element> group)
    {
        if (group.Count < rule.Min)
        {
            run.Report(ValidationFindings.TooFew, parent, rule.ToString(), rule.Min.ToString(), group.Count.ToString(), current.Url);
        }

        if (group.Count > rule.Max)
        {
            run.Report(ValidationFindings.TooMany, group[rule.Max], rule.ToString(), rule.Max.ToString(), group.Count.ToString(), current.Url);
        }

        if (rule.Slices.Count > 0)
        {
            CheckSlices(rule, parent, group);
        }
    }

    private void CheckSlices(ElementRule rule, Element parent, List<Element> group)
    {
        var slicing = rule.Slicing ?? SliceMatch.DefaultFor(rule);
        var members = new List<Element>?[rule.Slices.Count];
        var last = -1;
        var isPastSlices = false;
        foreach (var element in group)
        {
            var at = Assign(rule, slicing, element);
            if (at < 0)
            {
                isPastSlices = true;
                if (slicing.Rules == SlicingRules.Closed)
                {
                    run.Report(ValidationFindings.NoSlice, element, rule.Name, string.Join(", ", rule.Slices.Select(s => s.SliceName)), current.Url);
                }

                continue;
            }

            if (slicing.Rules == SlicingRules.OpenAtEnd && isPastSlices)
            {
                run.Report(ValidationFindings.SliceNotAtEnd, element, rule.Name, current.Url);
            }

            if (slicing.IsOrdered && at < last)
            {
                run.Report(ValidationFindings.SliceOrder, element, rule.Name, rule.Slices[at].SliceName!, current.Url);
            }

            last = Math.Max(last, at);
            (members[at] ??= Rent()).Add(element);
        }

        for (var i = 0; i < rule.Slices.Count; i++)
        {
            var list = members[i] ?? Rent();
            CheckGroup(rule.Slices[i], parent, list);
            foreach (var element in list)
            {
                CheckElement(rule.Slices[i], element);
            }

            Return(list);
        }
    }

    /// <summary>The slice an element belongs to, or -1; the slice "@default" takes what no other does (profiling.html#default-slice).</summary>
    private int Assign(ElementRule rule, Slicing slicing, Element element)
    {
        var found = -1;
        var others = -1;
        for (var i = 0; i < rule.Slices.Count; i++)
        {
            var slice = rule.Slices[i];
            if (slice.SliceName == "@default")
            {
                others = i;
            }
            else if (run.Step() && SliceMatch.Belongs(run, slicing, slice, element))
            {
                if (found >= 0)
                {
                    run.Report(
                        ValidationFindings.ManySlices, element, rule.Name, rule.Slices[found].SliceName + ", " + slice.SliceName, current.Url);
                    return found;
                }

                found = i;
            }
        }

        return found >= 0 ? found : others;
    }

    private bool CheckTypes(ElementRule rule, Element element)
    {
        TypeRuleOfProfile? fitting = null;
        foreach (var type in rule.Types)
        {
            if (element.Type.IsA(type.Type))
            {
                fitting = type;
                break;
            }
        }

        if (fitting is null)
        {
            run.Report(ValidationFindings.WrongType, element, string.Join(" | ", rule.Types.Select(t => t.Type.Name)), element.Type.Name, current.Url);
            return false;
        }

        if (fitting.Profiles.Length > 0)
        {
            CheckTypeProfiles(fitting.Profiles, element);
        }

        if (fitting.Targets.Length > 0)
        {
            CheckTargets(fitting.Targets, element);
        }

        return true;
    }

    private void CheckTypeProfiles(string[] profiles, Element element)
    {
        if (profiles is [var only])
        {
            if (run.Profiles.Find(only) is { } profile)
            {
                // An extension is checked against its own definition wherever it stands.
                if (element.Type.Name != "Extension" || run.IsQuiet || element.ChildText("url") != profile.Url)
                {
                    Check(profile, element);
                }
            }
            else if (Canonical.BaseType(only) is null && element.Type.Name != "Extension")
            {
                run.Report(ValidationFindings.UnknownProfile, element, only);
            }

            return;
        }

        foreach (var canonical in profiles)
        {
            if (ConformsTo(element, canonical) is null or true)
            {
                return;
            }
        }

        run.Report(ValidationFindings.NoTypeProfile, element, string.Join(", ", profiles), current.Url);
    }

    /// <summary>What a reference points to has one of the types, and – where it is at hand – conforms to one of the profiles.</summary>
    private void CheckTargets(string[] targets, Element element)
    {
        if (element.Type.Name != "Reference")
        {
            return;
        }

        var text = element.ChildText("reference");
        var target = text is null ? default : run.References.Resolve(element, text);
        var type = target.Exists ? target.Type
            : text is not null ? ReferenceText.Parse(text).Type
            : element.ChildText("type") is { } said ? R4.Facts.Type(said)
            : null;
        if (type is null)
        {
            return;
        }

        var isTypeAllowed = false;
        foreach (var canonical in targets)
        {
            var asked = Canonical.BaseType(canonical) ?? run.Profiles.Find(canonical)?.Type;
            if (asked is null)
            {
                // Without the profile nothing can be said against the target.
                return;
            }

            if (!type.IsA(asked))
            {
                continue;
            }

            isTypeAllowed = true;
            if (!target.Exists || ConformsTo(target, canonical) is null or true)
            {
                return;
            }
        }

        if (isTypeAllowed)
        {
            run.Report(ValidationFindings.NoTypeProfile, element, string.Join(", ", targets), current.Url);
        }
        else
        {
            run.Report(ValidationFindings.WrongTarget, element, type.Name, string.Join(" | ", targets));
        }
    }

    private List<Element> Rent() => lists.TryPop(out var list) ? list : new List<Element>(4);

    private void Return(List<Element> list)
    {
        list.Clear();
        lists.Push(list);
    }
}
