using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kangqiao.Terminology.Operations;

namespace Kangqiao.Terminology;

/// <summary>Writes the operations' answers as FHIR JSON: Parameters, and for $expand a ValueSet.</summary>
public static class TerminologyJson
{
    private const string FindingSystem = "https://kangqiao.dev/fhir/CodeSystem/finding";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(LookupAnswer answer, IBufferWriter<byte> output)
    {
        using var json = Parameters(output);
        Parameter(json, "name", "valueString", answer.Name);
        Parameter(json, "version", "valueString", answer.Version);

        // R4 asks for a display where the table may have none.
        Parameter(json, "display", "valueString", answer.Display ?? answer.Code);
        foreach (var designation in answer.Designations)
        {
            Begin(json, "designation");
            Parameter(json, "language", "valueCode", designation.Language);
            if (designation.Use is { } use)
            {
                json.WriteStartObject();
                json.WriteString("name", "use");
                Coding(json, "valueCoding", use);
                json.WriteEndObject();
            }

            Parameter(json, "value", "valueString", designation.Value);
            End(json);
        }

        foreach (var property in answer.Properties)
        {
            Begin(json, "property");
            Parameter(json, "code", "valueCode", property.Code);
            Value(json, property);
            Parameter(json, "description", "valueString", property.Description);
            End(json);
        }

        Close(json);
    }

    /// <param name="answer">The verdict.</param>
    /// <param name="language">Of the message: Chinese for zh and where null, else English.</param>
    /// <param name="output">Where it goes.</param>
    public static void Write(CodeVerdict answer, string? language, IBufferWriter<byte> output)
    {
        using var json = Parameters(output);
        Boolean(json, "result", answer.Result);
        Parameter(json, "message", "valueString", IsChinese(language) ? answer.Chinese : answer.English);
        Parameter(json, "display", "valueString", answer.Display);
        Parameter(json, "code", "valueCode", answer.Code.Code);
        Parameter(json, "system", "valueUri", answer.Code.System.Length == 0 ? null : answer.Code.System);
        Parameter(json, "version", "valueString", answer.Version);
        if (answer.FindingCode is { } code)
        {
            json.WriteStartObject();
            json.WriteString("name", "finding");
            Coding(json, "valueCoding", new Coding(FindingSystem, code));
            json.WriteEndObject();
        }

        Close(json);
    }

    public static void Write(Subsumption answer, IBufferWriter<byte> output)
    {
        using var json = Parameters(output);
        Parameter(json, "outcome", "valueCode", answer switch
        {
            Subsumption.Equivalent => "equivalent",
            Subsumption.Subsumes => "subsumes",
            Subsumption.SubsumedBy => "subsumed-by",
            _ => "not-subsumed",
        });
        Close(json);
    }

    /// <inheritdoc cref="Write(CodeVerdict, string?, IBufferWriter{byte})"/>
    public static void Write(Translation answer, string? language, IBufferWriter<byte> output)
    {
        using var json = Parameters(output);
        Boolean(json, "result", answer.Result);
        Parameter(json, "message", "valueString", IsChinese(language) ? answer.Chinese : answer.English);
        foreach (var match in answer.Matches)
        {
            Begin(json, "match");
            Parameter(json, "equivalence", "valueCode", match.Equivalence);
            if (match.Concept is { } concept)
            {
                json.WriteStartObject();
                json.WriteString("name", "concept");
                Coding(json, "valueCoding", concept);
                json.WriteEndObject();
            }

            foreach (var product in match.Products)
            {
                Begin(json, "product");
                Parameter(json, "element", "valueUri", product.Element);
                json.WriteStartObject();
                json.WriteString("name", "concept");
                Coding(json, "valueCoding", new Coding(product.System ?? "", product.Value, product.Display));
                json.WriteEndObject();
                End(json);
            }

            Parameter(json, "source", "valueUri", match.Map);
            End(json);
        }

        Close(json);
    }

