using Kangqiao.Fhir.Facts;

namespace Kangqiao.Fhir.FhirPath;

/// <summary>What views add to the language (https://sql-on-fhir.org/ig/StructureDefinition-ViewDefinition.html, Required Additional Functions).</summary>
internal static class ViewFunctions
{
    public static readonly Function[] All =
    [
        new("getResourceKey", 0, 0, GetResourceKey),
        new("getReferenceKey", 0, 1, GetReferenceKey),
        new("join", 0, 1, Join),
    ];

    /// <summary>A key is the logical id: joined with <see cref="GetReferenceKey"/> it names one record of its type.</summary>
    private static bool GetResourceKey(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        foreach (ref readonly var item in input.Span)
        {
            if (item.Element is { Exists: true, IsResource: true } resource && resource.ChildText("id") is { } id)
            {
                output.Add(FhirPathItem.Of(id));
            }
        }

        return call.Env.Spend(input.Count);
    }

    private static bool GetReferenceKey(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        if (!call.TryText(0, ref frame, out var wanted))
        {
            return false;
        }

        foreach (ref readonly var item in input.Span)
        {
            if (item.Element is not { Exists: true, IsPrimitive: false } element || element.ChildText("reference") is not { } reference)
            {
                continue;
            }

            var (type, key) = Target(call.Env, reference);
            if (key is not null && (wanted is null || IsNamed(type, wanted)))
            {
                output.Add(FhirPathItem.Of(key));
            }
        }

        return call.Env.Spend(input.Count);
    }

    private static bool IsNamed(string? type, string wanted) =>
        type is not null && type.AsSpan().SequenceEqual(wanted.StartsWith("FHIR.", StringComparison.Ordinal) ? wanted.AsSpan(5) : wanted);

    /// <summary>Nulls for what names no record of its own: a contained resource, a search, an identifier.</summary>
    private static (string? Type, string? Key) Target(FhirPathEnvironment env, string reference)
    {
        if (reference.StartsWith("urn:", StringComparison.Ordinal))
        {
            return env.BundledTarget?.Invoke(reference) is { Exists: true } target ? (target.Type.Name, target.ChildText("id")) : default;
        }

        var text = reference.AsSpan();
        if (text.StartsWith('#') || text.Contains('?') || References.TypeIn(reference) is not { } type)
        {
            return default;
        }

        var history = text.IndexOf("/_history/");
        text = history >= 0 ? text[..history] : text;
        var key = text[(text.LastIndexOf('/') + 1)..];
        return key.IsEmpty ? default : (type.Name, key.ToString());
    }

    /// <summary>The official suite asks "" of joining nothing (fhirpath.json, string join), where FHIRPath itself says nothing.</summary>
    private static bool Join(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        if (input.Count > 0)
        {
            return FunctionTable.Standard.Find("join")!.Body(call, ref frame, input, output);
        }

        output.Add(FhirPathItem.Of(string.Empty));
        return call.Env.Spend(1);
    }
}
