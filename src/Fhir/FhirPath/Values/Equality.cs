using System.Text;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.FhirPath;

/// <summary>= and ~ between items (http://hl7.org/fhirpath/#equality). Complex elements are compared part by part, whatever order was sent.</summary>
internal static class Equality
{
    public static Tri Equal(FhirPathEnvironment env, in FhirPathItem left, in FhirPathItem right)
    {
        env.Spend(1);
        if (left.Kind == ItemKind.Element && right.Kind == ItemKind.Element)
        {
            return EqualElements(env, left.Element, right.Element);
        }

        if (left.Kind == ItemKind.String && right.Kind == ItemKind.Element)
        {
            return EqualText(right, left.String);
        }

        if (right.Kind == ItemKind.String && left.Kind == ItemKind.Element)
        {
            return EqualText(left, right.String);
        }

        if (left.Kind == ItemKind.Type && right.Kind == ItemKind.Type)
        {
            return TriLogic.Of(left.TypeName == right.TypeName);
        }

        return SystemValues.TryOf(left, out var l) && SystemValues.TryOf(right, out var r) ? EqualValues(l, r) : Tri.False;
    }

    /// <summary>Items in pairs; a difference in number is a difference.</summary>
    public static Tri Equal(FhirPathEnvironment env, ReadOnlySpan<FhirPathItem> left, ReadOnlySpan<FhirPathItem> right)
    {
        if (left.IsEmpty || right.IsEmpty)
        {
            return Tri.Empty;
        }

        if (left.Length != right.Length)
        {
            return Tri.False;
        }

        var all = Tri.True;
        for (var i = 0; i < left.Length; i++)
        {
            var one = Equal(env, left[i], right[i]);
            if (one == Tri.False)
            {
                return one;
            }

            all = one == Tri.Empty ? one : all;
        }

        return all;
    }

    /// <summary>~ between collections: the same items in any order; two empty ones are equivalent.</summary>
    public static bool Equivalent(FhirPathEnvironment env, ReadOnlySpan<FhirPathItem> left, ReadOnlySpan<FhirPathItem> right)
    {
        if (left.Length != right.Length)
        {
            return false;
        }

        if (left.Length == 1)
        {
            return Equivalent(env, left[0], right[0]);
        }

        var taken = new bool[right.Length];
        foreach (ref readonly var item in left)
        {
            var at = 0;
            while (at < right.Length && (taken[at] || !Equivalent(env, item, right[at])))
            {
                at++;
                if (!env.Spend(1))
                {
                    return false;
                }
            }

            if (at == right.Length)
            {
                return false;
            }

            taken[at] = true;
        }

        return true;
    }

    public static bool Equivalent(FhirPathEnvironment env, in FhirPathItem left, in FhirPathItem right)
    {
        env.Spend(1);
        if (SystemValues.TryOf(left, out var l) && SystemValues.TryOf(right, out var r))
        {
            return EquivalentValues(l, r);
        }

        return left.Kind == ItemKind.Element && right.Kind == ItemKind.Element
            ? EquivalentElements(env, left.Element, right.Element)
            : Equal(env, left, right) == Tri.True;
    }

    /// <summary>Equal items have equal hashes; dates, quantities and numbers of several types share theirs.</summary>
    public static int Hash(in FhirPathItem item)
    {
        var kind = SystemValues.KindOf(item);
        if (kind is ItemKind.String or ItemKind.Boolean)
        {
            return !SystemValues.TryOf(item, out var value) ? 3
                : value.Kind == ItemKind.String ? value.String.GetHashCode(StringComparison.Ordinal)
                : 2;
        }

        if (kind is ItemKind.Element && item.Element.Exists && !item.Element.IsPrimitive)
        {
            var hash = item.Element.TypeId;
            foreach (var child in item.Element.Children)
            {
                // The order of children is free, so their hashes are summed.
                hash += child.NameId * 31;
                if (child.IsPrimitive && child.HasValue && KnownNames.All.Kinds[child.TypeId] == ItemKind.String)
                {
                    hash += child.Text()!.GetHashCode(StringComparison.Ordinal);
                }
            }

            return hash;
        }

        return (kind is ItemKind.Integer or ItemKind.Long or ItemKind.Decimal) && SystemValues.TryOf(item, out var number)
            ? number.Decimal.GetHashCode()
            : 1;
    }

