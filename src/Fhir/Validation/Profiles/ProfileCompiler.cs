using System.Globalization;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Validation;

/// <summary>
/// Builds the rule tree of a profile by applying element definitions, those of its bases first (profiling.html). An element
/// definition finds its place by its id where that agrees with its path, else by path and order.
/// </summary>
internal sealed class ProfileCompiler(TypeFact type)
{

    /// <summary>Levels of a path; a definition that goes deeper is broken.</summary>
    private const int MaxLevels = 40;

    /// <summary>Element definitions of one profile; the largest published have some thousand.</summary>
    private const int MaxElements = 10_000;

    private const int MaxConstraints = 500;

    private readonly List<DefinitionFault> faults = [];
    private readonly List<(string Path, ElementRule Rule)> open = [];
    private bool ownFaults;
    private string? source;

    public ElementRule Root { get; } = new(type.Name, -1, type);

    public IReadOnlyList<DefinitionFault> Faults => faults;

    public bool IsModifier { get; private set; }

    /// <summary>Applies one StructureDefinition.</summary>
    /// <param name="view">differential or snapshot.</param>
    public void Apply(Element definition, bool ownFaults, string view)
    {
        this.ownFaults = ownFaults;
        source = definition.ChildText("url");
        open.Clear();
        var elements = definition.Child(view);
        if (!elements.Exists)
        {
            return;
        }

        var count = 0;
        foreach (var element in elements.ChildrenNamed("element"))
        {
            if (++count > MaxElements)
            {
                Fault(element, $"there are more than {MaxElements} elements", $"元素超过 {MaxElements} 个");
                break;
            }

            if (element.ChildText("path") is not { } path)
            {
                continue;
            }

            var rule = Place(element, path);
            if (rule is null)
            {
                continue;
            }

            open.Add((path, rule));
            Fill(rule, element);
        }
    }

    private ElementRule? Place(Element element, string path)
    {
        var sliceName = element.ChildText("sliceName");
        for (; open.Count > 0 && !path.StartsWith(open[^1].Path + ".", StringComparison.Ordinal); open.RemoveAt(open.Count - 1))
        {
        }

        var segments = path.Split('.');
        if (segments.Length == 1)
        {
            return Root;
        }

        if (segments.Length > MaxLevels)
        {
            Fault(element, "its path is too deep", "路径过深");
            return null;
        }

        if (element.ChildText("id") is { } id && ElementPlace.SlicesInId(id, segments) is { } slices)
        {
            // The last segment's slice is what sliceName says; the id repeats it.
            return Descend(Root, element, segments, 1, slices, sliceName);
        }

        var (parent, from) = open.Count > 0 ? (open[^1].Rule, open[^1].Path.Count(c => c == '.') + 1) : (Root, 1);
        return Descend(parent, element, segments, from, null, sliceName);
    }

    private ElementRule? Descend(ElementRule from, Element element, string[] segments, int first, string?[]? slices, string? sliceName)
    {
        var rule = from;
        for (var i = first; i < segments.Length; i++)
        {
            var isLast = i == segments.Length - 1;
            var slice = slices?[i] ?? (isLast ? sliceName : null);
            var next = ElementPlace.ChildOf(rule, segments[i], slice);
            if (next is null)
            {
                Fault(element, $"{rule.Type?.Name ?? rule.Name} has no element '{segments[i]}'", $"{rule.Type?.Name ?? rule.Name} 没有元素“{segments[i]}”");
                return null;
            }

            rule = next;
        }

        return rule;
    }

    private void Fill(ElementRule rule, Element element)
    {
        if (int.TryParse(element.ChildText("min"), NumberStyles.None, CultureInfo.InvariantCulture, out var min))
        {
            if (min < rule.Min)
            {
                Fault(element, $"min {min} is below the base's {rule.Min}", $"min {min} 小于基础定义的 {rule.Min}");
            }

            rule.Min = Math.Max(rule.Min, min);
        }

        if (element.ChildText("max") is { } most)
        {
            var max = int.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue;
            if (max > rule.Max)
            {
                Fault(element, $"max {most} is above the base's {rule.Max}", $"max {most} 大于基础定义的 {rule.Max}");
            }

            rule.Max = Math.Min(rule.Max, max);
        }

        if (int.TryParse(element.ChildText("maxLength"), NumberStyles.None, CultureInfo.InvariantCulture, out var length))
        {
            rule.MaxLength = Math.Min(rule.MaxLength, length);
        }

        if (element.Child("fixed") is { Exists: true } exact)
        {
            if (rule.Fixed.Exists && !ElementMatch.IsExactly(exact, rule.Fixed))
            {
                Fault(element, "it fixes another value than its base", "固定值与基础定义不同");
            }

            rule.Fixed = exact;
        }

        rule.Pattern = element.Child("pattern") is { Exists: true } pattern ? pattern : rule.Pattern;
        rule.MinValue = element.Child("minValue") is { Exists: true } least ? least : rule.MinValue;
        rule.MaxValue = element.Child("maxValue") is { Exists: true } greatest ? greatest : rule.MaxValue;
        FillTypes(rule, element);
        ElementBindings.Fill(rule, element, source);
        FillSlicing(rule, element);
        FillConstraints(rule, element);
        if (ReferenceEquals(rule, Root) && element.ChildText("isModifier") is { } isModifier)
        {
            IsModifier = isModifier == "true";
        }
    }

