using System.Text;
using Kangqiao.Fhir.Codes;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Validation;

/// <summary>Codes against the value sets they are bound to (terminologies.html#strength) and against their own code systems.</summary>
internal static class CodedValues
{
    /// <summary>A longer list helps nobody choose.</summary>
    private const int MostChoices = 20;

    /// <summary>Whether a coded element has a code of the set; where several codings stand, one is enough.</summary>
    public static Membership MembershipOf(ITerminology terminology, Element element, string valueSet)
    {
        if (element.IsPrimitive)
        {
            return element.HasValue ? terminology.IsMember(valueSet, default, Utf8(element)) : Membership.Unknown;
        }

        if (element.Type.Name != "CodeableConcept")
        {
            return OfPair(terminology, element, valueSet);
        }

        var result = Membership.NotMember;
        foreach (var coding in element.ChildrenNamed(WellKnown.Coding))
        {
            var one = OfPair(terminology, coding, valueSet);
            if (one == Membership.Member)
            {
                return one;
            }

            result = one == Membership.Unknown ? one : result;
        }

        return result;
    }

    public static void Check(ValidationRun run, Element element, string valueSet, BindingStrength strength)
    {
        if (strength < BindingStrength.Extensible)
        {
            return;
        }

        if (element.IsPrimitive)
        {
            // An extension can say why there is no code, but it is no code of the set (terminologies.html#required).
            if (!element.HasValue && strength == BindingStrength.Required)
            {
                run.Report(ValidationFindings.NoCode, element, valueSet);
            }
            else if (MembershipOf(run.Options.Terminology, element, valueSet) == Membership.NotMember)
            {
                Report(run, element, strength, element.Text()!, valueSet);
            }

            return;
        }

        switch (element.Type.Name)
        {
            case "CodeableConcept":
            case "Coding":
            case "Quantity" or "Age" or "Duration" or "Distance" or "Count" or "SimpleQuantity" or "MoneyQuantity":
                CheckComplex(run, element, valueSet, strength);
                break;
        }
    }

    /// <summary>A set outside of which no code may come, although the binding itself leaves room (elementdefinition-maxValueSet).</summary>
    public static void CheckMaximum(ValidationRun run, Element element, string valueSet)
    {
        if (HasCode(element) && MembershipOf(run.Options.Terminology, element, valueSet) == Membership.NotMember)
        {
            run.Report(ValidationFindings.MaxValueSet, element, Shown(element), valueSet);
        }
    }

    /// <summary>A coding on its own: it names its system, and the system – if known – has the code.</summary>
    public static void CheckCoding(ValidationRun run, Element coding)
    {
        var code = coding.Child(WellKnown.Code);
        if (!code.Exists || !code.HasValue)
        {
            return;
        }

        var system = coding.Child(WellKnown.System);
        if (!system.Exists)
        {
            run.Report(ValidationFindings.NoSystem, coding, code.Text()!);
        }
        else if (system.HasValue && run.Options.Terminology.IsDefined(Utf8(system), Utf8(code)) == Membership.NotMember)
        {
            run.Report(ValidationFindings.UnknownCode, code, code.Text()!, system.Text()!);
        }
    }

    /// <summary>The value's bytes with escapes resolved.</summary>
    public static ReadOnlySpan<byte> Utf8(Element element) =>
        element.IsEscaped ? Encoding.UTF8.GetBytes(element.Text()!) : element.Raw;

    private static void CheckComplex(ValidationRun run, Element element, string valueSet, BindingStrength strength)
    {
        if (!HasCode(element))
        {
            // An extension such as data-absent-reason may say why there is no code.
            if (element.Child(WellKnown.ExtensionName).Exists)
            {
                return;
            }

            var isQuantity = element.Child(WellKnown.Value).Exists;
            if (strength == BindingStrength.Required)
            {
                run.Report(ValidationFindings.NoCode, element, valueSet);
            }
            else if (!isQuantity && !element.Child(WellKnown.Text).Exists)
            {
                run.Report(ValidationFindings.NoExtensibleCode, element, valueSet);
            }

            return;
        }

        if (MembershipOf(run.Options.Terminology, element, valueSet) == Membership.NotMember)
        {
            Report(run, element, strength, Shown(element), valueSet);
        }
    }

    private static bool HasCode(Element element)
    {
        if (element.IsPrimitive)
        {
            return element.HasValue;
        }

        if (element.Type.Name != "CodeableConcept")
        {
            return element.Child(WellKnown.Code) is { Exists: true, HasValue: true };
        }

        foreach (var coding in element.ChildrenNamed(WellKnown.Coding))
        {
            if (coding.Child(WellKnown.Code) is { Exists: true, HasValue: true })
            {
                return true;
            }
        }

        return false;
    }

    private static Membership OfPair(ITerminology terminology, Element pair, string valueSet)
    {
        var code = pair.Child(WellKnown.Code);
        if (!code.Exists || !code.HasValue)
        {
            return Membership.NotMember;
        }

        var system = pair.Child(WellKnown.System);

        // An empty system would be taken for "any system of the set": a coding without one is a member of nothing.
        return system.Exists && system.HasValue
            ? terminology.IsMember(valueSet, Utf8(system), Utf8(code))
            : Membership.NotMember;
    }

    private static void Report(ValidationRun run, Element element, BindingStrength strength, string shown, string valueSet)
    {
        var kind = strength == BindingStrength.Required ? ValidationFindings.RequiredCode : ValidationFindings.ExtensibleCode;
        var (english, chinese) = Choices(valueSet);
        run.Report(kind, element, shown, valueSet, english, chinese);
    }

    /// <summary>The codes to choose from, in both languages, where the specification lists only a few.</summary>
    private static (string English, string Chinese) Choices(string valueSet)
    {
        if (R4.Facts.ValueSet(Canonical.Url(valueSet)) is not { IsComplete: true, Count: <= MostChoices } fact)
        {
            return ("", "");
        }

        var codes = string.Join(" | ", fact.Systems.SelectMany(s => s.Codes));
        return ($" Use one of: {codes}.", $"可用代码：{codes}。");
    }

    private static string Shown(Element element)
    {
        if (element.IsPrimitive)
        {
            return element.Text() ?? "";
        }

        if (element.Type.Name != "CodeableConcept")
        {
            return element.ChildText("system") + "#" + element.ChildText("code");
        }

        var shown = new StringBuilder();
        foreach (var coding in element.ChildrenNamed(WellKnown.Coding))
        {
            shown.Append(shown.Length > 0 ? ", " : "").Append(coding.ChildText("system")).Append('#').Append(coding.ChildText("code"));
        }

        return shown.ToString();
    }
}