    private static Tri EqualText(in FhirPathItem item, string text)
    {
        var element = item.Element;
        if (!element.Exists || !element.IsPrimitive || !element.HasValue || KnownNames.All.Kinds[element.TypeId] != ItemKind.String)
        {
            return Tri.False;
        }

        var raw = element.Raw;
        if (raw.Length == text.Length && Ascii.Equals(raw, text))
        {
            return TriLogic.Of(!element.IsEscaped || element.Text() == text);
        }

        return TriLogic.Of((element.IsEscaped || !Ascii.IsValid(text)) && element.Text() == text);
    }

    private static Tri EqualElements(FhirPathEnvironment env, Element left, Element right)
    {
        if (left == right)
        {
            return Tri.True;
        }

        if (left.IsPrimitive != right.IsPrimitive)
        {
            return Tri.False;
        }

        if (left.IsPrimitive && (left.HasValue || right.HasValue))
        {
            if (left.HasValue != right.HasValue)
            {
                return Tri.False;
            }

            var kinds = KnownNames.All.Kinds;
            if (kinds[left.TypeId] == ItemKind.String && kinds[right.TypeId] == ItemKind.String && !left.IsEscaped && !right.IsEscaped)
            {
                return TriLogic.Of(left.Raw.SequenceEqual(right.Raw));
            }

            return SystemValues.TryOf(left, out var l) && SystemValues.TryOf(right, out var r) ? EqualValues(l, r)
                : TriLogic.Of(left.Raw.SequenceEqual(right.Raw));
        }

        var same = EqualParts(env, left, right);
        if (same != Tri.True && Quantities.TryOf(left, out var one) && Quantities.TryOf(right, out var other))
        {
            return EqualValues(one, other);
        }

        return same;
    }

    private static Tri EqualParts(FhirPathEnvironment env, Element left, Element right)
    {
        var count = left.Children.Count();
        if (count != right.Children.Count() || (left.IsResource && left.TypeId != right.TypeId) || !env.Spend(count))
        {
            return Tri.False;
        }

        var all = Tri.True;
        foreach (var part in left.Children)
        {
            var other = Counterpart(left, right, part);
            var one = other.Exists ? Equal(env, FhirPathItem.Of(part), FhirPathItem.Of(other)) : Tri.False;
            if (one == Tri.False)
            {
                return one;
            }

            all = one == Tri.Empty ? one : all;
        }

        return all;
    }

    /// <summary>The child of the other element with the same name and the same place among those of that name.</summary>
    private static Element Counterpart(Element left, Element right, Element part)
    {
        if (part.Index <= 0)
        {
            return right.Child(part.NameId);
        }

        var place = 0;
        foreach (var sibling in left.ChildrenNamed(part.NameId))
        {
            if (sibling == part)
            {
                break;
            }

            place++;
        }

        foreach (var candidate in right.ChildrenNamed(part.NameId))
        {
            if (place-- == 0)
            {
                return candidate;
            }
        }

        return default;
    }