    private static void FillTypes(ElementRule rule, Element element)
    {
        var types = new List<TypeRuleOfProfile>();
        foreach (var child in element.ChildrenNamed("type"))
        {
            // System types stand for the value of a primitive; what they allow, reading checks.
            if (child.ChildText("code") is not { } code || R4.Facts.Type(code) is not { } fact)
            {
                return;
            }

            types.Add(new TypeRuleOfProfile(fact, Texts(child, "profile"), Texts(child, "targetProfile")));
        }

        if (types.Count == 0)
        {
            return;
        }

        rule.Types = [.. types];
        if (types.Count == 1 && types[0].Type.Kind != TypeKind.Backbone && !types[0].Type.IsAbstract && types[0].Type.Name is not ("BackboneElement" or "Element"))
        {
            rule.Type = types[0].Type;
        }
    }

    private static string[] Texts(Element element, string name)
    {
        var texts = new List<string>();
        foreach (var child in element.ChildrenNamed(name))
        {
            if (child.Text() is { } text)
            {
                texts.Add(text);
            }
        }

        return [.. texts];
    }

    private void FillSlicing(ElementRule rule, Element element)
    {
        var slicing = element.Child("slicing");
        if (!slicing.Exists)
        {
            return;
        }

        var discriminators = new List<Discriminator>();
        foreach (var child in slicing.ChildrenNamed("discriminator"))
        {
            var path = child.ChildText("path") ?? "$this";
            var steps = PathStep.Parse(path);
            if (steps is null || (rule.Type is not null && !Leads(rule.Type, steps)))
            {
                Fault(element, $"the discriminator path '{path}' does not lead anywhere from {rule.Name}", $"区分路径“{path}”在 {rule.Name} 上不可用");
                continue;
            }

            discriminators.Add(new Discriminator(
                child.ChildText("type") switch
                {
                    "exists" => DiscriminatorKind.Exists,
                    "type" => DiscriminatorKind.Type,
                    "profile" => DiscriminatorKind.Profile,
                    _ => DiscriminatorKind.Value,
                },
                steps));
        }

        var rules = slicing.ChildText("rules") switch
        {
            "closed" => SlicingRules.Closed,
            "openAtEnd" => SlicingRules.OpenAtEnd,
            _ => SlicingRules.Open,
        };
        if (rule.Slicing is { } known && known.Rules != SlicingRules.Open && rules == SlicingRules.Open)
        {
            rules = known.Rules;
        }

        rule.Slicing = discriminators.Count == 0 && rule.Slicing is { } kept
            ? kept with { Rules = rules }
            : new Slicing([.. discriminators], rules, slicing.ChildText("ordered") == "true");
    }

    /// <summary>Whether the first named steps are elements of the type; further ones depend on the slice.</summary>
    private static bool Leads(TypeFact type, PathStep[] steps)
    {
        if (steps.Length == 0 || steps[0].Kind != PathStepKind.Child)
        {
            return true;
        }

        return type.Element(steps[0].Text) is not null || type.Name is "Resource" || ElementPlace.ByJsonName(type, steps[0].Text).Fact is not null;
    }

    private void FillConstraints(ElementRule rule, Element element)
    {
        foreach (var constraint in element.ChildrenNamed("constraint"))
        {
            if (rule.Constraints.Count >= MaxConstraints)
            {
                Fault(constraint, $"there are more than {MaxConstraints} constraints", $"约束超过 {MaxConstraints} 条");
                return;
            }

            if (constraint.ChildText("expression") is not { } expression
                || constraint.ChildText("key") is not { } key
                || Invariants.IsOfSpecification(key, expression)
                || rule.Constraints.Exists(c => c.Key == key))
            {
                continue;
            }

            var added = Invariant.OfProfile(
                key, constraint.ChildText("severity") != "warning", constraint.ChildText("human") ?? key, expression);
            if (added.Expression.Fault is { } fault)
            {
                Fault(constraint, $"the expression of {key} cannot be used: {fault}", $"{key} 的表达式无法使用：{fault}");
            }

            rule.Constraints.Add(added);
        }
    }

    private void Fault(Element element, string english, string chinese)
    {
        if (ownFaults)
        {
            faults.Add(new DefinitionFault(element, english, chinese));
        }
    }
}
