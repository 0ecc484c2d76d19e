using System.Buffers;
using System.Globalization;
using Kangqiao.Fhir.Xml;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Microsoft.AspNetCore.Http;

namespace Kangqiao.Rest.Http;

/// <summary>How the client wants the body.</summary>
internal readonly record struct Wanted(WireFormat Format, bool IsPretty, Subset? Subset)
{
    public bool IsPlain => Format == WireFormat.Json && !IsPretty && Subset is null;
}

/// <summary>Puts an answer on the wire. The plain case goes straight into the response's pipe.</summary>
internal static class AnswerWriter
{
    public static async ValueTask WriteAsync(HttpContext http, string baseAddress, Answer answer, Wanted wanted)
    {
        var response = http.Response;
        response.StatusCode = answer.Status;
        Heads(response, baseAddress, answer);
        if (answer.Send is { } send)
        {
            await send(http);
            return;
        }

        if (answer.Body is not { } body || answer.Status is 204 or 304)
        {
            return;
        }

        if (wanted.IsPlain || answer.IsPlainJson)
        {
            response.ContentType = answer.IsPlainJson ? "application/json" : Negotiation.FhirJson + "; fhirVersion=4.0";
            if (HttpMethods.IsHead(http.Request.Method))
            {
                var length = new ArrayBufferWriter<byte>();
                body.Write(length);
                response.ContentLength = length.WrittenCount;
                return;
            }

            body.Write(response.BodyWriter);
            await response.BodyWriter.FlushAsync(http.RequestAborted);
            return;
        }

        var json = new ArrayBufferWriter<byte>(8192);
        body.Write(json);
        var bytes = Shaped(json.WrittenMemory, answer, wanted, response);
        response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await response.Body.WriteAsync(bytes, http.RequestAborted);
        }
    }

    private static void Heads(HttpResponse response, string baseAddress, Answer answer)
    {
        var headers = response.Headers;
        if (answer.Version is { } version)
        {
            headers.ETag = EntityTag.Of(version);
        }

        if (answer.LastModified is { } instant)
        {
            headers.LastModified = instant.ToString("R", CultureInfo.InvariantCulture);
        }

        if (answer.Location is { } location)
        {
            // R4 http.html#create: Location for a new version; for one that was there, Content-Location says the same without a redirect.
            headers[answer.Status == 201 ? "Location" : "Content-Location"] = $"{baseAddress}/{location}";
        }

        if (answer.Allow is { } allow)
        {
            headers.Allow = allow;
        }

        if (answer.Applied is { } applied)
        {
            headers["Preference-Applied"] = applied;
        }

        switch (answer.Status)
        {
            case 401:
                headers.WWWAuthenticate = answer.Problem?.Code == "RST014" ? "Bearer realm=\"fhir\", error=\"invalid_token\"" : "Bearer realm=\"fhir\"";
                break;
            case 429 or 503:
                headers.RetryAfter = "1";
                break;
        }

        headers.CacheControl = "no-store";
        foreach (var (name, value) in answer.Heads)
        {
            headers[name] = value;
        }
    }

    private static ReadOnlyMemory<byte> Shaped(ReadOnlyMemory<byte> json, Answer answer, Wanted wanted, HttpResponse response)
    {
        if (wanted.Subset is { } subset && !answer.IsOutcome)
        {
            json = subset.Of(json);
        }

        if (wanted.Format == WireFormat.Xml)
        {
            if (FhirXml.FromJson(json).Try(out var xml, out var problem))
            {
                response.ContentType = Negotiation.FhirXml + "; fhirVersion=4.0";
                return xml;
            }

            response.StatusCode = 500;
            json = Outcomes.Of(Problems.NotWritten(problem.Message));
        }

        response.ContentType = Negotiation.FhirJson + "; fhirVersion=4.0";
        if (!wanted.IsPretty)
        {
            return json;
        }

        var indented = new ArrayBufferWriter<byte>(json.Length * 2);
        JsonText.Indent(json.Span, indented);
        return indented.WrittenMemory;
    }
}
