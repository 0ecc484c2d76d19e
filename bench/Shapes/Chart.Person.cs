using System.Globalization;

namespace Kangqiao.Bench.Shapes;

internal sealed partial class Chart
{
    private void WritePatient(long number, Day born, Moment lastVisit, MasterLink home)
    {
        var female = random.Chance(505);
        var chinese = random.Chance(750);
        var family = One(chinese ? Words.ChineseFamilies : Words.LatinFamilies);
        var given = One(chinese ? Words.ChineseGiven : Words.LatinGiven);
        var full = chinese ? family + given : given + " " + family;
        var mother = One(Words.ChineseFamilies) + One(Words.ChineseGiven);
        var district = One(Words.Districts);
        var married = born.Number < FirstDay.Number - (15 * 365) && random.Chance(650);

        Begin(patient);
        writer.Write($$$"""
            "text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">Shaped patient {{{number}}}: <b>{{{full}}}</b>, {{{district}}}. Synthetic: no such person exists.</div>"},"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName","valueString":"{{{mother}}}"},{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthPlace","valueAddress":{"city":"康桥市","district":"{{{district}}}","state":"康桥省","country":"CN"}},{"url":"http://hl7.org/fhir/StructureDefinition/patient-nationality","extension":[{"url":"code","valueCodeableConcept":{"coding":[{"system":"urn:iso:std:iso:3166","code":"CN","display":"China"}],"text":"中国"}}]}],
            """);
        writer.Write($$$"""
            "identifier":[{"system":"https://shaped.example/synthetic","value":"{{{records.Id}}}"},{"use":"official","type":{"text":"居民身份证号码"},"system":"urn:oid:2.16.156.10011.1.3","value":"{{{ResidentNumber(born, female)}}}"},{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR","display":"Medical Record Number"}],"text":"Medical Record Number"},"system":"https://shaped.example/medical-record","value":"MR{{{number}}}","assigner":{"reference":"{{{home}}}"}}],"active":true,
            """);
        writer.Write($$$"""
            "name":[{"use":"official","text":"{{{full}}}","family":"{{{family}}}","given":["{{{given}}}"]}],"telecom":[{"system":"phone","value":"199-0000-{{{Digits(4)}}}","use":"mobile"}],"gender":"{{{(female ? "female" : "male")}}}","birthDate":"{{{born}}}",
            """);
        if (random.Chance(80))
        {
            writer.Write($$$"""
                "deceasedDateTime":"{{{lastVisit.Plus(random.Between(60, 90_000))}}}",
                """);
        }

        writer.Write($$$"""
            "address":[{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/geolocation","extension":[{"url":"latitude","valueDecimal":{{{new Figure(random.Between(301_000, 309_999), 4)}}}},{"url":"longitude","valueDecimal":{{{new Figure(random.Between(1_140_000, 1_149_999), 4)}}}}]}],"use":"home","line":["{{{One(Words.Streets)}}}{{{random.Between(1, 400)}}}号"],"city":"康桥市","district":"{{{district}}}","state":"康桥省","postalCode":"99{{{Digits(4)}}}","country":"CN"}],
            """);
        writer.Write($$$"""
            "maritalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus","code":"{{{(married ? "M" : "S")}}}"}]},"multipleBirthBoolean":false,"contact":[{"relationship":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0131","code":"N","display":"Next-of-Kin"}]}],"name":{"text":"{{{mother}}}"},"telecom":[{"system":"phone","value":"199-0001-{{{Digits(4)}}}"}]}],"communication":[{"language":{"coding":[{"system":"urn:ietf:bcp:47","code":"zh-CN","display":"Chinese (China)"}],"text":"中文"}}],"managingOrganization":{"reference":"{{{home}}}"}}
            """);
        End(patient);
    }

    private void WriteEncounter()
    {
        var kind = random.Below(100) switch { < 6 => "EMER", < 11 => "IMP", < 13 => "HH", < 15 => "VR", _ => "AMB" };
        Begin(visit.Encounter);
        writer.Write($$$"""
            "status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"{{{kind}}}"},"type":[{{{visit.Kind}}}],"subject":{"reference":"{{{patient}}}"},"participant":[{"individual":{"reference":"{{{visit.Practitioner}}}"}}],"period":{"start":"{{{visit.Start}}}","end":"{{{visit.End}}}"},
            """);
        if (random.Chance(300))
        {
            writer.Write($$$"""
                "reasonCode":[{{{One(Vocabulary.Reasons)}}}],
                """);
        }

        writer.Write($$$"""
            "location":[{"location":{"reference":"{{{visit.Location}}}"}}],"serviceProvider":{"reference":"{{{visit.Organization}}}"}}
            """);
        End(visit.Encounter);
    }

    /// <summary>
    /// 18 digits by GB 11643: region, birth date, sequence (odd for men), check character of ISO 7064 MOD 11-2. Regions
    /// beginning with 99 are not given out, so that the number can be nobody's.
    /// </summary>
    private string ResidentNumber(Day born, bool female)
    {
        var date = DateOnly.FromDayNumber(born.Number);
        var sequence = (random.Below(499) * 2) + (female ? 2 : 1);
        var digits = string.Create(CultureInfo.InvariantCulture, $"9901{random.Between(1, 8):D2}{date:yyyyMMdd}{sequence:D3}");
        var sum = 0;
        foreach (var digit in digits)
        {
            sum = (sum + digit - '0') * 2 % 11;
        }

        return digits + "10X98765432"[sum];
    }
}
