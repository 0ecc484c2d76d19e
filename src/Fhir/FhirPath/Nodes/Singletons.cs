namespace Kangqiao.Fhir.FhirPath;

/// <summary>http://hl7.org/fhirpath/#singleton-evaluation-of-collections: what a collection means where one value is due.</summary>
internal static class Singletons
{
    /// <summary>Empty, the one Boolean, or true for any other one item; several are a problem.</summary>
    public static bool TryBoolean(FhirPathEnvironment env, FhirPathResults list, string where, out Tri value)
    {
        value = Tri.Empty;
        if (list.Count == 0)
        {
            return true;
        }

        if (list.Count > 1)
        {
            return env.Fail(FhirPathProblems.NotSingle(where));
        }

        ref readonly var item = ref list[0];
        if (item.Kind == ItemKind.Boolean)
        {
            value = TriLogic.Of(item.Boolean);
        }
        else if (item.Kind == ItemKind.Element && item.Element.Exists && item.Element.IsBoolean)
        {
            value = TriLogic.Of(item.Element.Raw.Length == 4);
        }
        else
        {
            value = Tri.True;
        }

        return true;
    }

    /// <summary>The one value as a System value. Empty leaves <paramref name="isThere"/> false; several are a problem.</summary>
    public static bool TryValue(FhirPathEnvironment env, FhirPathResults list, string where, out FhirPathItem value, out bool isThere)
    {
        value = default;
        isThere = false;
        if (list.Count == 0)
        {
            return true;
        }

        if (list.Count > 1)
        {
            return env.Fail(FhirPathProblems.NotSingle(where));
        }

        isThere = SystemValues.TryOf(list[0], out value);
        if (!isThere && list[0].Kind == ItemKind.Element && !list[0].Element.IsPrimitive)
        {
            // A complex element has no value of its own; the caller says what it would have taken.
            value = list[0];
            isThere = true;
        }

        return true;
    }

    /// <summary>The one text; null if empty. What is not a text is a problem, but a primitive element is taken as it is written.</summary>
    public static bool TryText(FhirPathEnvironment env, FhirPathResults list, string where, out string? text)
    {
        text = null;
        if (list.Count == 0)
        {
            return true;
        }

        if (list.Count > 1)
        {
            return env.Fail(FhirPathProblems.NotSingle(where));
        }

        ref readonly var item = ref list[0];
        if (item.Kind == ItemKind.String)
        {
            text = item.String;
            return true;
        }

        if (item.Kind == ItemKind.Element && item.Element.IsPrimitive
            && SystemValues.KindOf(item) is ItemKind.String or ItemKind.Date or ItemKind.DateTime or ItemKind.Time)
        {
            text = item.Element.Text();
            return true;
        }

        return env.Fail(FhirPathProblems.Unsuitable(where, "a String", Describe(item)));
    }

    /// <summary>The one whole number; null if empty.</summary>
    public static bool TryInteger(FhirPathEnvironment env, FhirPathResults list, string where, out int? number)
    {
        number = null;
        if (!TryValue(env, list, where, out var value, out var isThere) || !isThere)
        {
            return env.Problem is null;
        }

        if (value.Kind is not (ItemKind.Integer or ItemKind.Long))
        {
            return env.Fail(FhirPathProblems.Unsuitable(where, "an Integer", Describe(value)));
        }

        number = (int)Math.Clamp(value.Integer, int.MinValue, int.MaxValue);
        return true;
    }

    /// <summary>The name of the item's type, for messages.</summary>
    public static string Describe(in FhirPathItem item) => item.Kind == ItemKind.Element ? item.Element.Type.Name : item.Kind.ToString();
}
