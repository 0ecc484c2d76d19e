using Kangqiao.Analytics.Duck;
using Kangqiao.Kernel;

namespace Kangqiao.Analytics.Tests.Duck;

public sealed class DuckDatabaseTests : IDisposable
{
    private readonly DuckDatabase database = DuckDatabase.Open().Value;
    private readonly DuckConnection connection;

    public DuckDatabaseTests() => connection = database.Connect().Value;

    public void Dispose()
    {
        connection.Dispose();
        database.Dispose();
    }

    private List<string> Ask(string sql)
    {
        using var rows = connection.Query(sql).Value;
        return Duck.Shown.All(rows);
    }

    [Fact]
    public void Values_of_every_type_come_back_as_they_are() => Ask("""
        SELECT true, 1::TINYINT, -2::SMALLINT, 3, 4000000000, 1.5::FLOAT, 2.25, -12.345::DECIMAL(38,3), 1.2::DECIMAL(4,1), 7.5::DECIMAL(9,2), 8.125::DECIMAL(18,3),
          'short', 'a text longer than twelve bytes, 康桥', NULL, [1, NULL, 3], [], {'a': 1, 'b': ['x', NULL]}, DATE '2024-02-29',
          TIMESTAMP '2024-02-29 12:34:56.789', 'b'::ENUM('a', 'b'), 170141183460469231731687303715884105727::HUGEINT
        """).ShouldHaveSingleItem().ShouldBe(
        "true|1|-2|3|4000000000|1.5|2.25|-12.345|1.2|7.50|8.125|short|a text longer than twelve bytes, 康桥|null|[1,null,3]|[]|{a:1,b:[x,null]}|2024-02-29|2024-02-29T12:34:56.7890000|b|170141183460469231731687303715884105727");

    [Fact]
    public void What_is_bound_is_never_read_as_SQL()
    {
        using var statement = connection.Prepare("SELECT $text, $number, $none, $truth, $day, $moment").Value;
        statement.ParameterCount.ShouldBe(6);
        statement.Bind("text", "'; DROP TABLE x; --\0康").ShouldBeNull();
        statement.Bind("number", 42L).ShouldBeNull();
        statement.Bind("none", null).ShouldBeNull();
        statement.Bind("truth", true).ShouldBeNull();
        statement.Bind("day", new DateOnly(1958, 3, 1)).ShouldBeNull();
        statement.Bind("moment", new DateTimeOffset(2024, 1, 1, 8, 0, 0, TimeSpan.FromHours(8))).ShouldBeNull();
        statement.Bind("other", 1).ShouldNotBeNull().Code.ShouldBe("DUK002");
        using var rows = statement.Run().Value;
        Duck.Shown.All(rows).ShouldHaveSingleItem().ShouldBe("'; DROP TABLE x; --\0康|42|null|true|1958-03-01|2024-01-01T00:00:00.0000000");
    }

    [Fact]
    public void A_fault_in_SQL_is_a_problem_with_DuckDBs_own_words()
    {
        connection.Query("SELEC 1").Problem.ShouldNotBeNull().Message.ShouldContain("SELEC");
        connection.Execute("SELECT * FROM nowhere").Problem.ShouldNotBeNull().Code.ShouldBe("DUK002");
        connection.Append("nowhere").Problem.ShouldNotBeNull().Code.ShouldBe("DUK004");
        // Far enough in that rows have come before it.
        var problem = Drain("SELECT CASE WHEN i = 5000000 THEN error('stop at ' || i) ELSE i END FROM range(10000000) t(i)");
        problem.ShouldNotBeNull().Message.ShouldContain("stop at 5000000");
        Ask("SELECT 1").ShouldBe(["1"]);
    }

    private Problem? Drain(string sql)
    {
        if (!connection.Query(sql).Try(out var rows, out var problem))
        {
            return problem;
        }

        using (rows)
        {
            while (rows.Next().Try(out var chunk, out problem) && chunk is not null)
            {
                chunk.Dispose();
            }
        }

        return problem;
    }

    [Fact]
    public void A_setting_or_file_that_cannot_be_is_a_problem()
    {
        DuckDatabase.Open(null, ("no_such_setting", "1")).Problem.ShouldNotBeNull().Code.ShouldBe("DUK001");
        DuckDatabase.Open("/nowhere/at/all.duckdb").Problem.ShouldNotBeNull().Code.ShouldBe("DUK001");
    }

    [Fact]
    public async Task A_query_can_be_interrupted_from_another_thread()
    {
        var cancel = TestContext.Current.CancellationToken;
        var running = Task.Run(() => connection.Execute("SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3"), cancel);
        while (!running.IsCompleted)
        {
            connection.Interrupt();
            await Task.WhenAny(running, Task.Delay(20, cancel));
        }

        (await running).Problem.ShouldNotBeNull().Code.ShouldBe("DUK003");
    }

