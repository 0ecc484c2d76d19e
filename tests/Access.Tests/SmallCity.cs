namespace Kangqiao.Access.Tests;

/// <summary>
/// Three hospitals (H1 and H2 in district 100102, H3 elsewhere) and five residents. Ann is treated at H1 and has agreed; what H2 has of
/// her H1's doctors may see, but for her HIV. Bob is treated and has agreed to nothing; Cid has agreed and is not treated; Dan is treated
/// and has refused. All that H1's doctors must never learn of has "hidden" in its id and texts.
/// </summary>
internal static class SmallCity
{
    public static readonly string[] Hidden = ["Bob", "Cid", "Dan"];

    public static async Task BuildAsync(House house)
    {
        foreach (var (code, region) in new[] { ("H1", "100102001"), ("H2", "100102002"), ("H3", "100199001") })
        {
            await house.PutAsync(House.System, $$"""
                {"resourceType":"Organization","id":"{{code}}","extension":[{"url":"https://kangqiao.dev/fhir/StructureDefinition/institution-region","valueString":"{{region}}"}],"name":"{{code}}"}
                """);
        }

        await PersonAsync(house, "ann", ["H1", "H2"], "ann", 1);
        await PersonAsync(house, "bob", ["H1", "H2"], "hidden-bob", 2);
        await PersonAsync(house, "cid", ["H2"], "hidden-cid", 3);
        await PersonAsync(house, "dan", ["H1", "H2"], "hidden-dan", 4);
        await PersonAsync(house, "eve", ["H3"], "hidden-eve", 5);
        foreach (var treated in (string[])["ann", "bob", "dan"])
        {
            await house.PutAsync(House.For("H1"), Encounter($"{treated}-visit", $"{treated}-h1"));
        }

        await house.PutAsync(House.System, Consent("ann-agrees", "ann-h2", "permit"));
        await house.PutAsync(House.System, Consent("cid-agrees", "hidden-cid-h2", "permit"));
        await house.PutAsync(House.System, Consent("dan-agrees", "dan-h1", "permit"));
        await house.PutAsync(House.System, Consent("dan-refuses", "hidden-dan-h2", "deny", """,{"type":"deny"}"""));
        await house.PutAsync(House.For("H2"), """
            {"resourceType":"Condition","id":"hidden-ann-hiv","code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"B20.1"}],"text":"hidden"},"subject":{"reference":"Patient/ann-h2"}}
            """);
        await house.PutAsync(House.For("H1"), """
            {"resourceType":"Condition","id":"own-hiv","code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"B20.1"}]},"subject":{"reference":"Patient/ann-h1"}}
            """);
        await house.PutAsync(House.For("H2"), """
            {"resourceType":"List","id":"hidden-list","status":"current","mode":"working","subject":{"reference":"Patient/hidden-bob-h2"},"entry":[{"item":{"reference":"Observation/hidden-bob-h2-obs"}}]}
            """);
        await house.PutAsync(House.For("H2"), """
            {"resourceType":"Group","id":"hidden-group","type":"person","actual":true,"member":[{"entity":{"reference":"Patient/hidden-bob-h2"}}]}
            """);
    }

    public static string Encounter(string id, string patient, string status = "in-progress", string more = "") =>
        $$"""{"resourceType":"Encounter","id":"{{id}}","status":"{{status}}","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"IMP"},"subject":{"reference":"Patient/{{patient}}"}{{more}}}""";

    /// <param name="more">Inner provisions, each with a comma before it.</param>
    /// <param name="root">More of the root, with a comma before it.</param>
    public static string Consent(string id, string patient, string type, string more = "", string root = "")
    {
        var inner = more.Length > 0 ? $",\"provision\":[{more[1..]}]" : "";
        return $$$"""
            {"resourceType":"Consent","id":"{{{id}}}","status":"active","scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},
            "category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],"patient":{"reference":"Patient/{{{patient}}}"},"policyRule":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"OPTIN"}]},
            "provision":{"type":"{{{type}}}"{{{root}}}{{{inner}}}}}
            """;
    }

    public static string Observation(string id, string patient, string text, string value) =>
        $$$"""{"resourceType":"Observation","id":"{{{id}}}","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"15074-8"}],"text":"{{{text}}}"},"subject":{"reference":"Patient/{{{patient}}}"},"effectiveDateTime":"2026-01-02","valueQuantity":{"value":{{{value}}},"system":"http://unitsofmeasure.org","code":"mmol/L"}}""";

    /// <summary>A Patient at each hospital with an observation there; their common ID number makes them one resident.</summary>
    private static async Task PersonAsync(House house, string name, string[] institutions, string elsewhere, int number)
    {
        foreach (var institution in institutions)
        {
            // What H1 itself has is H1's to see.
            var id = (institution == "H1" ? name : elsewhere) + "-" + institution.ToLowerInvariant();
            await house.PutAsync(House.For(institution), Patient(id, number, institution));
            await house.PutAsync(House.For(institution), Observation(id + "-obs", id, id, id.StartsWith("hidden", StringComparison.Ordinal) ? "77.7" : "5.5"));
        }
    }

    /// <param name="number">Which of our people it is; the same number is the same human.</param>
    public static string Patient(string id, int number, string institution, string born = "2000-05-05") =>
        $$"""
        {"resourceType":"Patient","id":"{{id}}","identifier":[{"system":"urn:oid:2.16.156.10011.1.3","value":"{{IdNumber(number, born)}}"},{"system":"urn:oid:1.2.3","value":"id-{{id}}"}],
        "name":[{"text":"王第{{number}}号"}],"gender":"female","birthDate":"{{born}}","telecom":[{"system":"phone","value":"1390000-{{id}}"}],"address":[{"text":"{{id}} {{institution}} street"}]}
        """;

    /// <summary>GB 11643, of a region that is nobody's.</summary>
    public static string IdNumber(int number, string born)
    {
        var text = $"100102{born.Replace("-", "", StringComparison.Ordinal)}{(number * 2).ToString("000", System.Globalization.CultureInfo.InvariantCulture)}";
        int[] weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        return text + "10X98765432"[text.Select((c, i) => (c - '0') * weights[i]).Sum() % 11];
    }
}
