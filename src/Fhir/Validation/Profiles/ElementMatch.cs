using System.Globalization;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Validation;

/// <summary>Compares elements with the fixed and pattern values of a profile (elementdefinition-definitions.html).</summary>
internal static class ElementMatch
{
    /// <summary>The same value with the same children in the same order, nothing more.</summary>
    public static bool IsExactly(Element value, Element asked)
    {
        if (!SameValue(value, asked))
        {
            return false;
        }

        // Children come in any order of names in JSON, so each name's repetitions are compared on their own.
        var count = 0;
        foreach (var child in asked.Children)
        {
            count++;
            if (!HasSameAt(value, child))
            {
                return false;
            }
        }

        return value.Children.Count() == count;
    }

    /// <summary>At least the value and children asked; of a list, each asked item somewhere in it.</summary>
    public static bool Contains(Element value, Element asked)
    {
        if (!SameValue(value, asked))
        {
            return false;
        }

        foreach (var child in asked.Children)
        {
            var found = false;
            foreach (var candidate in value.ChildrenNamed(child.NameId))
            {
                if (Contains(candidate, child))
                {
                    found = true;
                    break;
                }
            }

            if (!found)
            {
                return false;
            }
        }

        return true;
    }

    private static bool HasSameAt(Element value, Element asked)
    {
        foreach (var candidate in value.ChildrenNamed(asked.NameId))
        {
            if (candidate.Index == asked.Index)
            {
                return IsExactly(candidate, asked);
            }
        }

        return false;
    }

    private static bool SameValue(Element value, Element asked)
    {
        if (value.IsPrimitive != asked.IsPrimitive)
        {
            return false;
        }

        if (!asked.HasValue)
        {
            return true;
        }

        if (!value.HasValue)
        {
            return false;
        }

        if (!value.IsEscaped && !asked.IsEscaped && value.Raw.SequenceEqual(asked.Raw))
        {
            return true;
        }

        // 1.0 and 1.00 differ in precision, but a profile that fixes a decimal means the number.
        if (value.IsNumber && asked.IsNumber)
        {
            return decimal.TryParse(value.Raw, NumberStyles.Float, CultureInfo.InvariantCulture, out var left)
                && decimal.TryParse(asked.Raw, NumberStyles.Float, CultureInfo.InvariantCulture, out var right)
                && left == right;
        }

        return (value.IsEscaped || asked.IsEscaped) && value.Text() == asked.Text();
    }
}
