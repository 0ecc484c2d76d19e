using System.Text.Json;
using Kangqiao.PatientIndex.Rows;
using Kangqiao.Standard.RealName;

namespace Kangqiao.PatientIndex.Sources;

/// <summary>What a Patient or a RelatedPerson says of a person, in the terms in which persons are compared.</summary>
internal static class SourceReader
{
    /// <summary>v3-RoleCode, v2-0063 and GB/T 4761: those who speak for somebody who cannot.</summary>
    private static readonly HashSet<string> Guardianship = new(StringComparer.Ordinal)
    {
        "GUARD", "GRD", "MTH", "FTH", "PRN", "PAR", "NMTH", "NFTH", "NPRN", "50", "51", "52",
    };

    public static PersonValues Patient(JsonElement patient)
    {
        var (name, family, given) = NameOf(patient);
        var (guardianName, guardianNumber) = Guardian(patient);
        return new()
        {
            Name = name,
            Surname = family,
            Given = given,
            Sex = patient.Text("gender"),
            Birth = patient.Text("birthDate"),
            Number = NumberOf(patient),
            Phone = PhoneOf(patient),
            Address = AddressOf(patient),
            GuardianName = guardianName,
            GuardianNumber = guardianNumber,
        };
    }

    /// <summary>The Patient whom a RelatedPerson stands for, and who that is; null for others than parents and guardians.</summary>
    public static (string Patient, string Name, string Number)? GuardianOf(JsonElement related)
    {
        if (related.Member("patient").IdOf("Patient") is not { } patient
            || !related.Items("relationship").Any(r => r.Codings().Any(c => Guardianship.Contains(c.Code))))
        {
            return null;
        }

        var (name, family, given) = NameOf(related);
        return (patient, name.Length > 0 ? name : family + given, NumberOf(related));
    }

    /// <summary>Resident ID number, else another valid document's; empty where there is none.</summary>
    public static string NumberOf(JsonElement person)
    {
        var other = "";
        foreach (var identifier in person.Items("identifier"))
        {
            var value = identifier.Text("value");
            if (value.Length == 0 || identifier.Text("use") == "old")
            {
                continue;
            }

            var kind = KindOf(identifier);
            if (ValidDocument.IsResidentSystem(identifier.Text("system")) || ValidDocument.IsResidentKind(kind))
            {
                return value;
            }

            other = other.Length == 0 && kind is not null ? value : other;
        }

        return other;
    }

    /// <summary>The kind of document by WS/T 364 CV02.01.101; null for what is no document.</summary>
    public static string? KindOf(JsonElement identifier) =>
        identifier.Member("type").Codings().Select(c => ValidDocument.KindOf(c.System, c.Code)).FirstOrDefault(kind => kind is not null);

    /// <summary>Division of the home (GB/T 2260 and below); empty where it is not said.</summary>
    public static string RegionOf(JsonElement patient)
    {
        const string Division = "https://kangqiao.dev/fhir/StructureDefinition/division";
        return patient.Items("address").SelectMany(a => a.Items("extension")).Where(e => e.Text("url") == Division).Select(e => e.Text("valueCode")).FirstOrDefault(c => c.Length > 0) ?? "";
    }

    private static (string Text, string Family, string Given) NameOf(JsonElement person)
    {
        (string, string, string) former = ("", "", "");
        foreach (var name in person.Items("name"))
        {
            var read = (name.Text("text"), name.Text("family"), string.Join(' ', name.Items("given").Select(g => g.ValueKind == JsonValueKind.String ? g.GetString() : "")));
            if (read is ("", "", ""))
            {
                continue;
            }

            if (name.Text("use") is not ("old" or "maiden" or "nickname" or "anonymous"))
            {
                return read;
            }

            former = read;
        }

        return former;
    }

    private static string PhoneOf(JsonElement person)
    {
        var found = "";
        foreach (var telecom in person.Items("telecom"))
        {
            if (telecom.Text("system") is "phone" or "sms" or "" && telecom.Text("value") is { Length: > 0 } value && telecom.Text("use") != "old")
            {
                if (telecom.Text("use") == "mobile")
                {
                    return value;
                }

                found = found.Length == 0 ? value : found;
            }
        }

        return found;
    }

    private static string AddressOf(JsonElement person)
    {
        foreach (var address in person.Items("address").OrderBy(a => a.Text("use") == "home" ? 0 : 1))
        {
            if (address.Text("use") == "old")
            {
                continue;
            }

            var text = address.Text("text");
            if (text.Length == 0)
            {
                text = string.Join(' ', new[] { address.Text("state"), address.Text("city"), address.Text("district") }
                    .Concat(address.Items("line").Select(l => l.ValueKind == JsonValueKind.String ? l.GetString()! : "")).Where(part => part.Length > 0));
            }

            if (text.Length > 0)
            {
                return text;
            }
        }

        return "";
    }

    private static (string Name, string Number) Guardian(JsonElement patient)
    {
        foreach (var contact in patient.Items("contact"))
        {
            if (!contact.Items("relationship").Any(r => r.Codings().Any(c => Guardianship.Contains(c.Code))))
            {
                continue;
            }

            var name = contact.Member("name");
            var number = contact.Items("extension").Select(e => e.Member("valueIdentifier").Text("value")).FirstOrDefault(v => v.Length > 0) ?? "";
            return (name.Text("text") is { Length: > 0 } text ? text : name.Text("family") + string.Concat(name.Items("given").Select(g => g.GetString())), number);
        }

        return ("", "");
    }
}
