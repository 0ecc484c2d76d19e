using System.Text.Json.Nodes;
using Kangqiao.Ingest.Csv;
using Kangqiao.Ingest.Csv.Content;

namespace Kangqiao.Ingest.Tests.Csv;

/// <summary>The language of content/datasets: each operator, and what it refuses at start.</summary>
public sealed class TemplateTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("kangqiao-datasets-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task What_a_row_says_nothing_of_is_left_out_and_constants_alone_say_nothing()
    {
        const string Body = """{"status":"final","code":{"text":"x"},"identifier":[{"system":"urn:s","value":"{a}"}],"method":{"text":"{b}"}}""";

        (await MadeAsync(Body, ",B")).ToJsonString().ShouldBe("""{"resourceType":"Observation","status":"final","code":{"text":"x"},"method":{"text":"B"}}""");
        ((string)(await MadeAsync(Body, "A,"))["identifier"]![0]!["value"]!).ShouldBe("A");
    }

    [Theory]
    [InlineData("""{"valueString":"{a}-{b}"}""", "x,y", """{"valueString":"x-y"}""")]
    [InlineData("""{"valueString":"{a}-{b}"}""", "x,", "{}")]
    [InlineData("""{"valueString":{"$first":["{b}","{a}"]}}""", "x,", """{"valueString":"x"}""")]
    [InlineData("""{"status":{"$map":"a","codes":{"1":"final"},"else":"unknown"}}""", "1,", """{"status":"final"}""")]
    [InlineData("""{"status":{"$map":"a","codes":{"1":"final"},"else":"unknown"}}""", "2,", """{"status":"unknown"}""")]
    [InlineData("""{"status":{"$map":"a","present":"final","else":"unknown"}}""", "2,", """{"status":"final"}""")]
    [InlineData("""{"status":{"$map":"a","present":"final","else":"unknown"}}""", ",y", """{"status":"unknown"}""")]
    [InlineData("""{"code":{"$when":"a","text":"{b}"}}""", ",y", "{}")]
    [InlineData("""{"code":{"$when":{"column":"a","is":["1"]},"text":"t"}}""", "1,", """{"code":{"text":"t"}}""")]
    [InlineData("""{"code":{"$when":{"column":"a","not":["1"]},"text":"t"}}""", "1,", "{}")]
    [InlineData("""{"code":{"$when":{"column":"a","not":[]},"text":"t"}}""", ",y", """{"code":{"text":"t"}}""")]
    [InlineData("""{"code":{"$needs":["{a}"],"text":"{b}"}}""", ",y", "{}")]
    [InlineData("""{"note":[{"$split":"a","by":";","each":{"text":"<{.}>"}}]}""", "p; q;;p,", """{"note":[{"text":"<p>"},{"text":"<q>"}]}""")]
    [InlineData("""{"note":[{"$each":["a","b"],"text":"<.>={<.>}"}]}""", "1,2", """{"note":[{"text":"a=1"},{"text":"b=2"}]}""")]
    [InlineData("""{"note":[{"$each":"1..2","$needs":["{a}"],"text":"n<.>"}]}""", "1,", """{"note":[{"text":"n1"},{"text":"n2"}]}""")]
    [InlineData("""{"issued":{"$instant":"t"}}""", ",,2026-03-05", "{}")]
    [InlineData("""{"issued":{"$instant":"t"}}""", ",,2026-03-05 08:00", """{"issued":"2026-03-05T08:00:00+08:00"}""")]
    [InlineData("""{"valueString":"{t:date}"}""", ",,2026-03-05 08:00", """{"valueString":"2026-03-05"}""")]
    [InlineData("""{"value[x]":{"$quantity":"n","unit":"mg"}}""", ",,,<0.50", """{"valueQuantity":{"comparator":"<","value":0.50,"unit":"mg","system":"http://unitsofmeasure.org","code":"mg"}}""")]
    [InlineData("""{"value[x]":{"$quantity":"n","unitColumn":"a"}}""", "一勺,,,2", """{"valueQuantity":{"value":2,"unit":"一勺"}}""")]
    [InlineData("""{"value[x]":{"$quantity":"n"}}""", ",,,阴性", """{"valueString":"阴性"}""")]
    [InlineData("""{"code":{"$concept":"c","text":"a"}}""", "甲,,,,1", """{"code":{"coding":[{"system":"urn:c","code":"1","display":"一"}],"text":"甲"}}""")]
    [InlineData("""{"code":{"$concept":"c"}}""", ",,,,一", """{"code":{"coding":[{"system":"urn:c","code":"1","display":"一"}],"text":"一"}}""")]
    [InlineData("""{"code":{"$concept":"c"}}""", ",,,,9", """{"code":{"coding":[{"system":"https://kangqiao.dev/fhir/local/H001/c","code":"9"}]}}""")]
    public async Task Each_operator_says_what_its_page_says(string body, string row, string due)
    {
        var made = await MadeAsync(body, row);
        made.Remove("resourceType");
        JsonNode.DeepEquals(made, JsonNode.Parse(due)).ShouldBeTrue(made.ToJsonString());
    }

    [Theory]
    [InlineData("""{"statusx":"final"}""", "no element")]
    [InlineData("""{"status":"{zz}"}""", "no column")]
    [InlineData("""{"status":"{a"}""", "not closed")]
    [InlineData("""{"code":{"$coding":"a"}}""", "not a coded column")]
    [InlineData("""{"value[x]":{"$quantity":"a"}}""", "not a column of numbers")]
    [InlineData("""{"subject":{"$ref":"nobody"}}""", "no record")]
    [InlineData("""{"code":{"$concept":"c","words":"a"}}""", "knows no")]
    [InlineData("""{"code":{"$when":{"columns":"a"},"text":"t"}}""", "a condition is")]
    public void What_a_template_cannot_say_is_named_with_file_and_line(string body, string why)
    {
        var problem = Load(body).Problem!;

        problem.Code.ShouldBe("CSV100");
        problem.Message.ShouldContain(Path.Combine("t", "dataset.json"));
        problem.Message.ShouldContain(why);
        problem.Message.ShouldContain("line ");
    }

    [Fact]
    public void A_missing_table_is_named() =>
        Load("""{"status":"final"}""", """,{"name":"z","title":"乙","type":"code","values":"NO-SUCH"}""").Problem!.Message.ShouldContain("no table NO-SUCH");

    private Kangqiao.Kernel.Outcome<CsvContent> Load(string body, string column = "")
    {
        Directory.CreateDirectory(Path.Combine(folder, "t"));
        File.WriteAllText(Path.Combine(folder, "parts.json"), "{}");
        File.WriteAllText(Path.Combine(folder, "t", "dataset.json"), $$"""
            {"name":"t","title":"试","domain":"公共卫生","sources":[{"standard":"x","mark":"P"}],"key":["k"],
             "columns":[
              {"name":"a","title":"甲","type":"text"},{"name":"b","title":"乙乙","type":"text"},{"name":"t","title":"丙","type":"datetime"},
              {"name":"n","title":"丁","type":"result"},{"name":"c","title":"戊","type":"code","values":{"1":"一"},"system":"urn:c"},{"name":"k","title":"己","type":"text"}{{column}}],
             "records":[{"name":"r","type":"Observation","key":"{k}","body":{{body}}}]}
            """);
        return CsvContent.Load(folder, TheDatasets.Codes);
    }

    private async Task<JsonObject> MadeAsync(string body, string row)
    {
        var format = CsvFormat.All(Load(body).Value).Single(f => f.Name == "csv/t");
        var cells = row.Split(',');
        var file = "a,b,t,n,c,k\n" + string.Join(',', Enumerable.Range(0, 5).Select(i => i < cells.Length ? cells[i] : "")) + ",K\n";
        var unit = (await format.MapAsync(System.Text.Encoding.UTF8.GetBytes(file))).ShouldHaveSingleItem();
        return JsonNode.Parse(unit.Records.ShouldHaveSingleItem().Body.Span)!.AsObject();
    }
}
