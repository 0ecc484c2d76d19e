using Kangqiao.Fhir.Codes;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Validation;

/// <summary>
/// Tells which repetitions belong to a slice (profiling.html#discriminator). Every discriminator is asked on what the slice's
/// rule says at its path: a fixed or pattern value, a required binding, a type, a profile, or presence.
/// </summary>
internal static class SliceMatch
{
    private static readonly Slicing ByUrl = new(
        [new Discriminator(DiscriminatorKind.Value, [new PathStep(PathStepKind.Child, WellKnown.Url, "url")])], SlicingRules.Open, false);

    private static readonly Slicing ByType = new([Discriminator.TypeOfThis], SlicingRules.Open, false);
    private static readonly Slicing Unsaid = new([], SlicingRules.Open, false);

    /// <summary>Extensions are told apart by url and choices by type without a word (profiling.html#slicing).</summary>
    public static Slicing DefaultFor(ElementRule rule)
    {
        if (rule.NameId == WellKnown.ExtensionName || rule.NameId == WellKnown.ModifierExtension)
        {
            return ByUrl;
        }

        return rule.Slices[0].Types.Length > 0 && rule.Slices[0].Type is not null && rule.Type is null ? ByType : Unsaid;
    }

    public static bool Belongs(ValidationRun run, Slicing slicing, ElementRule slice, Element element)
    {
        var isDecided = false;
        foreach (var discriminator in slicing.Discriminators)
        {
            var answer = discriminator.Kind switch
            {
                DiscriminatorKind.Value => Value(run, slice, element, discriminator.Path, 0),
                DiscriminatorKind.Exists => Exists(run, slice, element, discriminator.Path, 0),
                DiscriminatorKind.Type => Type(run, slice, element, discriminator.Path, 0),
                _ => Profile(run, slice, element, discriminator.Path, 0),
            };
            if (answer == false)
            {
                return false;
            }

            isDecided |= answer == true;
        }

        // Where the discriminators decide nothing, what fits the slice's rules is taken to be meant by it.
        return isDecided || run.Conformance.Conforms(slice, element);
    }

    /// <summary>Null where the slice's rule says nothing that decides.</summary>
    private static bool? Value(ValidationRun run, ElementRule rule, Element element, ReadOnlySpan<PathStep> path, int depth)
    {
        if (rule.Fixed.Exists)
        {
            return ElementMatch.IsExactly(element, rule.Fixed);
        }

        if (rule.Pattern.Exists && (path.IsEmpty || Reaches(rule.Pattern, path)))
        {
            return ElementMatch.Contains(element, rule.Pattern);
        }

        if (path.IsEmpty)
        {
            return AtEnd(run, rule, element);
        }

        return Follow(run, rule, element, path, depth, Value);
    }

    /// <summary>Whether a pattern says something at the path, so that matching it decides.</summary>
    private static bool Reaches(Element pattern, ReadOnlySpan<PathStep> path)
    {
        foreach (ref readonly var step in path)
        {
            if (step.Kind != PathStepKind.Child)
            {
                return true;
            }

            pattern = pattern.Child(step.NameId);
            if (!pattern.Exists)
            {
                return false;
            }
        }

        return true;
    }

    private static bool? AtEnd(ValidationRun run, ElementRule rule, Element element)
    {
        if (rule.Binding is { Strength: BindingStrength.Required } binding)
        {
            return CodedValues.MembershipOf(run.Options.Terminology, element, binding.ValueSet) == Membership.Member;
        }

        // Nothing at the path itself, but further down: code.coding.code fixed, discriminated by code.
        return Decides(rule, 0) ? run.Conformance.Conforms(rule, element) : OfTypeProfiles(run, rule, element);
    }

    private static bool? OfTypeProfiles(ValidationRun run, ElementRule rule, Element element)
    {
        foreach (var type in rule.Types)
        {
            foreach (var canonical in type.Profiles)
            {
                return run.Conformance.ConformsTo(element, canonical);
            }
        }

        return null;
    }

