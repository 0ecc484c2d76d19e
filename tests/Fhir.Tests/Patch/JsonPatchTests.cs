using System.Text;
using System.Text.Json.Nodes;
using Kangqiao.Fhir.Patch;

namespace Kangqiao.Fhir.Tests.Patch;

public sealed class JsonPatchTests
{
    private const string Resource =
        """{"resourceType":"Observation","id":"a","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.00,"unit":"g"},"note":[{"text":"one"},{"text":"two"}]}""";

    [Fact]
    public void The_public_suite_passes_whole()
    {
        var cases = JsonNode.Parse(File.ReadAllBytes(Conformance.Find("patch", "json-patch-tests.json")))!.AsArray();
        cases.Count.ShouldBe(16);
        var wrong = new List<string>();
        foreach (var test in cases)
        {
            var name = (string?)test!["comment"];
            var patch = Encoding.UTF8.GetBytes(test["patch"]!.ToJsonString());
            var isDone = JsonPatch.Apply(test["doc"]!.DeepClone(), 1000, patch, PatchLimits.Default).Try(out var patched, out var problem);
            var isRight = test["error"] is null ? isDone && JsonNode.DeepEquals(patched, test["expected"]) : !isDone;
            if (!isRight)
            {
                wrong.Add($"{name}: {problem?.Message ?? patched?.ToJsonString() ?? "null"}");
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""[{"op":"add","path":"","value":{"a":1}}]""", """{"a":1}""")]
    [InlineData("""[{"op":"replace","path":"","value":null}]""", "null")]
    [InlineData("""[{"op":"remove","path":""}]""", "null")]
    [InlineData("""[{"op":"add","path":"/n","value":null}]""", """{"list":[1,2,3],"a/b":{"~":1},"":7,"n":null}""")]
    [InlineData("""[{"op":"add","path":"/list/-","value":4}]""", """{"list":[1,2,3,4],"a/b":{"~":1},"":7}""")]
    [InlineData("""[{"op":"add","path":"/list/3","value":4}]""", """{"list":[1,2,3,4],"a/b":{"~":1},"":7}""")]
    [InlineData("""[{"op":"add","path":"/list/0","value":[0]}]""", """{"list":[[0],1,2,3],"a/b":{"~":1},"":7}""")]
    [InlineData("""[{"op":"replace","path":"/a~1b/~0","value":2}]""", """{"list":[1,2,3],"a/b":{"~":2},"":7}""")]
    [InlineData("""[{"op":"remove","path":"/"}]""", """{"list":[1,2,3],"a/b":{"~":1}}""")]
    [InlineData("""[{"op":"move","from":"/list/0","path":"/list/2"}]""", """{"list":[2,3,1],"a/b":{"~":1},"":7}""")]
    [InlineData("""[{"op":"move","from":"/list","path":"/list"}]""", """{"list":[1,2,3],"a/b":{"~":1},"":7}""")]
    [InlineData("""[{"op":"copy","from":"/list","path":"/a~1b/copy"}]""", """{"list":[1,2,3],"a/b":{"~":1,"copy":[1,2,3]},"":7}""")]
    [InlineData("""[{"op":"copy","from":"","path":"/all"}]""", """{"list":[1,2,3],"a/b":{"~":1},"":7,"all":{"list":[1,2,3],"a/b":{"~":1},"":7}}""")]
    [InlineData("""[{"op":"test","path":"/list/0","value":1.0},{"op":"test","path":"","value":{"":7,"a/b":{"~":1e0},"list":[1,2,3]}}]""", """{"list":[1,2,3],"a/b":{"~":1},"":7}""")]
    public void An_operation_does_what_RFC_6902_says(string patch, string due) => Text(patch).ShouldBe(due);

    [Theory]
    [InlineData("""{"op":"add","path":"/x","value":1}""", "PCH002")]
    [InlineData("[1]", "PCH004")]
    [InlineData("""[{"path":"/x","value":1}]""", "PCH004")]
    [InlineData("""[{"op":"add","value":1}]""", "PCH004")]
    [InlineData("""[{"op":"add","path":"/x"}]""", "PCH004")]
    [InlineData("""[{"op":"spam","path":"/x","value":1}]""", "PCH004")]
    [InlineData("""[{"op":7,"path":"/x","value":1}]""", "PCH004")]
    [InlineData("""[{"op":"copy","path":"/x"}]""", "PCH004")]
    [InlineData("""[{"op":"add","path":"x","value":1}]""", "PCH005")]
    [InlineData("""[{"op":"add","path":"/~2","value":1}]""", "PCH005")]
    [InlineData("""[{"op":"add","path":"/a~","value":1}]""", "PCH005")]
    [InlineData("""[{"op":"remove","path":"/none"}]""", "PCH006")]
    [InlineData("""[{"op":"replace","path":"/none","value":1}]""", "PCH006")]
    [InlineData("""[{"op":"test","path":"/none","value":null}]""", "PCH006")]
    [InlineData("""[{"op":"add","path":"/none/x","value":1}]""", "PCH006")]
    [InlineData("""[{"op":"add","path":"//x","value":1}]""", "PCH006")]
    [InlineData("""[{"op":"remove","path":"/list/3"}]""", "PCH006")]
    [InlineData("""[{"op":"remove","path":"/list/-"}]""", "PCH006")]
    [InlineData("""[{"op":"replace","path":"/list/-","value":1}]""", "PCH006")]
    [InlineData("""[{"op":"replace","path":"/list/00","value":1}]""", "PCH006")]
    [InlineData("""[{"op":"add","path":"/list/4","value":1}]""", "PCH007")]
    [InlineData("""[{"op":"add","path":"/list/-1","value":1}]""", "PCH007")]
    [InlineData("""[{"op":"add","path":"/list/01","value":1}]""", "PCH007")]
    [InlineData("""[{"op":"add","path":"/list/1e0","value":1}]""", "PCH007")]
    [InlineData("""[{"op":"add","path":"/list/99999999999","value":1}]""", "PCH007")]
    [InlineData("""[{"op":"test","path":"/list/0","value":"1"}]""", "PCH008")]
    [InlineData("""[{"op":"test","path":"/list","value":[1,2]}]""", "PCH008")]
    [InlineData("""[{"op":"move","from":"/a~1b","path":"/a~1b/~0"}]""", "PCH009")]
    [InlineData("""[{"op":"move","from":"/none","path":"/none"}]""", "PCH006")]
    [InlineData("""[{"op":"add","path":"/x","path":"/y","value":1}]""", "PCH001")]
    [InlineData("""[{"op":"add","path":"/x","value":"\ud800"}]""", "PCH001")]
    [InlineData("[", "PCH001")]
    public void An_operation_that_cannot_be_done_is_refused(string patch, string code)
    {
        var problem = Run(patch).Problem.ShouldNotBeNull();
        problem.Code.ShouldBe(code);
        if (code is not ("PCH001" or "PCH002"))
        {
            problem.Message.ShouldStartWith("Operation 0:");
        }
    }

    [Fact]
    public void Numbers_that_no_operation_touches_and_numbers_that_come_keep_their_digits() =>
        Patched("""[{"op":"add","path":"/component","value":[{"code":{"text":"y"},"valueQuantity":{"value":2.50e1}}]}]""")
            .ShouldBe(Resource[..^1] + ""","component":[{"code":{"text":"y"},"valueQuantity":{"value":2.50e1}}]}""");

    [Fact]
    public void A_copy_keeps_digits_too() =>
        Patched("""[{"op":"add","path":"/referenceRange","value":[{}]},{"op":"copy","from":"/valueQuantity","path":"/referenceRange/0/low"}]""")
            .ShouldBe(Resource[..^1] + ""","referenceRange":[{"low":{"value":1.00,"unit":"g"}}]}""");

    [Fact]
    public void A_patch_that_breaks_the_resource_is_refused_with_what_is_wrong()
    {
        var problem = JsonPatch.Apply(Bytes(Resource), Bytes("""[{"op":"add","path":"/note/0/words","value":"x"}]""")).Problem.ShouldNotBeNull();
        problem.Code.ShouldBe("PCH016");
        problem.Message.ShouldBe("The patched resource is not sound: 'words' is not an element of Annotation in FHIR R4. (Observation.note[0])");
        JsonPatch.Apply(Bytes(Resource), Bytes("""[{"op":"remove","path":"/status"}]""")).Problem!.Code.ShouldBe("PCH016");
        JsonPatch.Apply(Bytes(Resource), Bytes("""[{"op":"remove","path":"/note/1"},{"op":"remove","path":"/note/0"}]""")).Problem!.Code.ShouldBe("PCH016");
    }

    [Theory]
    [InlineData("""[{"op":"replace","path":"/resourceType","value":"Patient"}]""")]
    [InlineData("""[{"op":"remove","path":"/resourceType"}]""")]
    [InlineData("""[{"op":"remove","path":""}]""")]
    [InlineData("""[{"op":"replace","path":"","value":[]}]""")]
    public void A_resource_stays_what_it_is(string patch) =>
        JsonPatch.Apply(Bytes(Resource), Bytes(patch)).Problem!.Code.ShouldBe("PCH015");

    [Theory]
    [InlineData("5")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"resourceType":7}""")]
    public void What_is_no_resource_is_not_patched(string resource) =>
        JsonPatch.Apply(Bytes(resource), Bytes("[]")).Problem!.Code.ShouldBe("PCH014");

    [Fact]
    public void Copies_of_copies_end_at_the_limit()
    {
        var copies = string.Join(',', Enumerable.Repeat("""{"op":"copy","from":"","path":"/x"}""", 900));
        Run($"[{copies}]").Problem!.Code.ShouldBe("PCH013");
        copies = string.Join(',', Enumerable.Repeat("""{"op":"copy","from":"/list","path":"/list/-"}""", 900));
        Run($"[{copies}]").Problem!.Code.ShouldBe("PCH011");
        var doubling = string.Join(',', Enumerable.Range(0, 500).Select(i => $$"""{"op":"copy","from":"/a/{{i}}","path":"/a/-"},{"op":"copy","from":"/a","path":"/b{{i}}"}"""));
        var wide = "{\"a\":[\"" + new string('x', 100_000) + "\"]}";
        JsonPatch.Apply(JsonNode.Parse(wide), wide.Length, Bytes($"[{doubling}]"), PatchLimits.Default).Problem!.Code.ShouldBe("PCH011");
    }

    [Fact]
    public void A_patch_cannot_nest_deeper_than_the_reader_goes()
    {
        var deep = """[{"op":"add","path":"/list/0","value":""" + new string('[', 40) + new string(']', 40) + "}]";
        Run(deep).IsSuccess.ShouldBeTrue();
        var inside = string.Concat(Enumerable.Repeat("/0", 39));
        Run(deep[..^1] + $$""",{"op":"copy","from":"/list/0","path":"/list{{inside}}/0"}]""").Problem!.Code.ShouldBe("PCH013");
    }

    [Fact]
    public void A_patch_has_a_thousand_operations_at_most()
    {
        var test = """{"op":"test","path":"/list/0","value":1}""";
        Run($"[{string.Join(',', Enumerable.Repeat(test, 1000))}]").IsSuccess.ShouldBeTrue();
        Run($"[{string.Join(',', Enumerable.Repeat(test, 1001))}]").Problem!.Code.ShouldBe("PCH010");
    }

    [Fact]
    public void Moving_a_large_value_to_and_fro_costs_work_and_not_size()
    {
        var list = "{\"a\":[\"" + new string('x', 1_000_000) + "\"]}";
        var there = """{"op":"move","from":"/a","path":"/b"},{"op":"move","from":"/b","path":"/a"}""";
        JsonPatch.Apply(JsonNode.Parse(list), list.Length, Bytes($"[{string.Join(',', Enumerable.Repeat(there, 20))}]"), PatchLimits.Default)
            .IsSuccess.ShouldBeTrue();
        JsonPatch.Apply(JsonNode.Parse(list), list.Length, Bytes($"[{string.Join(',', Enumerable.Repeat(there, 400))}]"), PatchLimits.Default)
            .Problem!.Code.ShouldBe("PCH012");
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static Kangqiao.Kernel.Outcome<JsonNode?> Run(string patch)
    {
        const string Document = """{"list":[1,2,3],"a/b":{"~":1},"":7}""";
        JsonTree.TryParse(Bytes(Document), 64, out var tree).ShouldBeNull();
        return JsonPatch.Apply(tree, Document.Length, Bytes(patch), PatchLimits.Default);
    }

    private static string Text(string patch) => Encoding.UTF8.GetString(JsonTree.Write(Run(patch).Value));

    private static string Patched(string patch) => Encoding.UTF8.GetString(JsonPatch.Apply(Bytes(Resource), Bytes(patch)).Value);
}
