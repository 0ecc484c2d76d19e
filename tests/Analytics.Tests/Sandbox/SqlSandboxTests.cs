using System.Text.Json;
using Kangqiao.Analytics.Duck;
using Kangqiao.Analytics.Sandbox;
using Kangqiao.Kernel;

namespace Kangqiao.Analytics.Tests.Sandbox;

public sealed class SqlSandboxTests : IDisposable
{
    private readonly string lake = Directory.CreateTempSubdirectory("lake-").FullName;
    private readonly string outside = Directory.CreateTempSubdirectory("outside-").FullName;
    private readonly SqlSandbox sandbox = new(Path.Combine(AppContext.BaseDirectory, "Kangqiao.Analytics.Tests"), [SqlChild.Command], TimeProvider.System);

    public SqlSandboxTests()
    {
        using var database = DuckDatabase.Open().Value;
        using var connection = database.Connect().Value;
        foreach (var folder in (string[])[lake, outside])
        {
            connection.Execute($"COPY (SELECT i AS id, 'name ' || i AS name FROM range(1000) t(i)) TO '{folder}/people.parquet'").Problem.ShouldBeNull();
        }
    }

    public void Dispose()
    {
        sandbox.Dispose();
        Directory.Delete(lake, recursive: true);
        Directory.Delete(outside, recursive: true);
    }

    private Task<Outcome<SqlAnswer>> AskAsync(string sql, Func<SqlQuestion, SqlQuestion>? with = null)
    {
        var question = new SqlQuestion(sql, lake, [new SqlTable("people", [$"{lake}/people.parquet"])]);
        return sandbox.AskAsync(with is null ? question : with(question), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_question_is_answered_with_names_types_and_values()
    {
        var answer = (await AskAsync(
            "SELECT count(*) AS n, sum(id)::DECIMAL(18,2) AS s, max(name) AS last, [1, NULL] AS list, DATE '2024-02-29' AS day, 1.0/0 AS share FROM people WHERE id < $most",
            q => q with { Parameters = new Dictionary<string, JsonElement> { ["most"] = JsonElement.Parse("10") } })).Value;
        answer.Columns.Select(c => $"{c.Name} {c.Type}").ShouldBe(["n BIGINT", "s DECIMAL(18,2)", "last VARCHAR", "list INTEGER[]", "day DATE", "share DOUBLE"]);
        answer.Rows.ShouldHaveSingleItem().GetRawText().ShouldBe("""[10,45.00,"name 9",[1,null],"2024-02-29",null]""");
        (await AskAsync("SELECT id FROM people ORDER BY id")).Value.Rows.Count.ShouldBe(1000);
        (await AskAsync("SELECT id FROM people WHERE false")).Value.Rows.ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_but_the_lake_can_be_read_and_nothing_written_or_set()
    {
        (await AskAsync($"SELECT count(*) FROM read_parquet('{lake}/people.parquet')")).Value.Rows[0].GetRawText().ShouldBe("[1000]");
        foreach (var sql in (string[])
            [
                $"SELECT * FROM read_parquet('{outside}/people.parquet')",
                $"SELECT * FROM read_parquet('{lake}/../{Path.GetFileName(outside)}/people.parquet')",
                "SELECT * FROM read_text('/etc/passwd')",
                "SELECT * FROM glob('/etc/*')",
                $"COPY people TO '{lake}/stolen.csv'",
                $"ATTACH '{lake}/x.duckdb'",
                "SET memory_limit = '100GB'",
                "SET enable_external_access = true",
                "INSTALL httpfs",
                "CREATE TABLE t AS SELECT 1",
                "DROP VIEW people",
                "SELECT 1; SELECT 2",
            ])
        {
            (await AskAsync(sql)).Problem.ShouldNotBeNull(sql);
        }

        Directory.GetFiles(lake).ShouldHaveSingleItem();
        (await AskAsync("SELECT count(*) FROM people")).Value.Rows[0].GetRawText().ShouldBe("[1000]");
    }

    [Fact]
    public async Task A_query_without_end_is_ended_and_the_next_one_answered()
    {
        (await AskAsync("SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range % 7 = b.range % 11", q => q with { Time = TimeSpan.FromMilliseconds(500) }))
            .Problem.ShouldNotBeNull().Code.ShouldBe("SQL002");
        (await AskAsync("SELECT 1")).Value.Rows.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_query_that_takes_too_much_memory_or_answers_too_much_is_refused()
    {
        (await AskAsync("SELECT list(repeat('x', 1000) || i) FROM range(5000000) t(i)", q => q with { MemoryMegabytes = 64 })).Problem.ShouldNotBeNull();
        (await AskAsync("SELECT * FROM people", q => q with { MaxRows = 999 })).Problem.ShouldNotBeNull().Code.ShouldBe("SQL004");
        (await AskAsync("SELECT repeat('x', 100000) FROM people", q => q with { MaxAnswerBytes = 1_000_000 })).Problem.ShouldNotBeNull().Code.ShouldBe("SQL005");
        (await AskAsync("SELECT count(*) FROM people")).Value.Rows[0].GetRawText().ShouldBe("[1000]");
    }

    [Fact]
    public async Task A_fault_in_the_SQL_is_said_in_DuckDBs_words() =>
        (await AskAsync("SELECT nme FROM people")).Problem.ShouldNotBeNull().Message.ShouldContain("nme");

    [Fact]
    public async Task A_program_that_is_no_such_process_is_a_problem()
    {
        using var none = new SqlSandbox("/bin/true", [], TimeProvider.System);
        (await none.AskAsync(new SqlQuestion("SELECT 1", lake, []), TestContext.Current.CancellationToken)).Problem.ShouldNotBeNull().Code.ShouldBe("SQL006");
        using var nothing = new SqlSandbox("/nowhere/program", [], TimeProvider.System);
        (await nothing.AskAsync(new SqlQuestion("SELECT 1", lake, []), TestContext.Current.CancellationToken)).Problem.ShouldNotBeNull().Code.ShouldBe("SQL007");
    }
}
