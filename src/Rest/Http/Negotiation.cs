using Kangqiao.Kernel;
using Kangqiao.Rest.Asking;
using Microsoft.Net.Http.Headers;

namespace Kangqiao.Rest.Http;

internal enum WireFormat
{
    Json,
    Xml,
}

/// <summary>Which format is asked for and which was sent (R4 http.html#mime-type).</summary>
internal static class Negotiation
{
    public const string FhirJson = "application/fhir+json";
    public const string FhirXml = "application/fhir+xml";

    /// <summary>_format overrides Accept. Browsers' text/html is answered with JSON; NDJSON is a matter of the file asked for.</summary>
    public static Outcome<WireFormat> Asked(AskParameters parameters, string? accept)
    {
        if (parameters["_format"] is { } format)
        {
            // A plus in a query that nobody escaped arrives as a blank.
            return Of(format.Replace(' ', '+')) is { } named ? named : Problems.NotAcceptable(format);
        }

        if (string.IsNullOrWhiteSpace(accept) || accept is "*/*" or FhirJson or "application/fhir+ndjson" or "application/ndjson")
        {
            return WireFormat.Json;
        }

        if (!MediaTypeHeaderValue.TryParseList([accept], out var list))
        {
            return Problems.NotAcceptable(accept);
        }

        WireFormat? best = null;
        var weight = 0.0;
        foreach (var one in list)
        {
            var quality = one.Quality ?? 1;
            if (quality > weight && Of(one) is { } known)
            {
                (best, weight) = (known, quality);
            }
        }

        return best is { } found ? found : Problems.NotAcceptable(accept);
    }

    /// <summary>What the body is; null where it is not read here.</summary>
    public static (BodyKind Kind, WireFormat Format)? Sent(string? contentType)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type))
        {
            return null;
        }

        return type.MediaType.Value?.ToLowerInvariant() switch
        {
            "application/json-patch+json" => (BodyKind.JsonPatch, WireFormat.Json),
            "application/xml-patch+xml" => (BodyKind.XmlPatch, WireFormat.Json),
            "application/x-www-form-urlencoded" => (BodyKind.Form, WireFormat.Json),
            "text/html" or "*/*" or "application/*" => null,
            _ => Of(type) is { } format ? (BodyKind.Resource, format) : null,
        };
    }

    private static WireFormat? Of(string format) => format switch
    {
        "json" => WireFormat.Json,
        "xml" => WireFormat.Xml,
        _ => MediaTypeHeaderValue.TryParse(format, out var type) ? Of(type) : null,
    };

    private static WireFormat? Of(MediaTypeHeaderValue type)
    {
        foreach (var parameter in type.Parameters)
        {
            // R4 versions.html#mt-version: only 4.0 is spoken here.
            if (parameter.Name.Equals("fhirVersion", StringComparison.OrdinalIgnoreCase)
                && !parameter.Value.Equals("4.0", StringComparison.Ordinal) && !parameter.Value.Equals("4.0.1", StringComparison.Ordinal))
            {
                return null;
            }
        }

        return type.MediaType.Value?.ToLowerInvariant() switch
        {
            FhirJson or "application/json" or "text/json" or "application/json+fhir" or "*/*" or "application/*" or "text/html" => WireFormat.Json,
            FhirXml or "application/xml" or "text/xml" or "application/xml+fhir" => WireFormat.Xml,
            _ => null,
        };
    }
}
