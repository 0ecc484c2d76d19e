using System.Text;
using Kangqiao.Analytics.Duck;
using Kangqiao.Analytics.Extraction;
using Kangqiao.Analytics.Tests.Duck;
using Kangqiao.Analytics.Views;
using Kangqiao.Fhir.Findings;

namespace Kangqiao.Analytics.Tests.Extraction;

public sealed class ParquetTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("parquet-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static View Read(string view)
    {
        var findings = new FindingList();
        return View.Read(Encoding.UTF8.GetBytes(view), findings).ShouldNotBeNull(string.Join('\n', findings.Items));
    }

    private List<string> Rows(string view, string lines, string sql)
    {
        var input = Path.Combine(folder, "in.ndjson");
        File.WriteAllText(input, lines);
        var file = Path.Combine(folder, "it's.parquet");
        ViewExtraction.RunToParquet(Read(view), [input], file, TestContext.Current.CancellationToken).Problem.ShouldBeNull();
        using var database = DuckDatabase.Open().Value;
        using var connection = database.Connect().Value;
        using var rows = connection.Query(sql.Replace("FILE", DuckSql.Text(file), StringComparison.Ordinal)).Value;
        return Shown.All(rows);
    }

    [Fact]
    public void Columns_have_the_types_of_their_paths_or_tags()
    {
        const string View = """
            {"resource":"Observation","select":[{"column":[
              {"name":"id","path":"id"},
              {"name":"value","path":"value.ofType(Quantity).value"},
              {"name":"price","path":"value.ofType(Quantity).value","tag":[{"name":"ansi/type","value":"DECIMAL(12, 2)"}]},
              {"name":"approx","path":"value.ofType(Quantity).value","tag":[{"name":"ansi/type","value":"DOUBLE PRECISION"}]},
              {"name":"at","path":"effective.ofType(dateTime)"},
              {"name":"day","path":"effective.ofType(dateTime)","tag":[{"name":"ansi/type","value":"DATE"}]},
              {"name":"moment","path":"effective.ofType(dateTime)","tag":[{"name":"ansi/type","value":"TIMESTAMP"}]},
              {"name":"issued","path":"issued"},
              {"name":"is_final","path":"status = 'final'"},
              {"name":"count","path":"component.count()"},
              {"name":"codes","path":"code.coding.code","collection":true},
              {"name":"code","path":"code"}]}]}
            """;
        const string Lines = """
            {"resourceType":"Observation","id":"a","status":"final","code":{"coding":[{"code":"x"},{"code":"y\"z"}]},"effectiveDateTime":"2024-02-29T20:30:00Z","issued":"2024-03-01T04:30:00.5+08:00","valueQuantity":{"value":169.032815824021}}
            {"resourceType":"Observation","id":"b","status":"amended","code":{"text":"康"},"effectiveDateTime":"2024-03","valueQuantity":{"value":-1.25e2}}
            """;
        Rows(View, Lines, "SELECT string_agg(column_type, '|') FROM (DESCRIBE SELECT * FROM FILE)").ShouldBe(
            ["VARCHAR|DECIMAL(38,18)|DECIMAL(12,2)|DOUBLE|VARCHAR|DATE|TIMESTAMP|TIMESTAMP WITH TIME ZONE|BOOLEAN|INTEGER|VARCHAR[]|VARCHAR"]);
        Rows(View, Lines, "SELECT * FROM FILE").ShouldBe(
        [
            "a|169.032815824021000000|169.03|169.032815824021|2024-02-29T20:30:00Z|2024-03-01|2024-03-01T04:30:00.0000000|2024-02-29T20:30:00.5000000|true|0|[x,y\"z]|{\"coding\":[{\"code\":\"x\"},{\"code\":\"y\\\"z\"}]}",
            "b|-125.000000000000000000|-125.00|-125|2024-03|null|null|null|false|0|[]|{\"text\":\"康\"}",
        ]);
    }

    [Fact]
    public void Many_rows_keep_their_order_and_none_are_lost()
    {
        var lines = string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{{\"resourceType\":\"Patient\",\"id\":\"{i}\",\"name\":[{{\"text\":\"name number {i}\"}}]}}\n"));
        Rows(
            """{"resource":"Patient","select":[{"column":[{"name":"id","path":"id","type":"string"}]},{"forEach":"name","column":[{"name":"n","path":"text"}]}]}""",
            lines,
            "SELECT count(*), count(DISTINCT id), bool_and(id::BIGINT = place), bool_and(n = 'name number ' || id) FROM (SELECT *, row_number() OVER () - 1 AS place FROM FILE)")
            .ShouldBe(["100000|100000|true|true"]);
    }

    [Fact]
    public void No_rows_are_an_empty_table_with_its_columns() =>
        Rows("""{"resource":"Patient","select":[{"column":[{"name":"id","path":"id"}]}]}""", "", "SELECT count(id) FROM FILE").ShouldBe(["0"]);

    [Fact]
    public void A_number_too_large_for_its_type_stops_the_run_and_is_named()
    {
        var input = Path.Combine(folder, "in.ndjson");
        File.WriteAllText(input, """{"resourceType":"Observation","id":"big","valueQuantity":{"value":100000}}""");
        var view = Read("""{"resource":"Observation","select":[{"column":[{"name":"v","path":"value.ofType(Quantity).value","tag":[{"name":"ansi/type","value":"DECIMAL(5,2)"}]}]}]}""");
        var problem = ViewExtraction.RunToParquet(view, [input], Path.Combine(folder, "out.parquet"), TestContext.Current.CancellationToken).Problem.ShouldNotBeNull();
        problem.Code.ShouldBe("VWD022");
        problem.Message.ShouldContain("line 1, Observation/big");
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_a_problem() =>
        ViewExtraction.RunToParquet(Read("""{"resource":"Patient","select":[{"column":[{"name":"id","path":"id"}]}]}"""), [folder], "/nowhere/out.parquet", TestContext.Current.CancellationToken)
            .Problem.ShouldNotBeNull().Code.ShouldBe("VWD032");
}
