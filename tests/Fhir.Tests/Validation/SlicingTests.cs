namespace Kangqiao.Fhir.Tests.Validation;

public sealed class SlicingTests
{
    private const string IdentifierSlices = """
        {"id":"Patient.identifier:idCard","path":"Patient.identifier","sliceName":"idCard","min":1,"max":"1"},
        {"id":"Patient.identifier:idCard.system","path":"Patient.identifier.system","min":1,"fixedUri":"urn:oid:2.16.156.1"},
        {"id":"Patient.identifier:idCard.value","path":"Patient.identifier.value","min":1,"maxLength":18},
        {"id":"Patient.identifier:card","path":"Patient.identifier","sliceName":"card","max":"1"},
        {"id":"Patient.identifier:card.system","path":"Patient.identifier.system","min":1,"patternUri":"urn:oid:2.16.156.2"}
        """;

    private static string Sliced(string rules, bool ordered = false) => Checked.Profile("p", "Patient", $$"""
        {"id":"Patient.identifier","path":"Patient.identifier","slicing":{"discriminator":[{"type":"value","path":"system"}],"rules":"{{rules}}","ordered":{{(ordered ? "true" : "false")}} } },
        {{IdentifierSlices}}
        """);

    private static string Patient(params string[] systems) => $$"""
        {"resourceType":"Patient","identifier":[{{string.Join(',', systems.Select(s => $$"""{"system":"urn:oid:2.16.156.{{s}}","value":"1"}"""))}}]}
        """;

    [Fact]
    public void Repetitions_are_told_apart_by_a_value()
    {
        Checked.Against(Patient("1", "2", "9"), Sliced("open")).ShouldBeSound();
        Checked.Against(Patient("2"), Sliced("open")).ShouldHave("FHR404", "Patient");
        Checked.Against(Patient("1", "1"), Sliced("open")).ShouldHave("FHR405", "Patient.identifier[1]");
    }

    [Fact]
    public void The_rules_of_a_slice_hold_for_its_members_only()
    {
        Checked.Against("""{"resourceType":"Patient","identifier":[{"system":"urn:oid:2.16.156.1"}]}""", Sliced("open")).ShouldHave("FHR404", "Patient.identifier[0]");
        Checked.Against("""{"resourceType":"Patient","identifier":[{"system":"urn:oid:2.16.156.1","value":"1"},{"system":"urn:oid:2.16.156.9"}]}""", Sliced("open")).ShouldBeSound();
    }

    [Fact]
    public void Closed_slicing_lets_nothing_else_in() => Checked.Against(Patient("1", "9"), Sliced("closed")).ShouldHave("FHR412", "Patient.identifier[1]");

    [Fact]
    public void Open_at_the_end_means_others_come_last()
    {
        Checked.Against(Patient("1", "9"), Sliced("openAtEnd")).ShouldBeSound();
        Checked.Against(Patient("9", "1"), Sliced("openAtEnd")).ShouldHave("FHR414", "Patient.identifier[1]");
    }

    [Fact]
    public void Ordered_slices_come_in_their_order()
    {
        Checked.Against(Patient("1", "2"), Sliced("open", ordered: true)).ShouldBeSound();
        Checked.Against(Patient("2", "1"), Sliced("open", ordered: true)).ShouldHave("FHR413", "Patient.identifier[1]");
    }

    [Fact]
    public void The_default_slice_takes_what_no_other_does()
    {
        var profile = Sliced("closed").Replace(IdentifierSlices, IdentifierSlices + """
            ,{"id":"Patient.identifier:@default","path":"Patient.identifier","sliceName":"@default"},
            {"id":"Patient.identifier:@default.value","path":"Patient.identifier.value","max":"0"}
            """, StringComparison.Ordinal);
        Checked.Against(Patient("1", "9"), profile).ShouldHave("FHR405", "Patient.identifier[1].value");
    }

    [Fact]
    public void A_pattern_above_the_discriminating_element_decides()
    {
        var profile = Checked.Profile("p", "Observation", """
            {"id":"Observation.component","path":"Observation.component","slicing":{"discriminator":[{"type":"pattern","path":"code"}],"rules":"open"}},
            {"id":"Observation.component:sys","path":"Observation.component","sliceName":"sys","min":1},
            {"id":"Observation.component:sys.code","path":"Observation.component.code","patternCodeableConcept":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]}}
            """);
        Checked.Against(Components("8480-6", "8462-4"), profile).ShouldBeSound();
        Checked.Against(Components("8462-4"), profile).ShouldHave("FHR404");
    }

