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
    private const string VitalSignsUrl = "http://hl7.org/fhir/StructureDefinition/vitalsigns";
    private const string MaxValueSetUrl = "http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet";
    private const string AdditionalBindingOfR5Url = "http://hl7.org/fhir/5.0/StructureDefinition/extension-ElementDefinition.binding.additional";
    private const string AdditionalBindingUrl = "http://hl7.org/fhir/tools/StructureDefinition/additional-binding";

    /// <summary>Levels of a path; a definition that goes deeper is broken.</summary>
    private const int MaxLevels = 40;

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

        foreach (var element in elements.ChildrenNamed("element"))
        {
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

        if (element.ChildText("id") is { } id && SlicesInId(id, segments) is { } slices)
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
            var next = ChildOf(rule, segments[i], slice);
            if (next is null)
            {
                Fault(element, $"{rule.Type?.Name ?? rule.Name} has no element '{segments[i]}'", $"{rule.Type?.Name ?? rule.Name} 没有元素“{segments[i]}”");
                return null;
            }

            rule = next;
        }

        return rule;
    }

    /// <summary>The slice named in each segment of an element id, or null if the id does not say the same path.</summary>
    private static string?[]? SlicesInId(string id, string[] segments)
    {
        var parts = id.Split('.');
        if (parts.Length != segments.Length)
        {
            return null;
        }

        var slices = new string?[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            var colon = parts[i].IndexOf(':', StringComparison.Ordinal);
            var name = colon < 0 ? parts[i] : parts[i][..colon];
            slices[i] = colon < 0 ? null : parts[i][(colon + 1)..];

            // "value[x]:valueQuantity" goes with the path "valueQuantity" as well as with "value[x]".
            if (name != segments[i] && slices[i] != segments[i])
            {
                return null;
            }

        }

        for (var i = 0; i < parts.Length; i++)
        {
            if (slices[i] == segments[i])
            {
                segments[i] = parts[i][..parts[i].IndexOf(':', StringComparison.Ordinal)];
            }
        }

        return slices;
    }

    private static ElementRule? ChildOf(ElementRule parent, string segment, string? sliceName)
    {
        var isChoice = segment.EndsWith("[x]", StringComparison.Ordinal);
        var name = isChoice ? segment[..^3] : segment;
        var fact = parent.Type?.Element(name);
        ElementTypeFact? shorthand = null;
        if (fact is null && !isChoice)
        {
            (fact, shorthand) = ByJsonName(parent.Type, segment);
            name = fact?.Name ?? name;
        }

        if (fact is null && (parent.Type is not null || R4.Facts.NameId(name) < 0))
        {
            return null;
        }

        var nameId = R4.Facts.NameId(name);
        var rule = parent.Child(nameId);
        if (rule is null)
        {
            rule = new ElementRule(name, nameId, fact is { Types.Length: 1 } ? fact.Types[0].Type : null);
            parent.Children.Add(rule);
        }

        if (shorthand is not null)
        {
            return TypeSlice(rule, shorthand.Type, segment);
        }

        if (sliceName is null)
        {
            return rule;
        }

        var inside = fact is { IsChoice: true } ? Array.Find(fact.Types, t => t.JsonName == sliceName) : null;
        return inside is not null ? TypeSlice(rule, inside.Type, sliceName) : SliceOf(rule, sliceName);
    }

    private static ElementRule TypeSlice(ElementRule rule, TypeFact type, string sliceName)
    {
        rule.Slicing ??= new Slicing([Discriminator.TypeOfThis], SlicingRules.Open, false);
        if (rule.Slice(sliceName) is { } known)
        {
            return known;
        }

        var slice = new ElementRule(rule.Name, rule.NameId, type)
        {
            SliceName = sliceName,
            Types = [new TypeRuleOfProfile(type, [], [])],
        };
        rule.Slices.Add(slice);
        return slice;
    }

    private static ElementRule SliceOf(ElementRule rule, string sliceName)
    {
        // profiling.html#reslicing: "a/b" slices further what "a" has.
        var slash = sliceName.LastIndexOf('/');
        var owner = slash > 0 && rule.Slice(sliceName[..slash]) is { } outer ? outer : rule;
        if (owner.Slice(sliceName) is { } known)
        {
            return known;
        }

        var slice = new ElementRule(rule.Name, rule.NameId, rule.Type) { SliceName = sliceName };
        owner.Slices.Add(slice);
        return slice;
    }

    private static (ElementFact? Fact, ElementTypeFact? Type) ByJsonName(TypeFact? parent, string jsonName)
    {
        foreach (var element in parent?.Elements ?? R4.Facts.Elements)
        {
            if (element.IsChoice && jsonName.StartsWith(element.Name, StringComparison.Ordinal))
            {
                foreach (var type in element.Types)
                {
                    if (type.JsonName == jsonName)
                    {
                        return (element, type);
                    }
                }
            }
        }

        return default;
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
        FillBinding(rule, element);
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

    private void FillBinding(ElementRule rule, Element element)
    {
        var binding = element.Child("binding");
        if (!binding.Exists)
        {
            return;
        }

        if (binding.ChildText("valueSet") is { } valueSet)
        {
            rule.Binding = new BindingFact(
                binding.ChildText("strength") switch
                {
                    // 4.0.1 says required, which would refuse the flow rate (L/min) that stands with an oxygen saturation;
                    // the reference validator reads it as extensible.
                    "required" when source == VitalSignsUrl && rule.Name == "value" => BindingStrength.Extensible,
                    "required" => BindingStrength.Required,
                    "extensible" => BindingStrength.Extensible,
                    "preferred" => BindingStrength.Preferred,
                    _ => BindingStrength.Example,
                },
                valueSet);
        }

        foreach (var extension in binding.ChildrenNamed(WellKnown.ExtensionName))
        {
            switch (extension.ChildText("url"))
            {
                case MaxValueSetUrl:
                    rule.MaxValueSet = extension.ChildText("value") ?? rule.MaxValueSet;
                    break;
                case AdditionalBindingUrl or AdditionalBindingOfR5Url:
                    FillAdditional(rule, extension);
                    break;
            }
        }
    }

    private static void FillAdditional(ElementRule rule, Element extension)
    {
        string? purpose = null;
        string? valueSet = null;
        var isConditional = false;
        foreach (var part in extension.ChildrenNamed(WellKnown.ExtensionName))
        {
            switch (part.ChildText("url"))
            {
                case "purpose":
                    purpose = part.ChildText("value");
                    break;
                case "valueSet":
                    valueSet = part.ChildText("value");
                    break;
                case "usage":
                    isConditional = true;
                    break;
            }
        }

        if (purpose == "required" && valueSet is not null && !isConditional)
        {
            rule.AdditionalRequired.Add(valueSet);
        }
        else if (purpose == "maximum" && valueSet is not null && !isConditional)
        {
            rule.MaxValueSet = valueSet;
        }
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

        return type.Element(steps[0].Text) is not null || type.Name is "Resource" || ByJsonName(type, steps[0].Text).Fact is not null;
    }

    private void FillConstraints(ElementRule rule, Element element)
    {
        foreach (var constraint in element.ChildrenNamed("constraint"))
        {
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
