using Kangqiao.Ingest.Cda.Entries;
using Kangqiao.Ingest.Cda.Reading;
using Kangqiao.Ingest.Cda.Records;

namespace Kangqiao.Ingest.Cda.Header;

/// <summary>recordTarget as a Patient.</summary>
internal static class PatientRecord
{
    private const string Sexes = "2.16.156.10011.2.3.3.4";

    public static byte[] Write(XmlElement role, PatientNames names, string? birth, string? deceased, bool isDead, DocumentContext context)
    {
        var patient = role.Child("patient");
        using var body = new FhirBody("Patient");
        Extensions(body, patient, context);
        if (names.OfPatient.Count > 0)
        {
            body.Array("identifier");
            foreach (var (system, value) in names.OfPatient)
            {
                body.Identifier(null, system, value);
            }

            body.EndArray();
        }

        if (Mentions.Said(Participants.NameOf(patient)) is { } name)
        {
            body.Array("name");
            body.Object();
            body.Text("use", "official");
            body.Text("text", name);
            body.EndObject();
            body.EndArray();
        }

        Telecom(body, role.Children("telecom"));
        body.Text("gender", Gender(patient.Child("administrativeGenderCode")));
        body.Text("birthDate", CdaTime.Day(patient.Child("birthTime")["value"] ?? patient.Child("birthTime").Text) ?? (birth is { Length: >= 10 } ? birth[..10] : birth));
        if (deceased is not null)
        {
            body.Text("deceasedDateTime", deceased);
        }
        else if (isDead)
        {
            body.Flag("deceasedBoolean", true);
        }

        Addresses(body, role, patient);
        if (Marital(patient.Child("maritalStatusCode"), context) is { } marital)
        {
            marital(body);
        }

        return body.Finish();
    }

    /// <summary>GB/T 2261.1 and the v3 letters that some senders use.</summary>
    public static string? Gender(XmlElement sex) => (sex["code"]?.ToUpperInvariant() ?? sex["displayName"] ?? sex.Text) switch
    {
        "1" or "M" or "男" or "男性" => "male",
        "2" or "F" or "女" or "女性" => "female",
        "9" or "UN" or "未说明的性别" => "other",
        "0" or "UNK" or "未知的性别" => "unknown",
        _ => null,
    };

    public static void Telecom(FhirBody body, IEnumerable<XmlElement> telecoms)
    {
        var said = telecoms.Select(t => (Use: t["use"], Value: Mentions.Said(t["value"] ?? t.Text))).Where(t => t.Value is not null).ToList();
        if (said.Count == 0)
        {
            return;
        }

        body.Array("telecom");
        foreach (var (use, value) in said)
        {
            body.Object();
            var isMail = value!.Contains('@', StringComparison.Ordinal);
            body.Text("system", isMail ? "email" : "phone");
            body.Text("value", value.StartsWith("tel:", StringComparison.OrdinalIgnoreCase) || value.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase) ? value[(value.IndexOf(':', StringComparison.Ordinal) + 1)..] : value);
            body.Text("use", use switch { "H" or "HP" => "home", "WP" => "work", "MC" => "mobile", _ => null });
            body.EndObject();
        }