    [Fact]
    public void A_required_binding_decides()
    {
        var profile = Checked.Profile("p", "Patient", """
            {"id":"Patient.identifier","path":"Patient.identifier","slicing":{"discriminator":[{"type":"value","path":"use"}],"rules":"closed"}},
            {"id":"Patient.identifier:any","path":"Patient.identifier","sliceName":"any"},
            {"id":"Patient.identifier:any.use","path":"Patient.identifier.use","min":1,"binding":{"strength":"required","valueSet":"http://hl7.org/fhir/ValueSet/identifier-use"}}
            """);
        Checked.Against("""{"resourceType":"Patient","identifier":[{"use":"usual","value":"1"}]}""", profile).ShouldBeSound();
        Checked.Against("""{"resourceType":"Patient","identifier":[{"value":"1"}]}""", profile).ShouldHave("FHR412");
    }

    [Fact]
    public void Presence_decides()
    {
        var profile = Checked.Profile("p", "Patient", """
            {"id":"Patient.name","path":"Patient.name","slicing":{"discriminator":[{"type":"exists","path":"family"}],"rules":"closed"}},
            {"id":"Patient.name:split","path":"Patient.name","sliceName":"split","max":"1"},
            {"id":"Patient.name:split.family","path":"Patient.name.family","min":1},
            {"id":"Patient.name:whole","path":"Patient.name","sliceName":"whole"},
            {"id":"Patient.name:whole.family","path":"Patient.name.family","max":"0"},
            {"id":"Patient.name:whole.text","path":"Patient.name.text","min":1}
            """);
        Checked.Against("""{"resourceType":"Patient","name":[{"family":"王"},{"text":"王小明"}]}""", profile).ShouldBeSound();
        Checked.Against("""{"resourceType":"Patient","name":[{"given":["小明"]}]}""", profile).ShouldHave("FHR404", "Patient.name[0]");
        Checked.Against("""{"resourceType":"Patient","name":[{"family":"王"},{"family":"李"}]}""", profile).ShouldHave("FHR405");
    }

    [Fact]
    public void The_type_of_a_resource_in_an_entry_decides()
    {
        var profile = Checked.Profile("p", "Bundle", """
            {"id":"Bundle.entry","path":"Bundle.entry","slicing":{"discriminator":[{"type":"type","path":"resource"}],"rules":"closed"}},
            {"id":"Bundle.entry:pat","path":"Bundle.entry","sliceName":"pat","min":1,"max":"1"},
            {"id":"Bundle.entry:pat.resource","path":"Bundle.entry.resource","min":1,"type":[{"code":"Patient"}]}
            """);
        Checked.Against("""{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient"}}]}""", profile).ShouldBeSound();
        Checked.Against("""{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Location"}}]}""", profile).ShouldHave("FHR412");
    }

    [Fact]
    public void A_profile_decides()
    {
        var named = Checked.Profile("named", "Patient", """{"path":"Patient.name","min":1}""");
        var profile = Checked.Profile("p", "Bundle", """
            {"id":"Bundle.entry","path":"Bundle.entry","slicing":{"discriminator":[{"type":"profile","path":"resource"}],"rules":"open"}},
            {"id":"Bundle.entry:named","path":"Bundle.entry","sliceName":"named","min":1},
            {"id":"Bundle.entry:named.resource","path":"Bundle.entry.resource","type":[{"code":"Patient","profile":["http://test.example/named"]}]}
            """);
        Checked.Against("""{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","name":[{"text":"x"}]}}]}""", profile, named).ShouldBeSound();
        Checked.Against("""{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient"}}]}""", profile, named).ShouldHave("FHR404", "Bundle");
    }

    [Fact]
    public void What_a_reference_resolves_to_decides()
    {
        var profile = Checked.Profile("p", "Composition", """
            {"id":"Composition.author","path":"Composition.author","slicing":{"discriminator":[{"type":"type","path":"resolve()"}],"rules":"closed"}},
            {"id":"Composition.author:org","path":"Composition.author","sliceName":"org","min":1,"type":[{"code":"Reference","targetProfile":["http://hl7.org/fhir/StructureDefinition/Organization"]}]}
            """);
        Checked.Against(Composition("Organization/1"), profile).ShouldBeSound();
        Checked.Against(Composition("Device/1"), profile).ShouldHave("FHR412");
    }