    /// <summary>A ValueSet with its expansion.</summary>
    public static void Write(Expansion answer, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        json.WriteString("resourceType", "ValueSet");
        Optional(json, "url", answer.Url);
        Optional(json, "version", answer.Version);
        Optional(json, "title", answer.Title);
        json.WriteString("status", "active");
        json.WriteStartObject("expansion");
        json.WriteString("timestamp", answer.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"));
        json.WriteNumber("total", answer.Total);
        json.WriteNumber("offset", answer.Asked.Offset);
        Used(json, answer);
        if (answer.Codes.Count > 0)
        {
            json.WriteStartArray("contains");
            foreach (var code in answer.Codes)
            {
                Contains(json, code);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Used(Utf8JsonWriter json, Expansion answer)
    {
        var ask = answer.Asked;
        json.WriteStartArray("parameter");
        foreach (var system in answer.UsedSystems)
        {
            Parameter(json, "version", "valueUri", system);
        }

        Parameter(json, "filter", "valueString", string.IsNullOrEmpty(ask.Filter) ? null : ask.Filter);
        Parameter(json, "displayLanguage", "valueCode", ask.DisplayLanguage);
        if (ask.Count is { } count)
        {
            json.WriteStartObject();
            json.WriteString("name", "count");
            json.WriteNumber("valueInteger", count);
            json.WriteEndObject();
        }

        Boolean(json, "activeOnly", ask.ActiveOnly);
        if (answer.IsLimited)
        {
            Boolean(json, "limitedExpansion", true);
        }

        json.WriteEndArray();
    }

    private static void Contains(Utf8JsonWriter json, ExpandedCode code)
    {
        json.WriteStartObject();
        Optional(json, "system", code.System);
        if (code.IsAbstract)
        {
            json.WriteBoolean("abstract", true);
        }

        if (code.IsInactive)
        {
            json.WriteBoolean("inactive", true);
        }

        Optional(json, "version", code.Version);
        json.WriteString("code", code.Code);
        Optional(json, "display", code.Display);
        if (code.Designations.Count > 0)
        {
            json.WriteStartArray("designation");
            foreach (var designation in code.Designations)
            {
                json.WriteStartObject();
                Optional(json, "language", designation.Language);
                if (designation.Use is { } use)
                {
                    Coding(json, "use", use);
                }

                json.WriteString("value", designation.Value);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void Value(Utf8JsonWriter json, ConceptProperty property)
    {
        json.WriteStartObject();
        json.WriteString("name", "value");
        switch (property.Type)
        {
            case "boolean":
                json.WriteBoolean("valueBoolean", property.Value == "true");
                break;
            case "integer":
                json.WritePropertyName("valueInteger");
                json.WriteRawValue(property.Value);
                break;
            case "decimal":
                // As sent, digit for digit.
                json.WritePropertyName("valueDecimal");
                json.WriteRawValue(property.Value);
                break;
            case "Coding":
                Coding(json, "valueCoding", property.Coding!);
                break;
            case "dateTime":
                json.WriteString("valueDateTime", property.Value);
                break;
            case "code":
                json.WriteString("valueCode", property.Value);
                break;
            default:
                json.WriteString("valueString", property.Value);
                break;
        }

        json.WriteEndObject();
    }

    private static void Coding(Utf8JsonWriter json, string name, Coding coding)
    {
        json.WriteStartObject(name);
        Optional(json, "system", coding.System);
        Optional(json, "version", coding.Version);
        Optional(json, "code", coding.Code);
        Optional(json, "display", coding.Display);
        json.WriteEndObject();
    }

    private static bool IsChinese(string? language) => language is null || language.StartsWith("zh", StringComparison.OrdinalIgnoreCase);

    private static Utf8JsonWriter Parameters(IBufferWriter<byte> output)
    {
        var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        json.WriteString("resourceType", "Parameters");
        json.WriteStartArray("parameter");
        return json;
    }

    private static void Close(Utf8JsonWriter json)
    {
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
    }

    private static void Begin(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteStartArray("part");
    }

    private static void End(Utf8JsonWriter json)
    {
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Parameter(Utf8JsonWriter json, string name, string type, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString(type, value);
            json.WriteEndObject();
        }
    }

    private static void Boolean(Utf8JsonWriter json, string name, bool value)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteBoolean("valueBoolean", value);
        json.WriteEndObject();
    }

    private static void Optional(Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json.WriteString(name, value);
        }
    }
}
