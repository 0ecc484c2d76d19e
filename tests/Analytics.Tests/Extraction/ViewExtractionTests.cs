using System.IO.Compression;
using System.Text;
using Kangqiao.Analytics.Extraction;
using Kangqiao.Analytics.Views;
using Kangqiao.Fhir.Findings;
using Kangqiao.Kernel;

namespace Kangqiao.Analytics.Tests.Extraction;

public sealed class ViewExtractionTests : IDisposable
{
    private const string Names = """
        {"resource":"Patient","select":[{"column":[{"name":"id","path":"getResourceKey()"}]},
          {"forEachOrNull":"name","column":[{"name":"text","path":"text"},{"name":"given","path":"given","collection":true}]}]}
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("views-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Put(string name, string text)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var bytes = Encoding.UTF8.GetBytes(text);
        if (!name.EndsWith(".gz", StringComparison.Ordinal))
        {
            File.WriteAllBytes(path, bytes);
            return path;
        }

        using var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest);
        gzip.Write(bytes);
        return path;
    }

    private static View Read(string view)
    {
        var findings = new FindingList();
        return View.Read(Encoding.UTF8.GetBytes(view), findings).ShouldNotBeNull(string.Join('\n', findings.Items));
    }

    private static (Outcome<ExtractionResult> Result, string Text) Run(string view, string format, params string[] paths)
    {
        using var output = new MemoryStream();
        var result = ViewExtraction.Run(Read(view), paths, output, format, TestContext.Current.CancellationToken);
        return (result, Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact]
    public void A_folder_gives_the_rows_of_its_lines_bundles_and_resources_packed_or_not()
    {
        Put("a.ndjson", "{\"resourceType\":\"Patient\",\"id\":\"a1\"}\n\n{\"resourceType\":\"Observation\",\"id\":\"o\"}\r\n{\"resourceType\": \"Patient\",\"id\":\"a2\"}");
        Put("b.json", "{\n  \"resourceType\": \"Bundle\", \"type\": \"collection\",\n  \"entry\": [ { \"resource\": { \"resourceType\": \"Patient\", \"id\": \"b1\" } } ]\n}\n");
        Put("sub/c.json.gz", "\uFEFF{ \"id\": \"c1\",\n \"resourceType\": \"Patient\" }");
        Put("sub/d.ndjson.gz", "{\"id\":\"d1\",\"resourceType\":\"Patient\"}\n{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"d2\"}}]}\n");
        Put("notes.txt", "not asked for");
        var (result, text) = Run(Names, "csv", folder);
        text.ShouldBe("id,text,given\na1,,[]\na2,,[]\nb1,,[]\nc1,,[]\nd1,,[]\nd2,,[]\n");
        result.Value.ShouldSatisfyAllConditions(r => r.Resources.ShouldBe(7), r => r.Rows.ShouldBe(6), r => r.FaultCount.ShouldBe(0));
    }

    [Fact]
    public void Texts_with_commas_quotes_lines_and_escapes_survive_CSV_and_JSON()
    {
        var file = Put("p.ndjson", """{"resourceType":"Patient","id":"p","name":[{"text":"a,\"b\"\n\u5eb7","given":["x\ty","z"]},{"text":"桥"}]}""");
        Run(Names, "csv", file).Text.ShouldBe("id,text,given\np,\"a,\"\"b\"\"\n康\",\"[\"\"x\\ty\"\",\"\"z\"\"]\"\np,桥,[]\n");
        Run(Names, "json", file).Text.ShouldBe(
            "[\n{\"id\":\"p\",\"text\":\"a,\\\"b\\\"\\n\\u5eb7\",\"given\":[\"x\\ty\",\"z\"]},\n{\"id\":\"p\",\"text\":\"桥\",\"given\":[]}\n]\n");
    }

    [Fact]
    public void No_rows_are_an_empty_table()
    {
        var file = Put("p.ndjson", "");
        Run(Names, "json", file).Text.ShouldBe("[]\n");
        Run(Names, "csv", file).Text.ShouldBe("id,text,given\n");
        Run(Names, "ndjson", file).Text.ShouldBe("");
    }

    [Fact]
    public void Rows_come_in_the_order_of_the_records_however_many_there_are()
    {
        var file = Put("many.ndjson", string.Concat(Enumerable.Range(0, 60_000).Select(i => $"{{\"resourceType\":\"Patient\",\"id\":\"p{i}\"}}\n")));
        var lines = Run(Names, "ndjson", file).Text.Split('\n');
        lines.Length.ShouldBe(60_001);
        lines.Take(60_000).Select((line, i) => line.StartsWith($"{{\"id\":\"p{i}\",", StringComparison.Ordinal)).ShouldAllBe(isRight => isRight);
    }

    [Fact]
    public void A_record_that_cannot_be_read_is_named_and_the_others_go_on()
    {
        var file = Put("p.ndjson", "{\"resourceType\":\"Patient\",\"id\":\"1\"}\n{\"resourceType\":\"Patient\",\"id\":\n{\"resourceType\":\"Nothing\"}\n{\"resourceType\":\"Patient\",\"id\":\"4\"}\n");
        var (result, text) = Run(Names, "csv", file);
        text.ShouldBe("id,text,given\n1,,[]\n4,,[]\n");
        result.Value.Faults.Count.ShouldBe(2);
        result.Value.Faults[0].ShouldStartWith($"{file}, line 2: ");
        result.Value.Faults[1].ShouldStartWith($"{file}, line 3: ");
    }

    [Fact]
    public void A_value_too_many_stops_the_run_with_file_line_and_column()
    {
        var file = Put("p.ndjson", "{\"resourceType\":\"Patient\",\"id\":\"1\"}\n{\"resourceType\":\"Patient\",\"id\":\"2\",\"name\":[{\"text\":\"a\"},{\"text\":\"b\"}]}\n");
        var problem = Run("""{"resource":"Patient","select":[{"column":[{"name":"n","path":"name.text"}]}]}""", "csv", file).Result.Problem.ShouldNotBeNull();
        problem.Code.ShouldBe("VWD020");
        problem.Message.ShouldStartWith($"{file}, line 2, Patient/2: The column n ");
    }

    [Fact]
    public void A_value_of_another_type_than_the_column_states_stops_the_run()
    {
        var file = Put("p.ndjson", """{"resourceType":"Patient","id":"1","multipleBirthBoolean":true}""");
        var (result, _) = Run("""{"resource":"Patient","select":[{"column":[{"name":"n","path":"multipleBirth","type":"integer"}]}]}""", "csv", file);
        result.Problem.ShouldNotBeNull().Code.ShouldBe("VWD022");
    }

    [Fact]
    public void References_within_a_bundle_find_their_keys()
    {
        var file = Put("b.json", """
            {"resourceType":"Bundle","type":"transaction","entry":[
              {"fullUrl":"urn:uuid:0001","resource":{"resourceType":"Patient","id":"p9"}},
              {"fullUrl":"urn:uuid:0002","resource":{"resourceType":"Condition","id":"c1","subject":{"reference":"urn:uuid:0001"}}},
              {"resource":{"resourceType":"Condition","id":"c2","subject":{"reference":"http://x.cn/fhir/Patient/p8/_history/3"}}},
              {"resource":{"resourceType":"Condition","id":"c3","subject":{"reference":"Group/g"}}},
              {"resource":{"resourceType":"Condition","id":"c4","subject":{"reference":"urn:uuid:none"}}}]}
            """);
        Run("""{"resource":"Condition","select":[{"column":[{"name":"id","path":"id"},{"name":"p","path":"subject.getReferenceKey(Patient)"},{"name":"any","path":"subject.getReferenceKey()"}]}]}""", "csv", file)
            .Text.ShouldBe("id,p,any\nc1,p9,p9\nc2,p8,p8\nc3,,g\nc4,,\n");
    }

    [Fact]
    public void A_cross_join_without_bounds_is_stopped()
    {
        var names = string.Join(',', Enumerable.Repeat("""{"text":"n"}""", 1100));
        var file = Put("p.ndjson", $$"""{"resourceType":"Patient","id":"1","name":[{{names}}]}""");
        var (result, _) = Run("""{"resource":"Patient","select":[{"forEach":"name","column":[{"name":"a","path":"text"}]},{"forEach":"name","column":[{"name":"b","path":"text"}]}]}""", "csv", file);
        result.Problem.ShouldNotBeNull().Code.ShouldBe("VWD023");
        Run("""{"resource":"Patient","select":[{"repeat":["$this"],"column":[{"name":"a","path":"id"}]}]}""", "csv", Put("q.ndjson", """{"resourceType":"Patient","id":"1"}"""))
            .Result.Problem.ShouldNotBeNull().Code.ShouldBe("VWD024");
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Run(Names, "csv", Path.Combine(folder, "none.ndjson")).Result.Problem.ShouldNotBeNull().Message.ShouldContain("none.ndjson");
}
