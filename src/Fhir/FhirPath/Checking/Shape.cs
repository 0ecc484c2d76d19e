using Kangqiao.Fhir.Facts;

namespace Kangqiao.Fhir.FhirPath;

/// <summary>What is known, before anything is evaluated, of the items a part of an expression can yield.</summary>
/// <param name="IsAny">Nothing is known; the rest is then without meaning.</param>
/// <param name="Types">FHIR types the items may have.</param>
/// <param name="Kinds">System types the items may have.</param>
/// <param name="IsUnordered">The order of the items is not defined, as after children().</param>
public sealed record Shape(bool IsAny, TypeFact[] Types, ItemKind[] Kinds, bool IsUnordered)
{
    public static readonly Shape Any = new(true, [], [], false);
    internal static readonly Shape Unordered = new(true, [], [], true);

    public static Shape Of(ItemKind kind) => new(false, [], [kind], false);

    public static Shape Of(params TypeFact[] types) =>
        Array.Exists(types, IsOpen) ? Any : new Shape(false, types, [], false);

    public Shape Or(Shape other) =>
        IsAny || other.IsAny ? Any : new Shape(false, [.. Types.Union(other.Types)], [.. Kinds.Union(other.Kinds)], IsUnordered || other.IsUnordered);

    /// <summary>What a name yields; null if none of the types has it.</summary>
    public Shape? Child(string name)
    {
        if (IsAny)
        {
            return Any;
        }

        var found = false;
        var types = new List<TypeFact>();
        var kinds = new List<ItemKind>();
        foreach (var type in Types)
        {
            if (type.IsPrimitive && name == "value")
            {
                found = true;
                kinds.Add(KnownNames.All.Kinds[type.Id]);
            }
            else if (type.Element(name) is { } element)
            {
                found = true;
                types.AddRange(Array.ConvertAll(element.Types, t => t.Type));
                if (element.Types.Length == 0 || types.Exists(IsOpen))
                {
                    return Any;
                }
            }
        }

        if (Array.IndexOf(Kinds, ItemKind.Quantity) >= 0 && name is "value" or "unit")
        {
            return Any;
        }

        return found ? new Shape(false, [.. types.Distinct()], [.. kinds.Distinct()], IsUnordered) : null;
    }

    /// <summary>Whether an item may have a value of one of the kinds.</summary>
    public bool MayBe(params ReadOnlySpan<ItemKind> kinds)
    {
        if (IsAny)
        {
            return true;
        }

        foreach (var kind in kinds)
        {
            if (Array.IndexOf(Kinds, kind) >= 0
                || Array.Exists(Types, t => KnownNames.All.Kinds[t.Id] == kind || (kind == ItemKind.Quantity && KnownNames.All.IsQuantity[t.Id])))
            {
                return true;
            }
        }

        return false;
    }

    public override string ToString() => string.Join(" or ", Types.Select(t => t.Name).Concat(Kinds.Select(k => k.ToString())));

    /// <summary>Types that stand for others, so that their own elements do not say what may come.</summary>
    private static bool IsOpen(TypeFact type) => type.IsAbstract || type.Name is "Resource" or "DomainResource" or "Element" or "BackboneElement";
}
