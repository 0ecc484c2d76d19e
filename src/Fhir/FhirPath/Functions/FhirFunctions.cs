using System.Text;
using Kangqiao.Fhir.Codes;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Narrative;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.FhirPath;

/// <summary>What FHIR adds to the language (R4 fhirpath.html#functions).</summary>
internal static class FhirFunctions
{
    private const string CoreTypes = "http://hl7.org/fhir/StructureDefinition/";

    public static readonly Function[] All =
    [
        new("extension", 1, 1, Extension),
        new("hasValue", 0, 0, HasValue),
        new("getValue", 0, 0, GetValue),
        new("resolve", 0, 0, Resolve),
        new("memberOf", 1, 1, MemberOf),
        new("subsumes", 1, 1, static (in call, ref frame, input, output) => Subsumes(call, ref frame, input, output, isReversed: false)),
        new("subsumedBy", 1, 1, static (in call, ref frame, input, output) => Subsumes(call, ref frame, input, output, isReversed: true)),
        new("htmlChecks", 0, 0, HtmlChecks),
        new("conformsTo", 1, 1, ConformsTo),
        new("checkModifiers", 1, 32, CheckModifiers),
        new("elementDefinition", 0, 0, static (in call, ref frame, input, output) => call.Env.Fail(FhirPathProblems.NotSupported(call.Name))),
        new("slice", 2, 2, static (in call, ref frame, input, output) => call.Env.Fail(FhirPathProblems.NotSupported(call.Name))),
    ];

    private static bool Extension(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        if (!call.TryText(0, ref frame, out var url))
        {
            return false;
        }

        if (url is null)
        {
            return true;
        }

        var names = KnownNames.All;
        var wanted = FhirPathItem.Of(url);
        foreach (ref readonly var item in input.Span)
        {
            if (!item.Element.Exists)
            {
                continue;
            }

            foreach (var extension in item.Element.ChildrenNamed(names.Extension))
            {
                if (Equality.Equal(call.Env, FhirPathItem.Of(extension.Child(names.Url)), wanted) == Tri.True)
                {
                    output.Add(FhirPathItem.Of(extension));
                }
            }
        }

        return call.Env.Spend(input.Count);
    }

    private static bool HasValue(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output) =>
        ExistenceFunctions.Yes(
            input.Count == 1
                && (input[0].Kind is not (ItemKind.Element or ItemKind.Unresolved) || input[0].Element is { Exists: true, HasValue: true }),
            output);

    private static bool GetValue(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        if (input.Count == 1 && SystemValues.TryOf(input[0], out var value) && (!input[0].IsElement || input[0].Element.IsPrimitive))
        {
            output.Add(value);
        }

        return true;
    }

    private static bool Resolve(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        foreach (ref readonly var item in input.Span)
        {
            if (!call.Env.Spend(1))
            {
                return false;
            }

            if (References.Resolve(call.Env, item) is { } target)
            {
                output.Add(target);
            }
        }

        return call.Env.Problem is null;
    }

    private static bool HtmlChecks(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        foreach (ref readonly var item in input.Span)
        {
            var text = item.Kind == ItemKind.String ? item.String : item.Element.Exists && item.Element.HasValue ? item.Element.Text() : null;
            if (text is null || NarrativeCheck.Check(text) is not null)
            {
                return ExistenceFunctions.Yes(false, output);
            }
        }

        return input.Count == 0 || ExistenceFunctions.Yes(true, output);
    }

    private static bool ConformsTo(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        if (!call.TryText(0, ref frame, out var url))
        {
            return false;
        }

        if (input.Count > 1)
        {
            return call.Env.Fail(FhirPathProblems.NotSingle("conformsTo()"));
        }

        if (url is null || input.Count == 0)
        {
            return true;
        }

        // A base type's own definition asks no more than the type, which reading has checked.
        if (url.StartsWith(CoreTypes, StringComparison.Ordinal) && R4.Facts.Type(url.AsSpan(CoreTypes.Length)) is { } type
            && (type.IsResource || !item(input).Exists || type.Kind != TypeKind.Backbone))
        {
            return ExistenceFunctions.Yes(item(input).Exists && item(input).Type.IsA(type), output);
        }

        return item(input).Exists && call.Env.Conforms?.Invoke(item(input), url) is { } answer
            ? ExistenceFunctions.Yes(answer, output)
            : call.Env.Fail(FhirPathProblems.UnknownProfile(url));

        static Element item(FhirPathResults list) => list[0].Element;
    }

