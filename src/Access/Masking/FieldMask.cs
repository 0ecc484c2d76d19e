using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kangqiao.Kernel;
using Kangqiao.Store;

namespace Kangqiao.Access.Masking;

/// <summary>
/// Fields of a record that a role does not see in the clear. What is left says that something was masked
/// (<c>meta.security</c> MASKED of v3-ObservationValue), and the narrative goes, because nobody knows what it repeats.
/// </summary>
public static class FieldMask
{
    public const string LabelSystem = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue";
    public const string Label = "MASKED";

    public const string IdNumber = "idNumber";
    public const string Phone = "phone";
    public const string Address = "address";
    public const string Name = "name";

    // Who is identified by it outside the institution: 居民身份证 and its like; types by v2-0203.
    private static readonly HashSet<string> IdSystems = new(StringComparer.Ordinal)
    {
        "urn:oid:2.16.156.10011.1.3", "urn:oid:2.16.156.1.11643", "http://hl7.org/fhir/sid/us-ssn",
    };

    private static readonly HashSet<string> IdTypes = new(StringComparer.Ordinal) { "NI", "NNCHN", "PPN", "SS", "DL", "BC", "HC", "MI", "01", "02", "03", "04", "05", "06", "07" };

    /// <summary>The version with these fields masked; itself where there are none.</summary>
    public static StoredRecord Of(StoredRecord record, IReadOnlyCollection<string> fields)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(fields);
        if (fields.Count == 0 || record.State != RecordState.Live || record.Body.IsEmpty)
        {
            return record;
        }

        var json = new ArrayBufferWriter<byte>(2048);
        record.WriteResource(json);
        var resource = JsonNode.Parse(json.WrittenSpan)!.AsObject();
        Resource(resource, fields);
        var meta = resource["meta"]!.AsObject();
        var security = meta["security"]?.AsArray();
        if (security is null)
        {
            meta["security"] = security = [];
        }

        security.Add(new JsonObject { ["system"] = LabelSystem, ["code"] = Label });
        var body = RecordBody.From(JsonSerializer.SerializeToUtf8Bytes(resource));

        // What was just written is an object; if it were not, nothing is shown.
        return record.With(body.IsSuccess ? body.Value : "{}"u8.ToArray());
    }

    /// <summary>The fields in the clear, by name.</summary>
    public static JsonObject Clear(StoredRecord record, IEnumerable<string> fields)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(fields);
        var json = new ArrayBufferWriter<byte>(2048);
        record.WriteResource(json);
        var resource = JsonNode.Parse(json.WrittenSpan)!.AsObject();
        var shown = new JsonObject();
        foreach (var field in fields)
        {
            shown[field] = field switch
            {
                IdNumber => new JsonArray([.. Items(resource, "identifier").Where(IsIdNumber).Select(i => i.DeepClone())]),
                Phone => resource["telecom"]?.DeepClone(),
                Address => resource["address"]?.DeepClone(),
                _ => resource["name"]?.DeepClone(),
            };
        }

        return shown;
    }

    private static void Resource(JsonObject resource, IReadOnlyCollection<string> fields)
    {
        resource.Remove("text");
        if ((string?)resource["resourceType"] is "Patient" or "Person" or "RelatedPerson" or "Practitioner")
        {
            Human(resource, fields);
            foreach (var contact in Items(resource, "contact"))
            {
                Human(contact, fields);
            }
        }

        foreach (var contained in Items(resource, "contained"))
        {
            Resource(contained, fields);
        }

        if (fields.Contains(Name))
        {
            Displays(resource);
        }
    }

    private static void Human(JsonObject human, IReadOnlyCollection<string> fields)
    {
        if (fields.Contains(IdNumber))
        {
            foreach (var identifier in Items(human, "identifier").Where(IsIdNumber))
            {
                Text(identifier, "value", Ends);
            }
        }

        if (fields.Contains(Phone))
        {
            foreach (var telecom in Items(human, "telecom"))
            {
                Text(telecom, "value", Ends);
            }
        }

        if (fields.Contains(Address))
        {
            foreach (var address in Items(human, "address"))
            {
                foreach (var name in (string[])["line", "_line", "text", "_text", "postalCode", "_postalCode", "extension"])
                {
                    address.Remove(name);
                }

                address["text"] = "***";
            }
        }

        if (!fields.Contains(Name))
        {
            return;
        }

        human.Remove("photo");
        foreach (var name in Items(human, "name"))
        {
            Text(name, "text", First);
            Text(name, "family", First);
            foreach (var part in (string[])["given", "_given", "prefix", "suffix", "extension"])
            {
                name.Remove(part);
            }
        }
    }

    /// <summary>What a reference calls a person beside naming them.</summary>
    private static void Displays(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject of:
                if (of.ContainsKey("display") && (of.ContainsKey("reference") || of.ContainsKey("identifier")))
                {
                    of.Remove("display");
                }

                foreach (var (_, inner) in of)
                {
                    Displays(inner);
                }

                break;
            case JsonArray items:
                foreach (var item in items)
                {
                    Displays(item);
                }

                break;
            default:
                break;
        }
    }

    private static bool IsIdNumber(JsonObject identifier) =>
        IdSystems.Contains((string?)identifier["system"] ?? "")
        || (identifier["type"] is JsonObject type && Items(type, "coding").Any(c => IdTypes.Contains((string?)c["code"] ?? "")));

    // A contact has one name and one address, a patient many.
    private static IEnumerable<JsonObject> Items(JsonObject of, string name) => of[name] switch
    {
        JsonArray items => items.OfType<JsonObject>(),
        JsonObject one => [one],
        _ => [],
    };

    private static void Text(JsonObject of, string name, Func<string, string> mask)
    {
        if (of[name] is JsonValue value && value.TryGetValue<string>(out var text))
        {
            of[name] = mask(text);
        }

        of.Remove("_" + name);
    }

    /// <summary>138******34: enough to recognise what one knows, not to learn it.</summary>
    private static string Ends(string text) => text.Length < 8 ? "***" : text[..3] + new string('*', text.Length - 5) + text[^2..];

    private static string First(string text) => text.Length == 0 ? text : System.Globalization.StringInfo.GetNextTextElement(text) + "**";
}
