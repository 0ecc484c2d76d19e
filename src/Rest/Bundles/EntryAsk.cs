using System.Text;
using Kangqiao.Fhir.Reading;
using Kangqiao.Kernel;
using Kangqiao.Rest.Asking;

namespace Kangqiao.Rest.Bundles;

/// <summary>An entry of a bundle as a request of its own.</summary>
internal static class EntryAsk
{
    public static Outcome<Ask> Of(Ask bundle, Element entry)
    {
        var request = entry.Child("request");
        if (!request.Exists || request.ChildText("method") is not { } method || request.ChildText("url") is not { } url)
        {
            return Problems.NoRequest();
        }

        var address = Below(bundle.Base, url);
        var query = address.IndexOf('?', StringComparison.Ordinal);
        var parameters = new AskParameters();
        if (query >= 0 && parameters.Add(address.AsSpan(query + 1)) is { } tooMany)
        {
            return tooMany;
        }

        if (!Target.Parse(query < 0 ? address : address[..query]).Try(out var target, out var problem)
            || !BodyOf(entry, method).Try(out var body, out problem))
        {
            return problem;
        }

        if (body.Kind == BodyKind.None && (method is "PUT" or "PATCH" || (method == "POST" && target.Shape is Shape.Type)))
        {
            return Problems.NoEntryResource();
        }

        return new Ask
        {
            Method = method,
            Target = target,
            Address = address,
            Base = bundle.Base,
            Caller = bundle.Caller,
            Prefer = bundle.Prefer,
            Parameters = parameters,
            IfMatch = request.ChildText("ifMatch"),
            IfNoneMatch = request.ChildText("ifNoneMatch"),
            IfNoneExist = request.ChildText("ifNoneExist"),
            IfModifiedSince = DateTimeOffset.TryParse(request.ChildText("ifModifiedSince"), out var since) ? since : null,
            BodyKind = body.Kind,
            Body = body.Bytes,
            IsEntry = true,
        };
    }

    private static string Below(string baseAddress, string url) =>
        (url.StartsWith(baseAddress, StringComparison.Ordinal) ? url[baseAddress.Length..] : url).TrimStart('/');

    // R4 http.html#patch: in a bundle a JSON Patch or XML Patch comes as a Binary.
    private static Outcome<(BodyKind Kind, ReadOnlyMemory<byte> Bytes)> BodyOf(Element entry, string method)
    {
        var resource = entry.Child("resource");
        if (!resource.Exists)
        {
            return (BodyKind.None, default);
        }

        if (method != "PATCH" || resource.Type.Name != "Binary")
        {
            return (BodyKind.Resource, entry.Document.Memory.Slice(resource.Start, resource.Raw.Length));
        }

        try
        {
            return resource.ChildText("contentType") switch
            {
                "application/json-patch+json" => (BodyKind.JsonPatch, Convert.FromBase64String(resource.ChildText("data") ?? "")),
                "application/xml-patch+xml" => (BodyKind.XmlPatch, Convert.FromBase64String(resource.ChildText("data") ?? "")),
                _ => Problems.BadPatchFormat(),
            };
        }
        catch (FormatException)
        {
            return Problems.BadPatchFormat();
        }
    }
}
