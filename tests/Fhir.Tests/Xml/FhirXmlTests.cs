using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Narrative;
using Kangqiao.Fhir.Xml;

namespace Kangqiao.Fhir.Tests.Xml;

public sealed class FhirXmlTests
{
    [Fact]
    public void A_patient_becomes_JSON_element_by_element() => Json("""
        <?xml version="1.0" encoding="UTF-8"?>
        <!-- a comment -->
        <Patient xmlns="http://hl7.org/fhir" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://hl7.org/fhir fhir.xsd">
          <id value="p1"/>
          <text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml">a &lt; b<br/></div></text>
          <contained><Organization><id value="o"/><name value="康桥"/></Organization></contained>
          <extension url="http://e"><valueDecimal value="1.00"/></extension>
          <active value="true"/>
          <name id="n1"><family value="张"/><given value="三"/><given value="&quot;四&quot;"/></name>
          <name><text value="x"/></name>
          <deceasedBoolean value="false"/>
          <multipleBirthInteger value="+2"/>
        </Patient>
        """).ShouldBe("""
        {"resourceType":"Patient","id":"p1","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">a &lt; b<br/></div>"},
        "contained":[{"resourceType":"Organization","id":"o","name":"康桥"}],
        "extension":[{"url":"http://e","valueDecimal":1.00}],
        "active":true,"name":[{"id":"n1","family":"张","given":["三","\"四\""]},{"text":"x"}],"deceasedBoolean":false,"multipleBirthInteger":2}
        """.ReplaceLineEndings(""));

    [Fact]
    public void What_stands_beside_a_primitive_goes_under_its_name_with_an_underscore() => Json(Patient("""
        <name><family id="f"/><given value="a"/><given value="b" id="g"><extension url="u"><valueCode value="c"/></extension></given>
        <given><extension url="v"><valueString value="d"><extension url="w"><valueInteger value="1"/></extension></valueString></extension></given></name>
        <birthDate value="1958-03"><extension url="t"><valueTime value="10:00:00"/></extension></birthDate>
        """)).ShouldBe("""
        {"resourceType":"Patient","name":[{"_family":{"id":"f"},"given":["a","b",null],
        "_given":[null,{"id":"g","extension":[{"url":"u","valueCode":"c"}]},
        {"extension":[{"url":"v","valueString":"d","_valueString":{"extension":[{"url":"w","valueInteger":1}]}}]}]}],
        "birthDate":"1958-03","_birthDate":{"extension":[{"url":"t","valueTime":"10:00:00"}]}}
        """.ReplaceLineEndings(""));

    [Fact]
    public void Resources_stand_inside_a_bundle() => Json("""
        <f:Bundle xmlns:f="http://hl7.org/fhir"><f:type value="collection"/><f:total value="1"/><f:entry><f:resource>
        <f:Observation><f:status value="final"/><f:code><f:text value="x"/></f:code><f:valueQuantity><f:value value="-1.50e3"/></f:valueQuantity></f:Observation>
        </f:resource></f:entry></f:Bundle>
        """).ShouldBe("""
        {"resourceType":"Bundle","type":"collection","total":1,"entry":[{"resource":
        {"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":-1.50e3}}}]}
        """.ReplaceLineEndings(""));

    [Fact]
    public void A_prefix_of_the_document_does_not_reach_the_narrative()
    {
        var json = JsonNode.Parse(Json("""
            <Patient xmlns="http://hl7.org/fhir" xmlns:h="http://www.w3.org/1999/xhtml"><text><status value="generated"/>
            <h:div><h:p title="a&#10;&quot;b&quot;">x<![CDATA[<b>]]></h:p><!-- c --></h:div></text></Patient>
            """))!;
        var div = json["text"]!["div"]!.GetValue<string>();
        div.ShouldBe("<div xmlns=\"http://www.w3.org/1999/xhtml\"><p title=\"a&#10;&quot;b&quot;\">x&lt;b&gt;</p><!-- c --></div>");
        NarrativeCheck.Check(div.AsSpan()).ShouldBeNull();
    }

