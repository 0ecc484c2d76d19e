using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Kangqiao.Ingest.Cda.Records;

/// <summary>One resource being written. What is null or blank is left out, and no empty object is begun.</summary>
internal sealed class FhirBody : IDisposable
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> buffer = new(1024);
    private readonly Utf8JsonWriter json;

    public FhirBody(string type)
    {
        json = new Utf8JsonWriter(buffer, Compact);
        json.WriteStartObject();
        json.WriteString("resourceType"u8, type);
    }

    public void Dispose() => json.Dispose();

    public byte[] Finish()
    {
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    public void Array(string name) => json.WriteStartArray(name);

    public void EndArray() => json.WriteEndArray();

    public void Object(string? name = null)
    {
        if (name is null)
        {
            json.WriteStartObject();
        }
        else
        {
            json.WriteStartObject(name);
        }
    }

    public void EndObject() => json.WriteEndObject();

    public void Text(string name, string? value)
    {
        if (Clean(value) is { } text)
        {
            json.WriteString(name, text);
        }
    }

    /// <summary>A text as an element of an array.</summary>
    public void Item(string? value)
    {
        if (Clean(value) is { } text)
        {
            json.WriteStringValue(text);
        }
    }

    /// <summary>FHIR's code has no blanks but single ones inside (datatypes.html#code).</summary>
    public void Code(string name, string? value)
    {
        if (Clean(value) is { } text)
        {
            json.WriteString(name, string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
        }
    }

    public void Flag(string name, bool value) => json.WriteBoolean(name, value);

    public void Integer(string name, int value) => json.WriteNumber(name, value);

    /// <summary>Digits that are a JSON number already.</summary>
    public void Number(string name, string digits)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(digits, skipInputValidation: true);
    }

    public void Coding(string? name, string? system, string code, string? display)
    {
        Object(name);
        Text("system", system);
        Code("code", code);
        Text("display", display);
        EndObject();
    }

    /// <summary>A CodeableConcept of one coding.</summary>
    public void Concept(string? name, string? system, string code, string? display, string? text = null)
    {
        Object(name);
        Array("coding");
        Coding(null, system, code, display);
        EndArray();
        Text("text", text);
        EndObject();
    }

    public void ConceptText(string? name, string text)
    {
        Object(name);
        Text("text", text);
        EndObject();
    }

    public void Reference(string? name, Target? target)
    {
        if (target is null)
        {
            return;
        }

        Object(name);
        Text("reference", target.Reference);
        Text("display", target.Display);
        EndObject();
    }

    public void Identifier(string? name, string? system, string value)
    {
        Object(name);
        Text("system", system);
        Text("value", value);
        EndObject();
    }

    /// <summary>Without the characters a FHIR string may not hold; null where nothing is left.</summary>
    public static string? Clean(string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            return null;
        }

        var text = value.Trim();
        foreach (var c in text)
        {
            if ((c < ' ' && c is not ('\t' or '\n' or '\r')) || char.IsSurrogate(c) || c == '\u007F')
            {
                return Repaired(text);
            }
        }

        return text;
    }

    private static string? Repaired(string text)
    {
        var output = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var isForbidden = rune.Value is not ('\t' or '\n' or '\r') && Rune.GetUnicodeCategory(rune) == UnicodeCategory.Control;
            output.Append(isForbidden ? " " : rune.ToString());
        }

        var repaired = output.ToString().Trim();
        return repaired.Length == 0 ? null : repaired;
    }
}

/// <summary>What a reference points to; only a display where there is nothing to point to.</summary>
internal sealed record Target(string? Reference, string? Display = null);