    [Fact]
    public void Appended_chunks_are_a_tables_rows()
    {
        DuckType[] types = [DuckType.Integer, DuckType.Varchar, DuckType.Decimal(18, 4), DuckType.List(DuckType.Varchar), DuckType.Struct(("a", DuckType.BigInt), ("b", DuckType.Varchar))];
        connection.Execute($"CREATE TABLE t (i {types[0]}, s {types[1]}, d {types[2]}, l {types[3]}, o {types[4]})").Problem.ShouldBeNull();
        using (var appender = connection.Append("t").Value)
        {
            for (var first = 0; first < 10_000; first += DuckChunk.Capacity)
            {
                using var chunk = DuckChunk.Create(types);
                Fill(chunk, first, Math.Min(DuckChunk.Capacity, 10_000 - first));
                appender.Add(chunk).ShouldBeNull();
            }

            appender.Flush().ShouldBeNull();
        }

        Ask("SELECT count(*), sum(i), count(s), sum(d), sum(len(l)), count(DISTINCT l[2]), sum(o.a), count(o) FROM t")
            .ShouldBe(["10000|49995000|6666|4999.5000|9999|3333|24995000|5000"]);
        Ask("SELECT * FROM t WHERE i IN (1, 2, 3) ORDER BY i").ShouldBe(["1|row 1|0.0001|[a]|{a:null,b:null}", "2|row 2|0.0002|[a,b2]|{a:2,b:two}", "3|null|0.0003|[]|{a:null,b:null}"]
            , StringShown);
    }

    private static readonly IEqualityComparer<string> StringShown =
        EqualityComparer<string>.Create((a, b) => a?.Replace("{a:null,b:null}", "null") == b?.Replace("{a:null,b:null}", "null"), s => 0);

    private static void Fill(DuckChunk chunk, int first, int count)
    {
        for (var row = 0; row < count; row++)
        {
            var i = first + row;
            chunk.Columns[0].Set(row, i);
            if (i % 3 == 0)
            {
                chunk.Columns[1].SetNull(row);
            }
            else
            {
                chunk.Columns[1].SetBytes(row, System.Text.Encoding.UTF8.GetBytes($"row {i}"));
            }

            chunk.Columns[2].SetDecimal(row, i / 10000m).ShouldBeTrue();
            var at = chunk.Columns[3].SetList(row, i % 3);
            for (var k = 0; k < i % 3; k++)
            {
                chunk.Columns[3].Children[0].SetBytes(at + k, System.Text.Encoding.UTF8.GetBytes(k == 0 ? "a" : $"b{i}"));
            }

            if (i % 2 == 0)
            {
                chunk.Columns[4].Children[0].Set(row, (long)i);
                chunk.Columns[4].Children[1].SetBytes(row, "two"u8);
            }
            else
            {
                chunk.Columns[4].SetNull(row);
            }
        }

        chunk.Rows = count;
    }

    [Theory]
    [InlineData("99.995", 4, 2, "100.00")]
    [InlineData("-99.99", 4, 2, "-99.99")]
    [InlineData("100", 4, 2, null)]
    [InlineData("1e20", 38, 18, null)]
    [InlineData("79228162514264337593543950335", 38, 0, "79228162514264337593543950335")]
    [InlineData("0.1234567890123456789012345678", 38, 18, "0.123456789012345679")]
    public void A_decimal_is_kept_rounded_or_refused_but_never_cut(string value, byte width, byte scale, string? shown)
    {
        var number = decimal.Parse(value, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture);
        using var chunk = DuckChunk.Create([DuckType.Decimal(width, scale)]);
        var fits = chunk.Columns[0].SetDecimal(0, number);
        fits.ShouldBe(shown is not null && shown.Replace(".", "").TrimStart('-').Length <= width);
        if (fits)
        {
            chunk.Rows = 1;
            connection.Execute($"CREATE TABLE d (x DECIMAL({width},{scale}))").Problem.ShouldBeNull();
            using (var appender = connection.Append("d").Value)
            {
                appender.Add(chunk).ShouldBeNull();
            }

            Ask("SELECT x FROM d").ShouldBe([shown!]);
        }
    }

    [Fact]
    public async Task Rows_pass_through_a_source_while_they_are_made()
    {
        using var source = DuckSource.Register(connection, "numbers", [("n", DuckType.BigInt), ("s", DuckType.Varchar)]).Value;
        var asked = Task.Run(() => Ask("SELECT count(*), sum(n), max(s), bool_and(place = n) FROM (SELECT *, row_number() OVER () - 1 AS place FROM numbers())"), TestContext.Current.CancellationToken);
        for (var first = 0; first < 500 * DuckChunk.Capacity; first += DuckChunk.Capacity)
        {
            var chunk = DuckChunk.Create([DuckType.BigInt, DuckType.Varchar]);
            for (var row = 0; row < DuckChunk.Capacity; row++)
            {
                chunk.Columns[0].Set(row, (long)(first + row));
                chunk.Columns[1].SetBytes(row, "a text that does not stand inline"u8);
            }

            chunk.Rows = DuckChunk.Capacity;
            source.Add(chunk).ShouldBeTrue();
        }

        source.Complete();
        var all = 500L * DuckChunk.Capacity;
        (await asked).ShouldBe([$"{all}|{all * (all - 1) / 2}|a text that does not stand inline|true"]);
    }

    [Fact]
    public async Task A_source_that_breaks_off_fails_its_query()
    {
        using var source = DuckSource.Register(connection, "numbers", [("n", DuckType.BigInt)]).Value;
        var asked = Task.Run(() => connection.Execute("CREATE TABLE x AS SELECT * FROM numbers()"), TestContext.Current.CancellationToken);
        source.Abort();
        (await asked).Problem.ShouldNotBeNull().Message.ShouldContain("not made to the end");
    }
}