    [Theory]
    [InlineData("<nickname value='x'/>", "FHX005")]
    [InlineData("<resourceType value='x'/>", "FHX005")]
    [InlineData("<name xmlns='http://other'><text value='x'/></name>", "FHX005")]
    [InlineData("<name><id value='x'/></name>", "FHX005")]
    [InlineData("<extension><url value='x'/></extension>", "FHX005")]
    [InlineData("<value value='x'/>", "FHX005")]
    [InlineData("<active value='true' extra='x'/>", "FHX006")]
    [InlineData("<name url='x'><text value='x'/></name>", "FHX006")]
    [InlineData("<name value='x'/>", "FHX006")]
    [InlineData("<contained id='x'><Patient/></contained>", "FHX006")]
    [InlineData("<active>true</active>", "FHX007")]
    [InlineData("<active value='true'/>stray", "FHX007")]
    [InlineData("<gender value='male'/><active value='true'/>", "FHX008")]
    [InlineData("<name><text value='x'/></name><active value='true'/><name><text value='y'/></name>", "FHX008")]
    [InlineData("<active value='true'/><active value='true'/>", "FHX009")]
    [InlineData("<deceasedBoolean value='true'/><deceasedDateTime value='2020'/>", "FHX009")]
    [InlineData("<name/>", "FHX010")]
    [InlineData("<gender/>", "FHX010")]
    [InlineData("<gender value=''/>", "FHX010")]
    [InlineData("<active value='yes'/>", "FHX011")]
    [InlineData("<active value='True'/>", "FHX011")]
    [InlineData("<multipleBirthInteger value='1.0'/>", "FHX011")]
    [InlineData("<multipleBirthInteger value='01'/>", "FHX011")]
    [InlineData("<multipleBirthInteger value='+-1'/>", "FHX011")]
    [InlineData("<extension url='x'><valueDecimal value='1.'/></extension>", "FHX011")]
    [InlineData("<extension url='x'><valueDecimal value='1e'/></extension>", "FHX011")]
    [InlineData("<extension url='x'><valueDecimal value='NaN'/></extension>", "FHX011")]
    [InlineData("<contained/>", "FHX012")]
    [InlineData("<contained><Patient/><Patient/></contained>", "FHX012")]
    [InlineData("<contained><Nothing/></contained>", "FHX004")]
    [InlineData("<contained><DomainResource/></contained>", "FHX004")]
    [InlineData("<active value='&nbsp;'/>", "FHX001")]
    [InlineData("<active value='true'>", "FHX001")]
    public void What_JSON_could_not_say_is_refused_with_its_place(string inner, string code)
    {
        var problem = FhirXml.ToJson(Encoding.UTF8.GetBytes(Patient("\n" + inner))).Problem.ShouldNotBeNull();
        problem.Code.ShouldBe(code);
        problem.Message.ShouldStartWith("Line 2, column ");
    }

    [Theory]
    [InlineData("", "FHX001")]
    [InlineData("{\"resourceType\":\"Patient\"}", "FHX001")]
    [InlineData("<Patient/>", "FHX004")]
    [InlineData("<HumanName xmlns='http://hl7.org/fhir'/>", "FHX004")]
    [InlineData("<Patient xmlns='http://hl7.org/fhir'/><Patient xmlns='http://hl7.org/fhir'/>", "FHX001")]
    [InlineData("<!DOCTYPE Patient [<!ENTITY a 'aaaa'>]><Patient xmlns='http://hl7.org/fhir'/>", "FHX001")]
    [InlineData("<!DOCTYPE Patient SYSTEM 'file:///etc/passwd'><Patient xmlns='http://hl7.org/fhir'/>", "FHX001")]
    [InlineData("<?xml version='1.0' encoding='no-such'?><Patient xmlns='http://hl7.org/fhir'/>", "FHX001")]
    public void What_is_not_a_FHIR_resource_is_refused(string xml, string code) =>
        FhirXml.ToJson(Encoding.UTF8.GetBytes(xml)).Problem.ShouldNotBeNull().Code.ShouldBe(code);

    [Fact]
    public void Depth_and_size_are_bounded()
    {
        var deep = string.Concat(Enumerable.Repeat("<extension url='x'>", 100_000));
        FhirXml.ToJson(Encoding.UTF8.GetBytes(Patient(deep))).Problem.ShouldNotBeNull().Code.ShouldBe("FHX003");
        var boxes = string.Concat(Enumerable.Repeat("<contained><Patient>", 100_000));
        FhirXml.ToJson(Encoding.UTF8.GetBytes(Patient(boxes))).Problem.ShouldNotBeNull().Code.ShouldBe("FHX003");
        var narrative = "<text><status value='empty'/><div xmlns='http://www.w3.org/1999/xhtml'>" + string.Concat(Enumerable.Repeat("<b>", 100_000));
        FhirXml.ToJson(Encoding.UTF8.GetBytes(Patient(narrative))).Problem.ShouldNotBeNull().Code.ShouldBe("FHX003");
        var nested = string.Concat(Enumerable.Range(0, 30).Select(_ => "<extension url='x'><valueString value='y'>"))
            + string.Concat(Enumerable.Range(0, 30).Select(_ => "</valueString></extension>"));
        FhirXml.ToJson(Encoding.UTF8.GetBytes(Patient(nested))).IsSuccess.ShouldBeTrue();
        FhirXml.ToJson(Encoding.UTF8.GetBytes(Patient(new string(' ', 2000))), new XmlReadOptions(MaxCharacters: 1000)).Problem.ShouldNotBeNull()
            .Code.ShouldBe("FHX002");
    }