    private static bool Decides(ElementRule rule, int depth)
    {
        if (rule.Fixed.Exists || rule.Pattern.Exists || rule.Binding is { Strength: BindingStrength.Required })
        {
            return true;
        }

        if (depth > 8)
        {
            return false;
        }

        foreach (var child in rule.Children)
        {
            if (Decides(child, depth + 1))
            {
                return true;
            }
        }

        foreach (var slice in rule.Slices)
        {
            if (slice.Min > 0 && Decides(slice, depth + 1))
            {
                return true;
            }
        }

        return false;
    }

    private static bool? Exists(ValidationRun run, ElementRule rule, Element element, ReadOnlySpan<PathStep> path, int depth)
    {
        if (path.IsEmpty)
        {
            // Reached: the element is there.
            return rule.Max == 0 ? false : rule.Min > 0 ? true : null;
        }

        if (path.Length == 1)
        {
            var step = path[0];
            var (child, isThere) = step.Kind == PathStepKind.Extension
                ? (ExtensionRule(run, rule, step.Text), HasExtension(element, step.Text))
                : (ChildRule(run, rule, step.NameId), element.Child(step.NameId).Exists);
            return child is null ? null : child.Max == 0 ? !isThere : child.Min > 0 ? isThere : null;
        }

        return Follow(run, rule, element, path, depth, Exists);
    }

    private static bool? Type(ValidationRun run, ElementRule rule, Element element, ReadOnlySpan<PathStep> path, int depth)
    {
        if (!path.IsEmpty)
        {
            return Follow(run, rule, element, path, depth, Type);
        }

        if (rule.Types.Length == 0)
        {
            return rule.Type is { } only ? element.Type.IsA(only) : null;
        }

        foreach (var type in rule.Types)
        {
            if (element.Type.IsA(type.Type))
            {
                return true;
            }
        }

        return false;
    }

    private static bool? Profile(ValidationRun run, ElementRule rule, Element element, ReadOnlySpan<PathStep> path, int depth)
    {
        if (!path.IsEmpty)
        {
            return Follow(run, rule, element, path, depth, Profile);
        }

        bool? answer = null;
        foreach (var type in rule.Types)
        {
            foreach (var canonical in type.Profiles)
            {
                if (run.Conformance.ConformsTo(element, canonical) is { } conforms)
                {
                    if (conforms)
                    {
                        return true;
                    }

                    answer = false;
                }
            }
        }

        return answer;
    }

    private delegate bool? Question(ValidationRun run, ElementRule rule, Element element, ReadOnlySpan<PathStep> path, int depth);

    /// <summary>Takes one step in the rule and in the element alike, and asks on.</summary>
    private static bool? Follow(ValidationRun run, ElementRule rule, Element element, ReadOnlySpan<PathStep> path, int depth, Question question)
    {
        if (depth > 32 || !run.Step())
        {
            return null;
        }

        var step = path[0];
        var rest = path[1..];
        switch (step.Kind)
        {
            case PathStepKind.Child:
                return FollowChild(run, rule, element, step, rest, depth, question);
            case PathStepKind.Extension:
                return FollowExtension(run, rule, element, step, rest, depth, question);
            case PathStepKind.OfType:
                var type = R4.Facts.Type(step.Text);
                if (type is null || !element.Type.IsA(type))
                {
                    return false;
                }

                return question(run, rule.Slices.Find(s => ReferenceEquals(s.Type, type)) ?? rule, element, rest, depth + 1);
            default:
                return FollowReference(run, rule, element, rest, depth, question);
        }
    }

    private static bool? FollowChild(
        ValidationRun run, ElementRule rule, Element element, PathStep step, ReadOnlySpan<PathStep> rest, int depth, Question question)
    {
        var child = ChildRule(run, rule, step.NameId);
        if (child is null)
        {
            // The url of an extension whose definition is not at hand is still the name of its definition.
            return step.NameId == WellKnown.Url && element.Type.Name == "Extension" && rule.Types is [{ Profiles: [var canonical, ..] }, ..]
                ? element.ChildText("url") == Canonical.Url(canonical)
                : null;
        }

        bool? answer = null;
        var isThere = false;
        foreach (var candidate in element.ChildrenNamed(step.NameId))
        {
            isThere = true;
            switch (AskWithSlices(run, child, candidate, rest, depth, question))
            {
                case true:
                    return true;
                case false:
                    answer = false;
                    break;
            }
        }

        // Absent, although the slice's rule says what it must be.
        return isThere || !Decides(child, 0) ? answer : false;
    }

