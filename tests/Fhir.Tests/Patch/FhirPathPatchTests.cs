using System.Text;
using System.Xml.Linq;
using Kangqiao.Fhir.Patch;
using Kangqiao.Fhir.Tests.Writing;
using Kangqiao.Fhir.Xml;

namespace Kangqiao.Fhir.Tests.Patch;

public sealed class FhirPathPatchTests
{
    private const string Patient =
        """{"resourceType":"Patient","id":"p","name":[{"family":"王","given":["a","b","c"],"_given":[null,{"id":"2"},{"extension":[{"url":"http://x.cn","valueDecimal":1.00}]}]},{"text":"d"}],"birthDate":"1970","_birthDate":{"extension":[{"url":"http://x.cn","valueCode":"c"}]},"deceasedBoolean":false}""";

    [Fact]
    public void The_public_suite_passes_whole()
    {
        var cases = XDocument.Load(Conformance.Find("patch", "fhir-patch-tests.xml"), LoadOptions.PreserveWhitespace).Root!.Elements("case").ToArray();
        cases.Length.ShouldBe(33);
        var wrong = new List<string>();
        foreach (var test in cases)
        {
            var outcome = FhirPathPatch.Apply(Json(test.Element("input")!), Json(test.Element("diff")!));
            if (test.Element("output") is not { } due)
            {
                if (outcome.IsSuccess)
                {
                    wrong.Add($"{test.Attribute("name")!.Value}: {Encoding.UTF8.GetString(outcome.Value)}");
                }
            }
            else if (outcome.Problem is { } problem)
            {
                wrong.Add($"{test.Attribute("name")!.Value}: {problem}");
            }
            else if (JsonDifference.Find(outcome.Value, Json(due)) is { } difference)
            {
                wrong.Add($"{test.Attribute("name")!.Value}: {difference}");
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void A_list_of_primitives_takes_its_extensions_along() =>
        Patched(Operation("move", "Patient.name[0].given", """{"name":"source","valueInteger":2},{"name":"destination","valueInteger":0}"""))
            .ShouldContain("\"given\":[\"c\",\"a\",\"b\"],\"_given\":[{\"extension\":[{\"url\":\"http://x.cn\",\"valueDecimal\":1.00}]},null,{\"id\":\"2\"}]");

    [Fact]
    public void A_deleted_entry_takes_its_extensions_along()
    {
        Patched(Operation("delete", "Patient.name[0].given[0]")).ShouldContain("\"given\":[\"b\",\"c\"],\"_given\":[{\"id\":\"2\"},{\"extension\"");
        Patched(Operation("delete", "Patient.birthDate")).ShouldNotContain("birthDate");
    }

    [Fact]
    public void An_inserted_value_brings_its_own_extensions() =>
        Patched(Operation("insert", "Patient.name[0].given", """{"name":"index","valueInteger":1},{"name":"value","valueString":"x","_valueString":{"id":"new"}}"""))
            .ShouldContain("\"given\":[\"a\",\"x\",\"b\",\"c\"],\"_given\":[null,{\"id\":\"new\"},{\"id\":\"2\"},{\"extension\"");

    [Fact]
    public void A_replaced_value_loses_the_extensions_of_the_old_one()
    {
        Patched(Operation("replace", "Patient.birthDate", """{"name":"value","valueDate":"1971-02"}"""))
            .ShouldContain("\"birthDate\":\"1971-02\",\"deceased");
        Patched(Operation("replace", "Patient.name[0].given[1]", """{"name":"value","valueString":"x"}"""))
            .ShouldContain("\"given\":[\"a\",\"x\",\"c\"],\"_given\":[null,null,{\"extension\"");
    }

    [Fact]
    public void A_choice_can_change_its_type()
    {
        var patched = Patched(Operation("replace", "Patient.deceased", """{"name":"value","valueDateTime":"2020"}"""));
        patched.ShouldContain("\"deceasedDateTime\":\"2020\"");
        patched.ShouldNotContain("deceasedBoolean");
    }

    [Fact]
    public void A_choice_is_added_by_its_name_or_its_JSON_name()
    {
        foreach (var name in new[] { "multipleBirth", "multipleBirthInteger" })
        {
            Patched(Operation("add", "Patient", $$"""{"name":"name","valueString":"{{name}}"},{"name":"value","valueInteger":2}"""))
                .ShouldContain("\"multipleBirthInteger\":2");
        }
    }

    [Fact]
    public void An_extension_can_be_added_to_a_primitive_and_to_one_of_a_list()
    {
        const string Extension = """
            {"name":"name","valueString":"extension"},{"name":"value","part":[{"name":"url","valueUri":"http://y.cn"},{"name":"value","valueDecimal":2.50}]}
            """;
        Patched(Operation("add", "Patient.id", Extension)).ShouldContain("\"_id\":{\"extension\":[{\"url\":\"http://y.cn\",\"valueDecimal\":2.50}]}");
        Patched(Operation("add", "Patient.name[0].given[0]", Extension))
            .ShouldContain("\"_given\":[{\"extension\":[{\"url\":\"http://y.cn\",\"valueDecimal\":2.50}]},{\"id\":\"2\"},{\"extension\"");
        Patched(Operation("add", "Patient.name[0].family", Extension)).ShouldContain("\"_family\":{\"extension\"");
    }

    [Fact]
    public void Deleting_all_there_is_in_an_element_deletes_the_element()
    {
        Patched(Operation("delete", "Patient.name[1].text")).ShouldContain("}]}],\"birthDate\"");
        Patched(Operation("delete", "Patient.name[0].given[2].extension[0]")).ShouldContain("\"_given\":[null,{\"id\":\"2\"},null]}");
        Patched(Operation("delete", "Patient.birthDate.extension[0]")).ShouldNotContain("_birthDate");
    }

    [Fact]
    public void What_one_operation_empties_another_may_fill() =>
        Patched(
            Operation("delete", "Patient.name[1].text"),
            Operation("add", "Patient.name[1]", """{"name":"name","valueString":"given"},{"name":"value","valueString":"x"}"""))
        .ShouldContain("{\"given\":[\"x\"]}],\"birthDate\"");

    [Fact]
    public void A_value_of_parts_may_repeat_and_nest()
    {
        Patched(Operation("add", "Patient", """
            {"name":"name","valueString":"link"},{"name":"value","part":[{"name":"type","valueCode":"seealso"},{"name":"other","valueReference":{"reference":"Patient/q"}}]}
            """)).ShouldContain("\"link\":[{\"type\":\"seealso\",\"other\":{\"reference\":\"Patient/q\"}}]");
        Patched(Operation("add", "Patient", """
            {"name":"name","valueString":"contact"},{"name":"value","part":[{"name":"relationship","part":[{"name":"text","valueString":"mother"}]},
              {"name":"relationship","valueCodeableConcept":{"text":"guardian"}},{"name":"name","part":[{"name":"given","valueString":"x"},{"name":"given","valueString":"y"}]}]}
            """)).ShouldContain("\"contact\":[{\"relationship\":[{\"text\":\"mother\"},{\"text\":\"guardian\"}],\"name\":{\"given\":[\"x\",\"y\"]}}]");
    }

    [Fact]
    public void A_path_may_choose_by_content_and_reach_into_contained_resources()
    {
        Patched(Operation("replace", "Patient.name.where(text = 'd').text", """{"name":"value","valueString":"e"}"""))
            .ShouldContain("{\"text\":\"e\"}");
        Patched(Operation("delete", "Patient.name.given.where($this = 'b')")).ShouldContain("\"given\":[\"a\",\"c\"]");
        var inside = FhirPathPatch.Apply(
            Bytes("""{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"W"}],"managingOrganization":{"reference":"#o"}}"""),
            Parameters(Operation("replace", "Patient.managingOrganization.resolve().name", """{"name":"value","valueString":"V"}""")));
        Encoding.UTF8.GetString(inside.Value).ShouldContain("\"name\":\"V\"");
    }

    [Fact]
    public void A_resource_can_be_a_value() =>
        Patched(Operation("add", "Patient", """
            {"name":"name","valueString":"contained"},{"name":"value","resource":{"resourceType":"Organization","id":"o","name":"W"}}
            """)).ShouldContain("\"contained\":[{\"resourceType\":\"Organization\",\"id\":\"o\",\"name\":\"W\"}]");

    [Fact]
    public void Deleting_what_is_not_there_changes_nothing() => Patched(Operation("delete", "Patient.gender")).ShouldBe(Patient);

    [Theory]
    [InlineData("delete", "Patient.name", "", "PCH018")]
    [InlineData("delete", "Patient", "", "PCH024")]
    [InlineData("replace", "Patient", """{"name":"value","valueString":"x"}""", "PCH024")]
    [InlineData("replace", "Patient.gender", """{"name":"value","valueCode":"male"}""", "PCH006")]
    [InlineData("replace", "Patient.name[0].given", """{"name":"value","valueString":"x"}""", "PCH018")]
    [InlineData("replace", "Patient.birthDate", """{"name":"value","valueBoolean":true}""", "PCH023")]
    [InlineData("replace", "Patient.deceased", """{"name":"value","valueString":"x"}""", "PCH023")]
    [InlineData("replace", "Patient.name[1]", """{"name":"value","valueAddress":{"text":"x"}}""", "PCH023")]
    [InlineData("replace", "Patient.birthDate", """{"name":"value","valueDate":"1970-02-30"}""", "PCH003")]
    [InlineData("replace", "Patient.birthDate", """{"name":"value","valueString":"1970-02-30"}""", "PCH016")]
    [InlineData("add", "Patient", """{"name":"name","valueString":"birthDate"},{"name":"value","valueDate":"1970"}""", "PCH022")]
    [InlineData("add", "Patient", """{"name":"name","valueString":"deceasedDateTime"},{"name":"value","valueDateTime":"1970"}""", "PCH022")]
    [InlineData("add", "Patient", """{"name":"name","valueString":"colour"},{"name":"value","valueString":"x"}""", "PCH021")]
    [InlineData("add", "Patient", """{"name":"name","valueString":"contact"},{"name":"value","part":[{"name":"colour","valueString":"x"}]}""", "PCH021")]
    [InlineData("add", "Patient", """{"name":"name","valueString":"contact"},{"name":"value","part":[{"name":"gender","valueCode":"male"},{"name":"gender","valueCode":"male"}]}""", "PCH022")]
    [InlineData("add", "Patient", """{"name":"name","valueString":"multipleBirth"},{"name":"value","part":[{"name":"id","valueString":"x"}]}""", "PCH004")]
    [InlineData("add", "Patient", """{"name":"name","valueString":"gender"}""", "PCH004")]
    [InlineData("add", "Patient", """{"name":"value","valueCode":"male"}""", "PCH004")]
    [InlineData("add", "Patient.contact", """{"name":"name","valueString":"gender"},{"name":"value","valueCode":"male"}""", "PCH006")]
    [InlineData("insert", "Patient.name", """{"name":"index","valueInteger":3},{"name":"value","valueHumanName":{"text":"x"}}""", "PCH007")]
    [InlineData("insert", "Patient.name", """{"name":"value","valueHumanName":{"text":"x"}}""", "PCH004")]
    [InlineData("insert", "Patient.name[0]", """{"name":"index","valueInteger":0},{"name":"value","valueHumanName":{"text":"x"}}""", "PCH020")]
    [InlineData("insert", "Patient.birthDate", """{"name":"index","valueInteger":0},{"name":"value","valueDate":"1970"}""", "PCH020")]
    [InlineData("insert", "Patient.telecom", """{"name":"index","valueInteger":0},{"name":"value","valueContactPoint":{"value":"1"}}""", "PCH006")]
    [InlineData("move", "Patient.name", """{"name":"source","valueInteger":0},{"name":"destination","valueInteger":2}""", "PCH007")]
    [InlineData("move", "Patient.name", """{"name":"source","valueInteger":-1},{"name":"destination","valueInteger":2}""", "PCH004")]
    [InlineData("delete", "Patient.name.where(text = ", "", "PCH017")]
    [InlineData("delete", "Patient.name[0].given.single()", "", "PCH017")]
    [InlineData("delete", "Patient.name.count()", "", "PCH019")]
    [InlineData("insert", "Patient.name.where(text = 'd')", """{"name":"index","valueInteger":0},{"name":"value","valueHumanName":{"text":"x"}}""", "PCH020")]
    [InlineData("move", "Patient.name.given | Patient.name.text", """{"name":"source","valueInteger":0},{"name":"destination","valueInteger":1}""", "PCH020")]
    [InlineData("spam", "Patient.name", "", "PCH004")]
    [InlineData("delete", "Patient.name", """{"name":"why","valueString":"x"}""", "PCH004")]
    [InlineData("delete", "Patient.name", """{"name":"path","valueString":"x"}""", "PCH004")]
    public void An_operation_that_cannot_be_done_is_refused(string type, string path, string parts, string code)
    {
        var problem = FhirPathPatch.Apply(Bytes(Patient), Parameters(Operation(type, path, parts))).Problem.ShouldNotBeNull();
        problem.Code.ShouldBe(code, problem.Message);
        if (code is not ("PCH003" or "PCH016"))
        {
            problem.Message.ShouldStartWith("Operation 0");
        }
    }

    [Theory]
    [InlineData("{}", "PCH003")]
    [InlineData("[]", "PCH003")]
    [InlineData("""{"resourceType":"Patient"}""", "PCH003")]
    [InlineData("""{"resourceType":"Parameters","parameter":[{"name":"op"}]}""", "PCH003")]
    [InlineData("""{"resourceType":"Parameters","parameter":[{"name":"operation"}]}""", "PCH004")]
    public void What_is_no_patch_is_refused(string patch, string code) =>
        FhirPathPatch.Apply(Bytes(Patient), Bytes(patch)).Problem!.Code.ShouldBe(code);

    [Fact]
    public void A_resource_that_was_not_sound_is_not_patched_over() =>
        FhirPathPatch.Apply(Bytes("""{"resourceType":"Patient","name":{"text":"a"}}"""), Parameters(
                Operation("add", "Patient", """{"name":"name","valueString":"name"},{"name":"value","valueHumanName":{"text":"x"}}""")))
            .Problem!.Code.ShouldBe("PCH016");

    [Fact]
    public void No_operations_leave_the_resource_as_it_is() => Patched().ShouldBe(Patient);

    [Fact]
    public void Many_operations_on_a_large_resource_end_at_the_limit()
    {
        var large = "{\"resourceType\":\"Patient\",\"name\":[{\"text\":\"" + new string('x', 600_000) + "\"}]}";
        var operations = Enumerable.Repeat(Operation("delete", "Patient.gender"), 1000).ToArray();
        FhirPathPatch.Apply(Bytes(large), Parameters(operations)).Problem!.Code.ShouldBe("PCH012");
        FhirPathPatch.Apply(Bytes(Patient), Parameters(operations)).IsSuccess.ShouldBeTrue();
        FhirPathPatch.Apply(Bytes(Patient), Parameters([.. operations, operations[0]])).Problem!.Code.ShouldBe("PCH010");
    }

    private static byte[] Json(XElement holder)
    {
        var outcome = FhirXml.ToJson(Encoding.UTF8.GetBytes(holder.Elements().Single().ToString(SaveOptions.DisableFormatting)));
        outcome.Problem.ShouldBeNull();
        return outcome.Value;
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Operation(string type, string path, string parts = "") =>
        $$"""{"name":"operation","part":[{"name":"type","valueCode":"{{type}}"},{"name":"path","valueString":"{{path}}"}{{(parts.Length == 0 ? "" : "," + parts)}}]}""";

    private static byte[] Parameters(params string[] operations) => Bytes(operations.Length == 0
        ? """{"resourceType":"Parameters"}"""
        : $$"""{"resourceType":"Parameters","parameter":[{{string.Join(',', operations)}}]}""");

    private static string Patched(params string[] operations) =>
        Encoding.UTF8.GetString(FhirPathPatch.Apply(Bytes(Patient), Parameters(operations)).Value);
}