    [Fact]
    public void Broken_documents_are_refused_without_complaint()
    {
        var good = Encoding.UTF8.GetBytes(Patient(
            "<text><status value='x'/><div xmlns='http://www.w3.org/1999/xhtml'>a<p title='b'>c</p></div></text><name id='n'><given value='三'/></name>"));
        var random = new Random(20221122);
        for (var round = 0; round < 20_000; round++)
        {
            var broken = good.ToArray();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                broken[random.Next(broken.Length)] = "<>&;\"'/!-#[]? =\0\xEFx"u8[random.Next(18)];
            }

            if (FhirXml.ToJson(broken).Try(out var json, out _))
            {
                JsonNode.Parse(json).ShouldNotBeNull();
            }
        }
    }

    // Where the suite's input is another edition of the example, the places in which it differs are named.
    [Theory]
    [InlineData("codesystem-example.xml", "CodeSystem-example.json",
        ".meta.lastUpdated .version .description .concept[0].code .text .extension")]
    [InlineData("observation-example.xml", "Observation-example.json", ".extension")]
    [InlineData("patient-example.xml", "Patient-example.json", "")]
    [InlineData("questionnaire-example.xml", "Questionnaire-3141.json", "")]
    [InlineData("valueset-example-expansion.xml", "ValueSet-example-expansion.json",
        ".meta.lastUpdated .version .extension")]
    public void A_published_resource_is_the_same_in_both_forms(string xml, string json, string otherEdition)
    {
        var folder = Path.Combine(Project.Conformance, "fhirpath", "input");
        Assert.SkipUnless(Directory.Exists(folder), "The public test suites are not here.");
        var read = JsonNode.Parse(FhirXml.ToJson(File.ReadAllBytes(Path.Combine(folder, xml))).Value)!;
        var published = JsonNode.Parse(File.ReadAllBytes(Path.Combine(Project.Examples, json)))!;
        string.Join(' ', Differences(read, published, "")).ShouldBe(otherEdition);
    }

    [Fact]
    public void Every_resource_type_has_fewer_elements_than_the_reader_counts() =>
        R4.Facts.Types.ShouldAllBe(t => t.Elements.Length < 128);

    [Fact]
    public void Elements_in_any_order_are_read_where_that_is_asked_for()
    {
        var xml = Encoding.UTF8.GetBytes(Patient("<gender value='male'/><active value='true'/>"));
        FhirXml.ToJson(xml, new XmlReadOptions { AnyOrder = true }).IsSuccess.ShouldBeTrue();
        var apart = Encoding.UTF8.GetBytes(Patient("<name><text value='x'/></name><active value='true'/><name><text value='y'/></name>"));
        FhirXml.ToJson(apart, new XmlReadOptions { AnyOrder = true }).Problem.ShouldNotBeNull().Code.ShouldBe("FHX009");
    }

    [Fact]
    public void Every_XML_file_of_the_public_suites_is_read()
    {
        Assert.SkipUnless(Directory.Exists(Project.Conformance), "The public test suites are not here.");
        string[] folders = [Path.Combine(Project.Conformance, "fhirpath", "input"), Path.Combine(Project.Conformance, "validator")];
        var files = folders.SelectMany(f => Directory.GetFiles(f, "*.xml")).ToArray();
        files.ShouldNotBeEmpty();
        files.Select(f => (File: Path.GetFileName(f), FhirXml.ToJson(File.ReadAllBytes(f)).Problem))
            .Where(f => f.Problem is not null)
            .Select(f => $"{f.File}: {f.Problem!.Code}")
            .ShouldBe(["uuid-ext.xml: FHX008"], "It has version after title.");
        var anyOrder = new XmlReadOptions { AnyOrder = true };
        files.ShouldAllBe(f => FhirXml.ToJson(File.ReadAllBytes(f), anyOrder).IsSuccess);
    }

    [Fact]
    public void Every_published_example_is_the_same_after_a_way_through_XML()
    {
        var changed = new List<string>();
        var count = 0;
        foreach (var file in Directory.EnumerateFiles(Project.Examples, "*.json"))
        {
            // The valuesets bundle and its like are large and say nothing new.
            var json = File.ReadAllBytes(file);
            if (json.Length > 2_000_000 || Path.GetFileName(file) is "package.json" or ".index.json")
            {
                continue;
            }

            count++;
            if (!FhirXml.FromJson(json).Then(xml => FhirXml.ToJson(xml)).Try(out var back, out var problem))
            {
                changed.Add($"{Path.GetFileName(file)}: {problem.Code} {problem.Message}");
            }
            else
            {
                changed.AddRange(Differences(JsonNode.Parse(back), JsonNode.Parse(json), "").Take(3).Select(d => Path.GetFileName(file) + d));
            }
        }

        count.ShouldBeGreaterThan(5000);
        changed.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{", "FHX101")]
    [InlineData("{\"resourceType\":\"Patient\",\"active\":true,\"active\":true}", "FHX101")]
    [InlineData("[]", "FHX102")]
    [InlineData("{\"resourceType\":\"HumanName\"}", "FHX102")]
    [InlineData("{\"resourceType\":\"Patient\",\"contained\":[{}]}", "FHX102")]
    [InlineData("{\"resourceType\":\"Patient\",\"nickname\":\"x\"}", "FHX103")]
    [InlineData("{\"resourceType\":\"Patient\",\"_name\":[]}", "FHX103")]
    [InlineData("{\"resourceType\":\"Patient\",\"name\":{}}", "FHX104")]
    [InlineData("{\"resourceType\":\"Patient\",\"active\":[true]}", "FHX104")]
    [InlineData("{\"resourceType\":\"Patient\",\"gender\":\"\\u0001\"}", "FHX105")]
    [InlineData("{\"resourceType\":\"Patient\",\"gender\":\"\\ud800\"}", "FHX105")]
    [InlineData("{\"resourceType\":\"Patient\",\"text\":{\"div\":\"<div>\"}}", "FHX106")]
    public void What_XML_could_not_say_is_refused(string json, string code) =>
        FhirXml.FromJson(Encoding.UTF8.GetBytes(json)).Problem.ShouldNotBeNull().Code.ShouldBe(code);

    [Fact]
    public void Broken_JSON_is_refused_without_complaint()
    {
        var good = File.ReadAllBytes(Path.Combine(Project.Examples, "Patient-example.json"));
        var random = new Random(20221122);
        for (var round = 0; round < 5_000; round++)
        {
            var broken = good.ToArray();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                broken[random.Next(broken.Length)] = "<>&;\"'/!-#[]{}:,\\\0\xEFx1"u8[random.Next(20)];
            }

            if (FhirXml.FromJson(broken).Try(out var xml, out _))
            {
                XDocument.Parse(Encoding.UTF8.GetString(xml)).Root.ShouldNotBeNull();
            }
        }
    }

    [Fact]
    public void XML_keeps_the_order_of_the_definition_and_has_characters_for_named_entities()
    {
        var json = """
            {"text":{"div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><!-- & -->a&nbsp;b &amp; &#x20AC; &lt;</div>","status":"generated"},
            "_birthDate":{"id":"b"},"gender":"a\nb","name":[{"given":[null,"x"],"_given":[{"id":"g"},null],"id":"n"}],"resourceType":"Patient"}
            """;
        Encoding.UTF8.GetString(FhirXml.FromJson(Encoding.UTF8.GetBytes(json)).Value).ShouldBe(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><Patient xmlns=\"http://hl7.org/fhir\"><text><status value=\"generated\" />"
            + "<div xmlns=\"http://www.w3.org/1999/xhtml\"><!-- & -->a\u00A0b &amp; &#x20AC; &lt;</div></text><name id=\"n\"><given id=\"g\" /><given value=\"x\" /></name>"
            + "<gender value=\"a&#xA;b\" /><birthDate id=\"b\" /></Patient>");
    }

    private static string Patient(string inner) => $"<Patient xmlns='http://hl7.org/fhir'>{inner}</Patient>";

    private static string Json(string xml)
    {
        var outcome = FhirXml.ToJson(Encoding.UTF8.GetBytes(xml));
        outcome.Problem.ShouldBeNull();
        return Encoding.UTF8.GetString(outcome.Value);
    }

    private static IEnumerable<string> Differences(JsonNode? read, JsonNode? published, string path)
    {
        if (read is JsonObject left && published is JsonObject right)
        {
            return left.Select(p => p.Key).Union(right.Select(p => p.Key))
                .SelectMany(name => Differences(left[name], right[name], path + "." + name));
        }

        if (read is JsonArray first && published is JsonArray second && first.Count == second.Count)
        {
            return first.SelectMany((item, at) => Differences(item, second[at], $"{path}[{at}]"));
        }

        var same = path.EndsWith(".div", StringComparison.Ordinal)
            ? XNode.DeepEquals(XElement.Parse(read!.GetValue<string>()), XElement.Parse(published!.GetValue<string>()))
            : read?.ToJsonString() == published?.ToJsonString();
        return same ? [] : [path];
    }
}