    private static Tri EqualValues(in FhirPathItem left, in FhirPathItem right)
    {
        switch (left.Kind, right.Kind)
        {
            case (ItemKind.Boolean, ItemKind.Boolean):
                return TriLogic.Of(left.Boolean == right.Boolean);
            case (ItemKind.String, ItemKind.String):
                return TriLogic.Of(string.Equals(left.String, right.String, StringComparison.Ordinal));
            case (ItemKind.Integer or ItemKind.Long, ItemKind.Integer or ItemKind.Long):
                return TriLogic.Of(left.Integer == right.Integer);
            case (ItemKind.Integer or ItemKind.Long or ItemKind.Decimal, ItemKind.Integer or ItemKind.Long or ItemKind.Decimal):
                return TriLogic.Of(left.Decimal == right.Decimal);
            case (ItemKind.Quantity, ItemKind.Quantity):
                return TriLogic.Of(Quantities.Compare(left, right) is { } order ? order == 0 : null);
            case (ItemKind.Quantity, ItemKind.Integer or ItemKind.Long or ItemKind.Decimal):
                return EqualValues(left, Quantities.OfNumber(right.Decimal));
            case (ItemKind.Integer or ItemKind.Long or ItemKind.Decimal, ItemKind.Quantity):
                return EqualValues(Quantities.OfNumber(left.Decimal), right);
            case (ItemKind.Date or ItemKind.DateTime, ItemKind.Date or ItemKind.DateTime):
            case (ItemKind.Time, ItemKind.Time):
                return TriLogic.Of(Temporal.Compare(left.Temporal, right.Temporal) is { } sooner ? sooner == 0 : null);
            default:
                return Tri.False;
        }
    }

    private static bool EquivalentValues(in FhirPathItem left, in FhirPathItem right)
    {
        switch (left.Kind, right.Kind)
        {
            case (ItemKind.String, ItemKind.String):
                return EquivalentTexts(left.String, right.String);
            case (ItemKind.Integer or ItemKind.Long or ItemKind.Decimal, ItemKind.Integer or ItemKind.Long or ItemKind.Decimal):
                return Numbers.AreEquivalent(left.Decimal, right.Decimal);
            case (ItemKind.Quantity, ItemKind.Quantity):
                return Quantities.AreEquivalent(left, right);
            case (ItemKind.Quantity, ItemKind.Integer or ItemKind.Long or ItemKind.Decimal):
                return Quantities.AreEquivalent(left, Quantities.OfNumber(right.Decimal));
            case (ItemKind.Integer or ItemKind.Long or ItemKind.Decimal, ItemKind.Quantity):
                return Quantities.AreEquivalent(Quantities.OfNumber(left.Decimal), right);
            default:
                return EqualValues(left, right) == Tri.True;
        }
    }

    /// <summary>Case is ignored and any run of white space counts as one blank.</summary>
    private static bool EquivalentTexts(string left, string right)
    {
        if (string.Equals(left, right, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        int l = 0, r = 0;
        while (l < left.Length && r < right.Length)
        {
            var isBlank = char.IsWhiteSpace(left[l]);
            if (isBlank != char.IsWhiteSpace(right[r]))
            {
                return false;
            }

            if (!isBlank)
            {
                if (char.ToUpperInvariant(left[l++]) != char.ToUpperInvariant(right[r++]))
                {
                    return false;
                }

                continue;
            }

            for (; l < left.Length && char.IsWhiteSpace(left[l]); l++)
            {
            }

            for (; r < right.Length && char.IsWhiteSpace(right[r]); r++)
            {
            }
        }

        return l == left.Length && r == right.Length;
    }

    private static bool EquivalentElements(FhirPathEnvironment env, Element left, Element right)
    {
        var count = left.Children.Count();
        if (left == right)
        {
            return true;
        }

        if (left.IsPrimitive != right.IsPrimitive || count != right.Children.Count() || !env.Spend(count))
        {
            return false;
        }

        var ours = env.Rent();
        var theirs = env.Rent();
        var same = true;
        foreach (var part in left.Children)
        {
            if (part.Index > 0)
            {
                // The first of its name has compared them all.
                continue;
            }

            ours.Clear();
            theirs.Clear();
            foreach (var child in left.ChildrenNamed(part.NameId))
            {
                ours.Add(FhirPathItem.Of(child));
            }

            foreach (var child in right.ChildrenNamed(part.NameId))
            {
                theirs.Add(FhirPathItem.Of(child));
            }

            same = Equivalent(env, ours.Span, theirs.Span);
            if (!same)
            {
                break;
            }
        }

        env.Return(ours);
        env.Return(theirs);
        return same;
    }
}