        body.EndArray();
    }

    /// <summary>An address of state, city, county, township, street and house number.</summary>
    /// <param name="kind">Of CV02.01.205 地址类型: 01 户籍, 09 现住址; null for what is not said.</param>
    public static bool Address(FhirBody body, string? name, XmlElement address, string? kind)
    {
        string? Part(string part) => Mentions.Said(address.Child(part).Text);
        var state = Part("state");
        var city = Part("city");
        var county = Part("county");
        var street = string.Concat(Part("township"), Part("streetName"), Part("houseNumber"), Part("streetAddressLine"));
        var text = string.Concat(state, city, county, street);
        text = text.Length > 0 ? text : Mentions.Said(address.Text) ?? "";
        if (text.Length == 0)
        {
            return false;
        }

        body.Object(name);
        if (kind is not null)
        {
            body.Array("extension");
            body.Object();
            body.Text("url", DocumentContext.Extensions + "address-type");
            body.Coding("valueCoding", "urn:oid:2.16.156.10011.2.3.1.249", kind, null);
            body.EndObject();
            body.EndArray();
        }

        body.Text("use", kind is "09" ? "home" : null);
        body.Text("text", text);
        if (street.Length > 0)
        {
            body.Array("line");
            body.Item(street);
            body.EndArray();
        }

        body.Text("city", city);
        body.Text("district", county);
        body.Text("state", state);
        body.Text("postalCode", Part("postalCode"));
        body.Text("country", "CN");
        body.EndObject();
        return true;
    }

    private static readonly string[] Parts = ["state", "city", "county", "township", "streetName", "houseNumber", "streetAddressLine"];

    private static bool HasAddress(XmlElement address) =>
        Mentions.Said(address.Text) is not null || Array.Exists(Parts, p => Mentions.Said(address.Child(p).Text) is not null);

    private static void Addresses(FhirBody body, XmlElement role, XmlElement patient)
    {
        var all = role.Children("addr").Select(a => (Address: a, Kind: "09"))
            .Append((patient.Child("household", "place", "addr"), "01"))
            .Where(a => HasAddress(a.Item1)).ToList();
        if (all.Count > 0)
        {
            body.Array("address");
            all.ForEach(a => Address(body, null, a.Item1, a.Item2));
            body.EndArray();
        }
    }

    private static Action<FhirBody>? Marital(XmlElement status, DocumentContext context)
    {
        if (status["code"] is not { } code || Mentions.Said(code) is null)
        {
            return null;
        }

        // content/terminology/conceptmap/marital-status.json says the same of GB/T 2261.2.
        var (system, common) = code switch
        {
            "10" => ("v3-MaritalStatus", "S"),
            "20" or "21" or "22" or "23" => ("v3-MaritalStatus", "M"),
            "30" => ("v3-MaritalStatus", "W"),
            "40" => ("v3-MaritalStatus", "D"),
            _ => ("v3-NullFlavor", "UNK"),
        };
        return body =>
        {
            body.Object("maritalStatus");
            body.Array("coding");
            body.Coding(null, "http://terminology.hl7.org/CodeSystem/" + system, common, null);
            body.Coding(null, context.Content.SystemOf(status["codeSystem"] ?? "2.16.156.10011.2.3.3.5"), code, FhirBody.Clean(status["displayName"]));
            body.EndArray();
            body.Text("text", status["displayName"]);
            body.EndObject();
        };
    }

    private static void Extensions(FhirBody body, XmlElement patient, DocumentContext context)
    {
        var coded = new (string Url, XmlElement Code, string System)[]
        {
            ("ethnic-group", patient.Child("ethnicGroupCode"), "2.16.156.10011.2.3.3.3"),
            ("occupation", patient.Child("occupation", "occupationCode"), "2.16.156.10011.2.3.3.13"),
            ("nationality", patient.Child("nationality"), "2.16.156.10011.2.3.3.1"),
            ("education", patient.Child("educationLevel", "educationLevelCode"), "2.16.156.10011.2.3.3.6"),
        }.Where(c => Mentions.Said(c.Code["code"]) is not null).ToList();
        var employer = Mentions.Said(patient.Child("employerOrganization", "name").Text);
        var birthplace = patient.Child("birthplace", "place", "addr");
        var native = Mentions.Said(patient.Child("nativePlace", "place", "addr").DeepText(200));
        var sex = patient.Child("administrativeGenderCode");
        var hasSex = sex["codeSystem"] is null or Sexes && Mentions.Said(sex["code"]) is not null && Gender(sex) is null;
        if (coded.Count == 0 && employer is null && !HasAddress(birthplace) && native is null && !hasSex)
        {
            return;
        }

        body.Array("extension");
        foreach (var (url, code, system) in coded)
        {
            body.Object();
            body.Text("url", DocumentContext.Extensions + url);
            var given = code["codeSystem"];
            body.Coding("valueCoding", given is null ? "urn:oid:" + system : context.Content.SystemOf(given) ?? "urn:oid:" + system, code["code"]!, FhirBody.Clean(code["displayName"]));
            body.EndObject();
        }

        Say("employer", employer);
        Say("native-place", native);
        Say("sex-as-sent", hasSex ? sex["code"] : null);
        if (HasAddress(birthplace))
        {
            body.Object();
            body.Text("url", "http://hl7.org/fhir/StructureDefinition/patient-birthPlace");
            Address(body, "valueAddress", birthplace, null);
            body.EndObject();
        }

        body.EndArray();

        void Say(string url, string? text)
        {
            if (text is not null)
            {
                body.Object();
                body.Text("url", DocumentContext.Extensions + url);
                body.Text("valueString", text);
                body.EndObject();
            }
        }
    }
}
