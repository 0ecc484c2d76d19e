using Kangqiao.Fhir.Facts;

namespace Kangqiao.Fhir.Validation;

/// <summary>Where an element definition belongs in the rule tree: by the names and slices in its id or path (elementdefinition.html#id).</summary>
internal static class ElementPlace
{
    /// <summary>The slice named in each segment of an element id, or null if the id does not say the same path.</summary>
    public static string?[]? SlicesInId(string id, string[] segments)
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

    /// <summary>The rule for a segment of a path below a rule, made if need be; null if the type has no such element.</summary>
    public static ElementRule? ChildOf(ElementRule parent, string segment, string? sliceName)
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

    /// <summary>The choice element that a short name such as valueQuantity stands for.</summary>
    public static (ElementFact? Fact, ElementTypeFact? Type) ByJsonName(TypeFact? parent, string jsonName)
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
}
