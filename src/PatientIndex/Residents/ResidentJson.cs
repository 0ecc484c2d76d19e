using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kangqiao.PatientIndex.Sources;
using Kangqiao.Standard.Making;
using Kangqiao.Store;

namespace Kangqiao.PatientIndex.Residents;

/// <summary>A resident as Person and as composed Patient, and a Person read again.</summary>
internal static class ResidentJson
{
    public const string HealthRecordSystem = "https://kangqiao.dev/fhir/id/health-record";

    private const string Definitions = "https://kangqiao.dev/fhir/StructureDefinition/";
    private const string Decision = Definitions + "link-decision";
    private const string NeverSame = Definitions + "never-same";

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Person(Resident resident, Golden golden) => Write("Person", resident, writer =>
    {
        if (resident.NeverSame.Count > 0)
        {
            writer.WriteStartArray("extension");
            foreach (var other in resident.NeverSame)
            {
                writer.WriteStartObject();
                writer.WriteString("url", NeverSame);
                WriteReference(writer, "valueReference", "Person/" + other);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        WriteIdentifiers(writer, resident, golden);
        golden.Write(writer, "name", "telecom", "gender", "birthDate", "address");
        writer.WriteBoolean("active", resident.Survivor is null && resident.Links.Count > 0);
        WriteLinks(writer, resident);
    });

    public static byte[] Patient(Resident resident, Golden golden) => Write("Patient", resident, writer =>
    {
        golden.Write(writer, "extension");
        WriteIdentifiers(writer, resident, golden);
        writer.WriteBoolean("active", resident.Survivor is null && resident.Links.Count > 0);
        golden.Write(writer, "name", "telecom", "gender", "birthDate", "deceasedBoolean", "deceasedDateTime", "address", "maritalStatus", "multipleBirthBoolean", "multipleBirthInteger");
        string[] others = resident.Survivor is { } survivor ? [survivor] : [.. resident.Links.Select(link => link.Source)];
        if (others.Length == 0)
        {
            return;
        }

        writer.WriteStartArray("link");
        foreach (var other in others)
        {
            writer.WriteStartObject();
            WriteReference(writer, "other", "Patient/" + other);
            writer.WriteString("type", resident.Survivor is null ? "seealso" : "replaced-by");
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    /// <summary>A Person of the platform's own; null for any other record.</summary>
    public static Resident? Read(StoredRecord? record)
    {
        if (record is not { State: RecordState.Live, Key.Type: "Person" } || !ResidentTag.IsOn(record))
        {
            return null;
        }

        using var document = JsonSaid.Parse(record.Body);
        var root = document.RootElement;
        var links = new List<ResidentLink>();
        string? survivor = null;
        foreach (var link in root.Items("link"))
        {
            var target = link.Member("target");
            if (target.IdOf("Patient") is { } source)
            {
                links.Add(ReadLink(source, link));
            }
            else
            {
                survivor = target.IdOf("Person") ?? survivor;
            }
        }

        return new Resident(record.Key.Id)
        {
            Version = record.Version,
            Survivor = survivor,
            Links = links,
            NeverSame = [.. root.Items("extension").Where(e => e.Text("url") == NeverSame).Select(e => e.Member("valueReference").IdOf("Person")).OfType<string>()],
            HealthRecordNumber = root.Items("identifier").Where(i => i.Text("system") == HealthRecordSystem).Select(i => i.Text("value")).FirstOrDefault() ?? "",
        };
    }

    private static byte[] Write(string type, Resident resident, Action<Utf8JsonWriter> rest)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(output, Plain))
        {
            writer.WriteStartObject();
            writer.WriteString("resourceType", type);
            writer.WriteString("id", resident.Id);

            // Readers tell composed records by this beginning: see ResidentTag.
            writer.WriteStartObject("meta");
            writer.WriteStartArray("tag");
            writer.WriteStartObject();
            writer.WriteString("system", ResidentTag.System);
            writer.WriteString("code", ResidentTag.Code);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
            rest(writer);
            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    private static void WriteIdentifiers(Utf8JsonWriter writer, Resident resident, Golden golden)
    {
        writer.WriteStartArray("identifier");
        writer.WriteStartObject();
        writer.WriteString("system", HealthRecordSystem);
        writer.WriteString("value", resident.HealthRecordNumber);
        writer.WriteEndObject();
        foreach (var identifier in golden.Identifiers)
        {
            identifier.WriteTo(writer);
        }

        writer.WriteEndArray();
    }

    private static void WriteLinks(Utf8JsonWriter writer, Resident resident)
    {
        if (resident.Links.Count == 0 && resident.Survivor is null)
        {
            return;
        }

        writer.WriteStartArray("link");
        if (resident.Survivor is { } survivor)
        {
            writer.WriteStartObject();
            WriteReference(writer, "target", "Person/" + survivor);
            writer.WriteString("assurance", "level4");
            writer.WriteEndObject();
        }

        foreach (var link in resident.Links)
        {
            writer.WriteStartObject();
            writer.WriteStartArray("extension");
            writer.WriteStartObject();
            writer.WriteStartArray("extension");
            WritePart(writer, "how", "valueCode", link.How);
            WritePart(writer, "at", "valueDateTime", link.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
            if (link.Model.Length > 0)
            {
                WritePart(writer, "model", "valueString", link.Model);
            }

            if (link.Probability is { } probability)
            {
                writer.WriteStartObject();
                writer.WriteString("url", "probability");
                writer.WriteNumber("valueDecimal", Math.Round((decimal)probability, 6));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteString("url", Decision);
            writer.WriteEndObject();
            writer.WriteEndArray();
            WriteReference(writer, "target", "Patient/" + link.Source);
            writer.WriteString("assurance", link.Assurance);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static ResidentLink ReadLink(string source, JsonElement link)
    {
        var how = "";
        var model = "";
        double? probability = null;
        var at = DateTimeOffset.UnixEpoch;
        foreach (var part in link.Items("extension").Where(e => e.Text("url") == Decision).SelectMany(e => e.Items("extension")))
        {
            switch (part.Text("url"))
            {
                case "how":
                    how = part.Text("valueCode");
                    break;
                case "model":
                    model = part.Text("valueString");
                    break;
                case "at":
                    at = DateTimeOffset.Parse(part.Text("valueDateTime"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
                    break;
                case "probability":
                    probability = part.Member("valueDecimal").GetDouble();
                    break;
            }
        }

        return new(source, link.Text("assurance"), how, model, probability, at);
    }

    private static void WriteReference(Utf8JsonWriter writer, string name, string reference)
    {
        writer.WriteStartObject(name);
        writer.WriteString("reference", reference);
        writer.WriteEndObject();
    }

    private static void WritePart(Utf8JsonWriter writer, string url, string name, string value)
    {
        writer.WriteStartObject();
        writer.WriteString("url", url);
        writer.WriteString(name, value);
        writer.WriteEndObject();
    }
}