    [Fact]
    public void Extensions_are_told_apart_by_their_url()
    {
        var extension = """
            {"resourceType":"StructureDefinition","url":"http://test.example/ethnic","name":"Ethnic","status":"draft","kind":"complex-type","abstract":false,
             "type":"Extension","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Extension","derivation":"constraint",
             "context":[{"type":"element","expression":"Patient"}],
             "differential":{"element":[{"path":"Extension.url","fixedUri":"http://test.example/ethnic"},{"path":"Extension.value[x]","min":1,"type":[{"code":"code"}]}]}}
            """;
        var profile = Checked.Profile("p", "Patient", """
            {"id":"Patient.extension:ethnic","path":"Patient.extension","sliceName":"ethnic","min":1,"type":[{"code":"Extension","profile":["http://test.example/ethnic"]}]}
            """);
        Checked.Against("""{"resourceType":"Patient","extension":[{"url":"http://test.example/ethnic","valueCode":"01"}]}""", profile, extension).ShouldBeSound();
        Checked.Against("""{"resourceType":"Patient","extension":[{"url":"http://test.example/ethnic","valueString":"01"}]}""", profile, extension).ShouldHave("FHR406");
        Checked.Against("""{"resourceType":"Patient"}""", profile, extension).ShouldHave("FHR404");
    }

    [Fact]
    public void An_extension_of_the_repetition_decides()
    {
        var profile = Checked.Profile("p", "Patient", """
            {"id":"Patient.name","path":"Patient.name","slicing":{"discriminator":[{"type":"value","path":"extension('http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation').value"}],"rules":"open"}},
            {"id":"Patient.name:hanzi","path":"Patient.name","sliceName":"hanzi","min":1},
            {"id":"Patient.name:hanzi.extension:rep","path":"Patient.name.extension","sliceName":"rep","min":1,"type":[{"code":"Extension","profile":["http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"]}]},
            {"id":"Patient.name:hanzi.extension:rep.value[x]","path":"Patient.name.extension.value[x]","fixedCode":"IDE"}
            """);
        Checked.Against(Name("IDE"), profile).ShouldBeSound();
        Checked.Against(Name("ABC"), profile).ShouldHave("FHR404", "Patient");
    }

    [Fact]
    public void A_slice_is_sliced_further()
    {
        var profile = Sliced("open").Replace(IdentifierSlices, IdentifierSlices + """
            ,{"id":"Patient.identifier:card","path":"Patient.identifier","sliceName":"card","slicing":{"discriminator":[{"type":"value","path":"use"}],"rules":"closed"}},
            {"id":"Patient.identifier:card/new","path":"Patient.identifier","sliceName":"card/new"},
            {"id":"Patient.identifier:card/new.use","path":"Patient.identifier.use","min":1,"fixedCode":"official"}
            """, StringComparison.Ordinal);
        Checked.Against("""{"resourceType":"Patient","identifier":[{"system":"urn:oid:2.16.156.1","value":"1"},{"system":"urn:oid:2.16.156.2","use":"official","value":"1"}]}""", profile).ShouldBeSound();
        Checked.Against("""{"resourceType":"Patient","identifier":[{"system":"urn:oid:2.16.156.1","value":"1"},{"system":"urn:oid:2.16.156.2","use":"old","value":"1"}]}""", profile).ShouldHave("FHR412");
    }

    [Fact]
    public void A_derived_profile_narrows_the_slices_of_its_base()
    {
        var parent = Sliced("open").Replace("test.example/p\"", "test.example/parent\"", StringComparison.Ordinal);
        var child = Checked.Profile("child", "Patient", """{"id":"Patient.identifier:card","path":"Patient.identifier","sliceName":"card","min":1}""", "http://test.example/parent");
        Checked.Against(Patient("1"), child, parent).ShouldHave("FHR404");
        Checked.Against(Patient("1", "2"), child, parent).ShouldBeSound();
    }

    [Fact]
    public void Slices_without_ids_are_placed_by_path_and_order()
    {
        var profile = System.Text.RegularExpressions.Regex.Replace(
            Sliced("open"), "\"id\":\"[^\"]*\",", "", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));
        Checked.Against(Patient("2"), profile).ShouldHave("FHR404", "Patient");
        Checked.Against(Patient("1", "2"), profile).ShouldBeSound();
    }

    private static string Components(params string[] codes) => $$"""
        {"resourceType":"Observation","status":"final","code":{"text":"x"},"component":[{{string.Join(',', codes.Select(c => $$"""
        {"code":{"coding":[{"system":"http://loinc.org","code":"{{c}}"}]},"valueString":"x"}
        """))}}]}
        """;

    private static string Composition(string author) => $$"""
        {"resourceType":"Composition","status":"final","type":{"text":"x"},"date":"2025-01-01","title":"x","author":[{"reference":"{{author}}"}],
         "section":[{"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"} }]}
        """;

    private static string Name(string representation) => $$"""
        {"resourceType":"Patient","name":[{"text":"王","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation","valueCode":"{{representation}}"}]}]}
        """;
}
