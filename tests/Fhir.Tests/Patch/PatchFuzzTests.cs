using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Patch;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Tests.Reading;

namespace Kangqiao.Fhir.Tests.Patch;

/// <summary>Whatever the patch and the resource, the answer is a sound resource or a problem.</summary>
public sealed class PatchFuzzTests
{
    private static readonly byte[] Patient =
        """{"resourceType":"Patient","id":"p","contained":[{"resourceType":"Organization","id":"o","name":"W"}],"name":[{"given":["a",null,"c"],"_given":[null,{"extension":[{"url":"http://x.cn","valueCode":"c"}]},null]},{"text":"d"}],"birthDate":"1970","_birthDate":{"id":"b"},"deceasedBoolean":false,"contact":[{"name":{"text":"王\u5c0f"}}]}"""u8.ToArray();

    private static readonly byte[] Operations =
        """[{"op":"add","path":"/name/0/given/-","value":"x"},{"op":"test","path":"/name/1/text","value":"d"},{"op":"remove","path":"/name/0/_given"},{"op":"remove","path":"/name/0/given/1"},{"op":"move","from":"/name/0","path":"/name/1"},{"op":"copy","from":"/contact/0/name","path":"/name/-"},{"op":"replace","path":"/birthDate","value":"1971"}]"""u8.ToArray();

    private static readonly byte[] Parameters =
        """{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"add"},{"name":"path","valueString":"Patient.name[0].given[0]"},{"name":"name","valueString":"extension"},{"name":"value","part":[{"name":"url","valueUri":"http://y.cn"},{"name":"value","valueDecimal":2.50}]}]},{"name":"operation","part":[{"name":"type","valueCode":"move"},{"name":"path","valueString":"Patient.name"},{"name":"source","valueInteger":0},{"name":"destination","valueInteger":1}]},{"name":"operation","part":[{"name":"type","valueCode":"delete"},{"name":"path","valueString":"Patient.name.where(text.exists())"}]},{"name":"operation","part":[{"name":"type","valueCode":"insert"},{"name":"path","valueString":"Patient.name.given"},{"name":"index","valueInteger":2},{"name":"value","valueString":"x"}]},{"name":"operation","part":[{"name":"type","valueCode":"replace"},{"name":"path","valueString":"Patient.deceased"},{"name":"value","valueDateTime":"2020"}]}]}"""u8.ToArray();

    [Fact]
    public void The_seeds_themselves_are_good()
    {
        JsonPatch.Apply(Patient, Operations).Problem.ShouldBeNull();
        FhirPathPatch.Apply(Patient, Parameters).Problem.ShouldBeNull();
    }

    [Fact]
    public void Mutated_patches_never_break_a_record()
    {
        var operations = new Mutations(21, [Operations]);
        var parameters = new Mutations(22, [Parameters]);
        var resources = new Mutations(23, [Patient]);
        for (var i = 0; i < 2000; i++)
        {
            Survives(JsonPatch.Apply(Patient, operations.Next()));
            Survives(JsonPatch.Apply(resources.Next(), Operations));
            Survives(FhirPathPatch.Apply(Patient, parameters.Next()));
            Survives(FhirPathPatch.Apply(resources.Next(), Parameters));
        }
    }