    private static bool CheckModifiers(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        var allowed = new string?[call.Arguments.Length];
        for (var i = 0; i < allowed.Length; i++)
        {
            if (!call.TryText(i, ref frame, out allowed[i]))
            {
                return false;
            }
        }

        foreach (ref readonly var item in input.Span)
        {
            if (item.Element.Exists)
            {
                foreach (var modifier in item.Element.ChildrenNamed(KnownNames.All.ModifierExtension))
                {
                    var url = modifier.Child(KnownNames.All.Url).Text() ?? string.Empty;
                    if (Array.IndexOf(allowed, url) < 0)
                    {
                        return call.Env.Fail(FhirPathProblems.UnexpectedModifier(url));
                    }
                }
            }
        }

        output.AddRange(input);
        return true;
    }

    private static bool MemberOf(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        if (!call.TryText(0, ref frame, out var valueSet))
        {
            return false;
        }

        if (input.Count > 1)
        {
            return call.Env.Fail(FhirPathProblems.NotSingle("memberOf()"));
        }

        if (valueSet is null || input.Count == 0 || call.Env.Terminology is not { } terminology)
        {
            return true;
        }

        var membership = Membership.Unknown;
        if (input[0].Kind == ItemKind.String)
        {
            membership = terminology.IsMember(valueSet, default, Encoding.UTF8.GetBytes(input[0].String));
        }
        else if (input[0].Element is { Exists: true } element)
        {
            membership = IsMember(terminology, valueSet, element);
        }

        return membership == Membership.Unknown || ExistenceFunctions.Yes(membership == Membership.Member, output);
    }

    private static Membership IsMember(ITerminology terminology, string valueSet, Element element)
    {
        var names = KnownNames.All;
        if (element.IsPrimitive)
        {
            return element.HasValue ? terminology.IsMember(valueSet, default, Utf8(element)) : Membership.Unknown;
        }

        if (element.Type.Name != "CodeableConcept")
        {
            var code = element.Child(names.Code);
            return code.Exists
                ? terminology.IsMember(valueSet, Utf8(element.Child(names.System)), Utf8(code))
                : Membership.Unknown;
        }

        // A concept belongs if any of its codings does.
        var best = Membership.NotMember;
        foreach (var coding in element.ChildrenNamed(names.Coding))
        {
            var one = IsMember(terminology, valueSet, coding);
            if (one == Membership.Member)
            {
                return one;
            }

            best = one == Membership.Unknown ? one : best;
        }

        return best;
    }

    private static ReadOnlySpan<byte> Utf8(Element element) =>
        !element.Exists || !element.HasValue ? default : element.IsEscaped ? Encoding.UTF8.GetBytes(element.Text()!) : element.Raw;

    private static bool Subsumes(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output, bool isReversed)
    {
        var other = call.Env.Rent();
        var isGood = call.TryEvaluate(0, ref frame, other);
        if (isGood && (input.Count > 1 || other.Count > 1))
        {
            isGood = call.Env.Fail(FhirPathProblems.NotSingle(call.Name + "()"));
        }

        if (isGood && input.Count == 1 && other.Count == 1 && call.Env.Terminology is { } terminology)
        {
            var above = isReversed ? other[0].Element : input[0].Element;
            var below = isReversed ? input[0].Element : other[0].Element;
            if (above.Exists && below.Exists && Subsumes(terminology, above, below) is { } answer)
            {
                ExistenceFunctions.Yes(answer, output);
            }
        }

        call.Env.Return(other);
        return isGood;
    }

    private static bool? Subsumes(ITerminology terminology, Element above, Element below)
    {
        var names = KnownNames.All;
        bool? answer = null;
        if (above.Type.Name == "CodeableConcept")
        {
            foreach (var coding in above.ChildrenNamed(names.Coding))
            {
                var one = Subsumes(terminology, coding, below);
                answer = one == true ? true : answer ?? one;
            }

            return answer;
        }

        if (below.Type.Name == "CodeableConcept")
        {
            foreach (var coding in below.ChildrenNamed(names.Coding))
            {
                var one = Subsumes(terminology, above, coding);
                answer = one == true ? true : answer ?? one;
            }

            return answer;
        }

        var system = above.Child(names.System);
        var otherSystem = below.Child(names.System);
        var parent = above.Child(names.Code);
        var child = below.Child(names.Code);
        if (!system.Exists || !otherSystem.Exists || !parent.Exists || !child.Exists || system.Text() is not { } url)
        {
            return null;
        }

        return otherSystem.Text() == url ? terminology.Subsumes(url, parent.Text() ?? string.Empty, child.Text() ?? string.Empty) : false;
    }
}