    private static bool? AskWithSlices(
        ValidationRun run, ElementRule rule, Element element, ReadOnlySpan<PathStep> rest, int depth, Question question)
    {
        var answer = question(run, rule, element, rest, depth + 1);
        if (answer is not null)
        {
            return answer;
        }

        foreach (var slice in rule.Slices)
        {
            if (slice.Min > 0 || slice.Types.Length > 0)
            {
                switch (question(run, slice, element, rest, depth + 1))
                {
                    case true:
                        return true;
                    case false:
                        answer = false;
                        break;
                }
            }
        }

        return answer;
    }

    private static bool? FollowExtension(
        ValidationRun run, ElementRule rule, Element element, PathStep step, ReadOnlySpan<PathStep> rest, int depth, Question question)
    {
        var child = ExtensionRule(run, rule, step.Text);
        if (child is null)
        {
            return null;
        }

        foreach (var candidate in element.ChildrenNamed(WellKnown.ExtensionName))
        {
            if (candidate.ChildText("url") == step.Text)
            {
                return question(run, child, candidate, rest, depth + 1);
            }
        }

        return false;
    }

    private static bool? FollowReference(
        ValidationRun run, ElementRule rule, Element element, ReadOnlySpan<PathStep> rest, int depth, Question question)
    {
        if (element.ChildText("reference") is not { } text)
        {
            return false;
        }

        var target = run.References.Resolve(element, text);
        bool? answer = null;
        foreach (var type in rule.Types)
        {
            foreach (var canonical in type.Targets)
            {
                var one = OfTarget(run, canonical, target, text, rest, depth, question);
                if (one == true)
                {
                    return true;
                }

                answer = one ?? answer;
            }
        }

        return answer;
    }

    private static bool? OfTarget(
        ValidationRun run, string canonical, Element target, string text, ReadOnlySpan<PathStep> rest, int depth, Question question)
    {
        var profile = run.Profiles.Find(canonical);
        if (!target.Exists)
        {
            // Not at hand: only its type can be read from the reference.
            var asked = profile?.Type ?? Canonical.BaseType(canonical);
            return ReferenceText.Parse(text).Type is { } named && asked is not null ? named.IsA(asked) : null;
        }

        if (rest.IsEmpty)
        {
            return question == Profile
                ? run.Conformance.ConformsTo(target, canonical)
                : (profile?.Type ?? Canonical.BaseType(canonical)) is { } type ? target.Type.IsA(type) : null;
        }

        return profile is null ? null : question(run, profile.Root, target, rest, depth + 1);
    }

    /// <summary>What the rule says of a child, itself or through the one profile on its type.</summary>
    private static ElementRule? ChildRule(ValidationRun run, ElementRule rule, int nameId)
    {
        if (rule.Child(nameId) is { } own)
        {
            return own;
        }

        foreach (var type in rule.Types)
        {
            foreach (var canonical in type.Profiles)
            {
                if (run.Profiles.Find(canonical)?.Root.Child(nameId) is { } inherited)
                {
                    return inherited;
                }
            }
        }

        return null;
    }

    private static ElementRule? ExtensionRule(ValidationRun run, ElementRule rule, string url)
    {
        var extensions = ChildRule(run, rule, WellKnown.ExtensionName);
        foreach (var slice in extensions?.Slices ?? [])
        {
            foreach (var type in slice.Types)
            {
                if (Array.Exists(type.Profiles, p => Canonical.Url(p) == url))
                {
                    return slice;
                }
            }

            if (slice.Child(WellKnown.Url) is { Fixed.Exists: true } fixedUrl && fixedUrl.Fixed.Text() == url)
            {
                return slice;
            }
        }

        return null;
    }

    private static bool HasExtension(Element element, string url)
    {
        foreach (var extension in element.ChildrenNamed(WellKnown.ExtensionName))
        {
            if (extension.ChildText("url") == url)
            {
                return true;
            }
        }

        return false;
    }
}