    [Fact]
    public void Random_operations_at_random_places_never_break_a_record()
    {
        string[] ops = ["add", "remove", "replace", "move", "copy", "test"];
        string[] places =
        [
            "", "/id", "/name", "/name/0", "/name/1", "/name/-", "/name/0/given", "/name/0/given/0", "/name/0/given/-", "/name/0/_given",
            "/name/0/_given/1", "/name/0/_given/1/extension/0", "/contained/0", "/contained/0/name", "/birthDate", "/_birthDate", "/resourceType",
            "/deceasedBoolean", "/deceasedDateTime", "/contact/0/name/text", "/x", "/~1",
        ];
        string[] values = ["null", "1", "\"a\"", "{}", "[]", "{\"text\":\"x\"}", "[{\"text\":\"x\"}]", "[null]", "true", "{\"resourceType\":\"Patient\"}"];
        var random = new Random(5);
        var done = 0;
        for (var i = 0; i < 3000; i++)
        {
            var patch = string.Join(',', Enumerable.Range(0, random.Next(1, 6)).Select(_ =>
                $$"""{"op":"{{Any(ops)}}","path":"{{Any(places)}}","from":"{{Any(places)}}","value":{{Any(values)}}}"""));
            done += Survives(JsonPatch.Apply(Patient, System.Text.Encoding.UTF8.GetBytes($"[{patch}]"))) ? 1 : 0;
        }

        done.ShouldBeGreaterThan(50, "else only refusals were tried");

        string Any(string[] from) => from[random.Next(from.Length)];
    }

    [Fact]
    public void Random_operations_on_random_paths_never_break_a_record()
    {
        string[] types = ["add", "insert", "delete", "replace", "move"];
        string[] paths =
        [
            "Patient", "Patient.id", "Patient.name", "Patient.name[0]", "Patient.name[1].text", "Patient.name.given", "Patient.name[0].given[1]",
            "Patient.name.given.extension", "Patient.name.given.extension[0].value", "Patient.contained", "Patient.contained[0].name",
            "Patient.birthDate", "Patient.birthDate.id", "Patient.deceased", "Patient.contact.name", "Patient.descendants()", "Patient.children()",
        ];
        string[] names = ["id", "extension", "name", "given", "deceased", "text", "contained", "gender", "url", "value", "period"];
        string[] values =
        [
            "\"valueString\":\"a\"", "\"valueCode\":\"male\"", "\"valueInteger\":1", "\"valueHumanName\":{\"text\":\"x\"}", "\"valueBoolean\":true",
            "\"_valueString\":{\"extension\":[{\"url\":\"http://x.cn\",\"valueCode\":\"c\"}]}", "\"resource\":{\"resourceType\":\"Basic\",\"code\":{\"text\":\"x\"}}",
            "\"part\":[{\"name\":\"url\",\"valueUri\":\"http://y.cn\"},{\"name\":\"value\",\"valueString\":\"x\"}]", "\"part\":[{\"name\":\"text\",\"valueString\":\"x\"}]",
        ];
        var random = new Random(6);
        var done = 0;
        for (var i = 0; i < 3000; i++)
        {
            var operations = string.Join(',', Enumerable.Range(0, random.Next(1, 6)).Select(_ => Operation(Any(types))));
            var patch = $$"""{"resourceType":"Parameters","parameter":[{{operations}}]}""";
            done += Survives(FhirPathPatch.Apply(Patient, System.Text.Encoding.UTF8.GetBytes(patch))) ? 1 : 0;
        }

        done.ShouldBeGreaterThan(50, "else only refusals were tried");

        string Operation(string type) => $$"""
            {"name":"operation","part":[{"name":"type","valueCode":"{{type}}"},{"name":"path","valueString":"{{Any(paths)}}"},
             {"name":"name","valueString":"{{Any(names)}}"},{"name":"index","valueInteger":{{random.Next(4)}}},{"name":"source","valueInteger":{{random.Next(3)}}},
             {"name":"destination","valueInteger":{{random.Next(3)}}},{"name":"value",{{Any(values)}}}]}
            """;

        string Any(string[] from) => from[random.Next(from.Length)];
    }

    private static bool Survives(Kangqiao.Kernel.Outcome<byte[]> outcome)
    {
        if (outcome.Problem is { } problem)
        {
            problem.Code.ShouldStartWith("PCH");
            problem.Message.ShouldNotBeNullOrEmpty();
            return false;
        }

        var findings = new FindingList();
        FhirDocument.Read(outcome.Value, findings).IsUsable.ShouldBeTrue();
        findings.HasErrors.ShouldBeFalse();
        return true;
    }
}
