using System.Text.Json;
using System.Text.Json.Nodes;
using Kangqiao.PatientIndex.Sources;
using Kangqiao.Standard.RealName;

namespace Kangqiao.PatientIndex.Residents;

/// <summary>
/// A resident's demographics, each field from the source whose word counts for it. What is whole goes before what is masked,
/// a newborn's name, or a placeholder; then the order of <see cref="Survivorship"/>; then the newest.
/// </summary>
internal sealed class Golden
{
    private const int MostIdentifiers = 20;
    private const int MostTelecoms = 5;

    private readonly Dictionary<string, JsonElement> fields = new(StringComparer.Ordinal);

    private Golden()
    {
    }

    /// <summary>The resident's own verified number in 18 characters; empty where none is known.</summary>
    public string VerifiedNumber { get; private set; } = "";

    /// <summary>The first is the resident ID number, where it is known.</summary>
    public IReadOnlyList<JsonNode> Identifiers { get; private set; } = [];

    /// <summary>A health record number that an institution has given; empty where none has.</summary>
    public string HealthRecordNumber { get; private set; } = "";

    public static Golden Of(IReadOnlyList<SourcePatient> sources, Survivorship rules)
    {
        var golden = new Golden();
        var byNumber = Ordered(sources, rules, "identifier").FirstOrDefault(s => s.Facts.IsVerified);
        golden.VerifiedNumber = byNumber?.Facts.Number ?? "";
        var birth = golden.VerifiedNumber.Length == 18 ? int.Parse(golden.VerifiedNumber.AsSpan(6, 8), System.Globalization.CultureInfo.InvariantCulture) : 0;
        foreach (var field in (string[])["name", "gender", "birthDate", "deceasedDateTime", "deceasedBoolean", "telecom", "address", "maritalStatus", "multipleBirthInteger", "multipleBirthBoolean"])
        {
            var order = Ordered(sources, rules, field);
            order = field switch
            {
                "name" => order.OrderBy(s => s.Facts.NameRank),
                "birthDate" => order.OrderBy(s => birth != 0 && s.Facts.Birth == birth ? 0 : s.Facts.Birth % 100 != 0 ? 1 : s.Facts.Birth != 0 ? 2 : 3),
                "gender" => order.OrderBy(s => s.Body.Text("gender") is "male" or "female" ? 0 : 1),
                _ => order,
            };
            if (order.Select(s => s.Body.Member(field)).FirstOrDefault(IsSaid) is { ValueKind: not JsonValueKind.Undefined } said)
            {
                golden.fields[field] = said;
            }
        }

        golden.ReadExtensions(Ordered(sources, rules, "extension"));
        if (golden.fields.ContainsKey("deceasedDateTime"))
        {
            golden.fields.Remove("deceasedBoolean");
        }

        if (golden.fields.ContainsKey("multipleBirthInteger"))
        {
            golden.fields.Remove("multipleBirthBoolean");
        }

        golden.ReadIdentifiers(Ordered(sources, rules, "identifier"));
        return golden;
    }

    /// <summary>Writes those of the fields that are known.</summary>
    public void Write(Utf8JsonWriter writer, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (!fields.TryGetValue(name, out var value))
            {
                continue;
            }

            writer.WritePropertyName(name);
            if (value.ValueKind != JsonValueKind.Array)
            {
                value.WriteTo(writer);
                continue;
            }

            writer.WriteStartArray();
            foreach (var item in value.EnumerateArray().Take(name == "telecom" ? MostTelecoms : 1))
            {
                item.WriteTo(writer);
            }

            writer.WriteEndArray();
        }
    }

    private static IOrderedEnumerable<SourcePatient> Ordered(IReadOnlyList<SourcePatient> sources, Survivorship rules, string field) => sources
        .OrderBy(s => s.IsMention)
        .ThenBy(s => rules.RankOf(field, s))
        .ThenByDescending(s => s.At)
        .ThenBy(s => s.Id, StringComparer.Ordinal);

    private static bool IsSaid(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.False => false,
        JsonValueKind.Array => value.GetArrayLength() > 0,
        _ => true,
    };

    /// <summary>Of extensions only those that say who somebody is, each from the first source that has it.</summary>
    private void ReadExtensions(IEnumerable<SourcePatient> sources)
    {
        const string EthnicGroup = "https://kangqiao.dev/fhir/StructureDefinition/ethnic-group";
        foreach (var source in sources)
        {
            if (source.Body.Items("extension").FirstOrDefault(e => e.Text("url") == EthnicGroup) is { ValueKind: JsonValueKind.Object } ethnic)
            {
                using var list = JsonDocument.Parse($"[{ethnic.GetRawText()}]");
                fields["extension"] = list.RootElement.Clone();
                return;
            }
        }
    }

    /// <summary>The resident ID number first, then what else is a document or a number of the person and not of one sender.</summary>
    private void ReadIdentifiers(IEnumerable<SourcePatient> sources)
    {
        var seen = new HashSet<(string, string)>();
        var found = new List<JsonNode>();
        if (VerifiedNumber.Length > 0)
        {
            found.Add(new JsonObject { ["system"] = ValidDocument.ResidentSystem, ["value"] = VerifiedNumber });
        }

        foreach (var source in sources)
        {
            foreach (var identifier in source.Body.Items("identifier"))
            {
                var system = identifier.Text("system");
                var value = identifier.Text("value");
                var kind = SourceReader.KindOf(identifier);
                if (value.Length == 0 || ValidDocument.IsResidentSystem(system) || ValidDocument.IsResidentKind(kind) || IsLocal(system, kind))
                {
                    continue;
                }

                if (HealthRecordNumber.Length == 0 && system == ResidentJson.HealthRecordSystem)
                {
                    HealthRecordNumber = value;
                }
                else if (system != ResidentJson.HealthRecordSystem && found.Count < MostIdentifiers && seen.Add((system, value)))
                {
                    found.Add(JsonNode.Parse(identifier.GetRawText())!);
                }
            }
        }

        Identifiers = found;
    }

    // A sender's own numbers stay with its source Patients: beside those of others they would only be mistaken for them.
    private static bool IsLocal(string system, string? kind) =>
        kind is null && (system.Length == 0 || system.StartsWith("https://kangqiao.dev/fhir/local/", StringComparison.Ordinal) || !PersonalSystems.Contains(system));

    /// <summary>Systems whose numbers are given to a person once: insurance, social security and health cards.</summary>
    private static readonly HashSet<string> PersonalSystems = new(StringComparer.Ordinal)
    {
        ResidentJson.HealthRecordSystem,
        IdentitySystems.SocialCard,
        IdentitySystems.HealthCard,
        IdentitySystems.Insurance,
    };
}

/// <summary>Identifier.system of what a resident shows besides the identity card.</summary>
internal static class IdentitySystems
{
    /// <summary>社会保障卡号.</summary>
    public const string SocialCard = "https://kangqiao.dev/fhir/id/social-card";

    /// <summary>电子健康卡 (居民健康卡号).</summary>
    public const string HealthCard = "https://kangqiao.dev/fhir/id/health-card";

    /// <summary>医保电子凭证: the person's number in the insurance (医疗保障编号).</summary>
    public const string Insurance = "https://kangqiao.dev/fhir/id/insurance";
}
