using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kangqiao.City.Places;

namespace Kangqiao.City.Sending;

/// <summary>FHIR JSON, one resource after another: a line each, or an entry each of a transaction on one line.</summary>
internal sealed class ResourceWriter : IDisposable
{
    public const string Loinc = "http://loinc.org";
    public const string Ucum = "http://unitsofmeasure.org";
    public const string Icd10 = "urn:oid:2.16.156.10011.2.3.3.11";
    public const string Icd9 = "urn:oid:2.16.156.10011.2.3.3.12";
    public const string IdCard = "urn:oid:2.16.156.10011.1.3";
    public const string StaffNumber = "urn:oid:2.16.156.10011.1.4";
    public const string InstitutionCode = "urn:oid:2.16.156.10011.1.5";

    private readonly ArrayBufferWriter<byte> line = new(16 * 1024);
    private readonly Utf8JsonWriter json;
    private Institution? bundleOf;
    private string type = "";
    private string id = "";

    public ResourceWriter() => json = new(line, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

    public Utf8JsonWriter Json => json;

    public long Resources { get; private set; }

    /// <summary>Bytes of the line being written.</summary>
    public ReadOnlySpan<byte> Line => line.WrittenSpan;

    public static string Instant(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'+08:00'", CultureInfo.InvariantCulture);

    public static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>The address of an institution's own code table, as Ingest names it.</summary>
    public static string LocalSystem(Institution institution, string table) => $"https://kangqiao.dev/fhir/local/{institution.Code}/{table}";

    /// <summary>What follows until <see cref="EndBundle"/> is one transaction.</summary>
    public void BeginBundle(Institution institution, string number, DateTime said)
    {
        bundleOf = institution;
        json.WriteStartObject();
        Text("resourceType"u8, "Bundle");
        Text("id"u8, number);
        json.WriteStartObject("meta"u8);
        Text("lastUpdated"u8, Instant(said));
        json.WriteEndObject();
        Text("type"u8, "transaction");
        json.WriteStartArray("entry"u8);
    }

    public void EndBundle(ArrayBufferWriter<byte> to)
    {
        json.WriteEndArray();
        json.WriteEndObject();
        bundleOf = null;
        EndLine(to);
    }

    public void Begin(string resourceType, string resourceId, DateTime said)
    {
        (type, id) = (resourceType, resourceId);
        if (bundleOf is { } institution)
        {
            json.WriteStartObject();
            Text("fullUrl"u8, $"https://{institution.Code.ToLowerInvariant()}.anlan.example/fhir/{type}/{id}");
            json.WriteStartObject("resource"u8);
        }
        else
        {
            json.WriteStartObject();
        }

        Text("resourceType"u8, type);
        Text("id"u8, id);
        json.WriteStartObject("meta"u8);
        Text("lastUpdated"u8, Instant(said));
        json.WriteEndObject();
    }

    public void End(ArrayBufferWriter<byte> to)
    {
        json.WriteEndObject();
        Resources++;
        if (bundleOf is null)
        {
            EndLine(to);
            return;
        }

        json.WriteStartObject("request"u8);
        Text("method"u8, "PUT");
        Text("url"u8, $"{type}/{id}");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public void Text(ReadOnlySpan<byte> name, string value) => json.WriteString(name, value);

    public void Reference(ReadOnlySpan<byte> name, string resourceType, string resourceId)
    {
        json.WriteStartObject(name);
        Text("reference"u8, $"{resourceType}/{resourceId}");
        json.WriteEndObject();
    }

    /// <summary>By what the registry knows it as: the sender need not have a record of its own for it.</summary>
    public void Known(ReadOnlySpan<byte> name, string resourceType, string system, string value, string display)
    {
        json.WriteStartObject(name);
        KnownBody(resourceType, system, value, display);
    }

    public void KnownBody(string resourceType, string system, string value, string display)
    {
        Text("type"u8, resourceType);
        json.WriteStartObject("identifier"u8);
        Text("system"u8, system);
        Text("value"u8, value);
        json.WriteEndObject();
        Text("display"u8, display);
        json.WriteEndObject();
    }

    public void Organization(ReadOnlySpan<byte> name, Institution institution) => Known(name, "Organization", InstitutionCode, institution.Code, institution.Name);

    public void Doctor(ReadOnlySpan<byte> name, Practitioner doctor) => Known(name, "Practitioner", StaffNumber, doctor.RegistryNumber, doctor.Name);

    public void Concept(ReadOnlySpan<byte> name, string? system, string? code, string text, string? localSystem = null, string? localCode = null)
    {
        json.WriteStartObject(name);
        ConceptBody(system, code, text, localSystem, localCode);
    }

    public void ConceptBody(string? system, string? code, string text, string? localSystem = null, string? localCode = null)
    {
        if (code is not null || localCode is not null)
        {
            json.WriteStartArray("coding"u8);
            if (code is not null)
            {
                Coding(system!, code, localCode is null ? text : null);
            }

            if (localCode is not null)
            {
                Coding(localSystem!, localCode, text);
            }

            json.WriteEndArray();
        }

        Text("text"u8, text);
        json.WriteEndObject();
    }

    /// <summary>A concept of a table whose displays are not the sender's words: the code alone.</summary>
    public void Coded(ReadOnlySpan<byte> name, string system, string code)
    {
        json.WriteStartObject(name);
        CodedBody(system, code);
    }

    public void CodedBody(string system, string code)
    {
        json.WriteStartArray("coding"u8);
        Coding(system, code, null);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public void Coding(string system, string code, string? display)
    {
        json.WriteStartObject();
        Text("system"u8, system);
        Text("code"u8, code);
        if (display is not null)
        {
            Text("display"u8, display);
        }

        json.WriteEndObject();
    }

    public void Quantity(ReadOnlySpan<byte> name, decimal value, string unit)
    {
        json.WriteStartObject(name);
        json.WriteNumber("value"u8, value);
        Text("unit"u8, unit);
        Text("system"u8, Ucum);
        Text("code"u8, unit);
        json.WriteEndObject();
    }

    public void Money(ReadOnlySpan<byte> name, decimal value)
    {
        json.WriteStartObject(name);
        json.WriteNumber("value"u8, value);
        Text("currency"u8, "CNY");
        json.WriteEndObject();
    }

    public void Identifier(string system, string value)
    {
        json.WriteStartArray("identifier"u8);
        json.WriteStartObject();
        Text("system"u8, system);
        Text("value"u8, value);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    /// <summary>The line as it is, or as the caller spoils it; whatever it is, it is one line.</summary>
    public void EndSpoilt(ArrayBufferWriter<byte> to, Func<string, byte[]> spoil)
    {
        json.WriteEndObject();
        json.Flush();
        Resources++;
        to.Write(spoil(Encoding.UTF8.GetString(line.WrittenSpan)));
        to.Write("\n"u8);
        line.Clear();
        json.Reset();
    }

    public void Dispose() => json.Dispose();

    private void EndLine(ArrayBufferWriter<byte> to)
    {
        json.Flush();
        to.Write(line.WrittenSpan);
        to.Write("\n"u8);
        line.Clear();
        json.Reset();
    }
}
