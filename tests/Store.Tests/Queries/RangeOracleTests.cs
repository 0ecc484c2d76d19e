using System.Globalization;

namespace Kangqiao.Store.Tests.Queries;

/// <summary>Ranges asked of the index against the meaning of each clause, over periods and numbers that lie awkwardly.</summary>
public sealed class RangeOracleTests
{
    private static readonly string[] Prefixes = ["", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"];

    private static readonly string[] Moments =
    [
        "1850-06-01", "1899-12-31", "1900", "1900-01-01", "1999-12-31", "2010", "2019-12-31", "2020", "2020-01-01", "2020-02", "2020-02-29",
        "2020-02-29T16:00:00Z", "2020-03", "2020-03-01", "2020-03-01T00:00:00+08:00", "2020-03-01T08:30:00+08:00", "2020-03-01T23:59:59+08:00",
        "2020-03-02T00:00:00+08:00", "2020-03-05", "2020-03-31", "2020-04-01", "2020-12-31", "2021", "2021-01-01", "2029-12-31", "2030-01-01",
        "2049-12-31", "2050-01-01", "2060-07-07", "2099-12-31",
    ];

    [Fact]
    public async Task Every_comparison_of_dates_and_periods_finds_what_it_means()
    {
        await using var house = await SearchHouse.OpenAsync();
        var random = new Random(20261122);
        List<string> records = [];
        for (var i = 0; i < 260; i++)
        {
            records.Add($$"""{"resourceType":"Encounter","id":"e{{i}}"{{(i % 20 == 0 ? "" : $",\"period\":{Period(random)}")}}}""");
            records.Add($$"""{"resourceType":"Observation","id":"o{{i}}",{{(i % 2 == 0 ? $"\"effectiveDateTime\":\"{One(random)}\"" : $"\"effectivePeriod\":{Period(random)}")}}}""");
            var events = string.Join(',', Enumerable.Range(0, 1 + (i % 3)).Select(_ => $$"""{"period":{{Period(random)}}}"""));
            records.Add($$"""{"resourceType":"Composition","id":"c{{i}}","event":[{{events}}]}""");
            var targets = string.Join(',', Enumerable.Range(0, 1 + (i % 3)).Select(_ => $$"""{"dueDate":"{{Day(random)}}"}"""));
            records.Add($$"""{"resourceType":"Goal","id":"g{{i}}","target":[{{targets}}]}""");
        }

        await house.AddAsync(records);
        for (var i = 0; i < 700; i++)
        {
            var (type, name) = random.Next(4) switch
            {
                0 => ("Encounter", "date"),
                1 => ("Observation", "date"),
                2 => ("Composition", "period"),
                _ => ("Goal", "target-date"),
            };
            var clauses = Enumerable.Range(0, 1 + random.Next(2)).Select(_ =>
                $"{name}={string.Join(',', Enumerable.Range(0, random.Next(8) == 0 ? 2 : 1).Select(_ => Any(Prefixes, random) + Any(Moments, random)))}");
            await AskAsync(house, $"{type}?{string.Join('&', clauses)}");
        }
    }

    [Fact]
    public async Task Every_comparison_of_quantities_finds_what_it_means_with_and_without_its_code()
    {
        await using var house = await SearchHouse.OpenAsync();
        var random = new Random(20261123);
        List<string> records = [];
        for (var i = 0; i < 300; i++)
        {
            var parts = string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => $$"""{"code":{{Code(random)}},"valueQuantity":{{Quantity(random)}}}"""));
            records.Add($$"""{"resourceType":"Observation","id":"o{{i}}","code":{{Code(random)}},"valueQuantity":{{Quantity(random)}}{{(parts.Length == 0 ? "" : $",\"component\":[{parts}]")}}}""");
        }

        await house.AddAsync(records);
        for (var i = 0; i < 700; i++)
        {
            var unit = random.Next(4) switch
            {
                0 => "",
                1 => "||mg",
                2 => "|http://unitsofmeasure.org|g",
                _ => "|http://unitsofmeasure.org|mg",
            };
            var quantity = Any(Prefixes, random) + Number(random) + unit;
            var code = (random.Next(3) == 0 ? "" : "http://loinc.org|") + "a" + random.Next(3).ToString(CultureInfo.InvariantCulture);
            await AskAsync(house, "Observation?" + random.Next(6) switch
            {
                0 => $"value-quantity={quantity}",
                1 => $"component-value-quantity={quantity}",
                2 => $"code={code}&value-quantity={quantity}",
                3 => $"code-value-quantity={code}${quantity}",
                4 => $"combo-code-value-quantity={code}${quantity}",
                _ => $"component-code-value-quantity={code}${quantity}",
            });
        }
    }

    private static async Task AskAsync(SearchHouse house, string query)
    {
        string[] found = [.. (await house.IdsAsync(query + "&_count=1000")).Order()];
        found.ShouldBe(house.Right(query), query);
    }

    private static T Any<T>(T[] of, Random random) => of[random.Next(of.Length)];

    private static string One(Random random) => Any(Moments, random);

    private static string Day(Random random) => new DateOnly(2020, 1, 1).AddDays(random.Next(500)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Period(Random random)
    {
        var (start, end) = (random.Next(Moments.Length), random.Next(Moments.Length));
        var (low, high) = (Math.Min(start, end), Math.Max(start, end));
        return random.Next(8) switch
        {
            0 => $$"""{"start":"{{Moments[low]}}"}""",
            1 => $$"""{"end":"{{Moments[high]}}"}""",
            2 => $$"""{"start":"2020-03-01T08:00:00+08:00","end":"2020-03-0{{1 + random.Next(6)}}T10:00:00+08:00"}""",
            3 => $$"""{"start":"{{Day(random)}}","end":"2022-01-05"}""",
            _ => $$"""{"start":"{{Moments[low]}}","end":"{{Moments[high]}}"}""",
        };
    }

    private static string Number(Random random) => random.Next(7) switch
    {
        0 => "0",
        1 => (random.Next(2000) / 100m).ToString(CultureInfo.InvariantCulture),
        2 => (random.Next(20) * 100).ToString(CultureInfo.InvariantCulture),
        3 => "-" + (random.Next(50) / 10m).ToString(CultureInfo.InvariantCulture),
        4 => "12.3456789",
        5 => (random.Next(10) * 1e-7m).ToString(CultureInfo.InvariantCulture),
        _ => random.Next(40).ToString(CultureInfo.InvariantCulture),
    };

    private static string Quantity(Random random)
    {
        var comparator = random.Next(6) == 0 ? $"\"comparator\":\"{Any(["<", "<=", ">", ">="], random)}\"," : "";
        var unit = random.Next(5) switch
        {
            0 => "",
            1 => ",\"unit\":\"mg\"",
            2 => ",\"unit\":\"mg\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"mg\"",
            3 => ",\"system\":\"http://unitsofmeasure.org\",\"code\":\"g\"",
            _ => ",\"system\":\"http://unitsofmeasure.org\",\"code\":\"ug\"",
        };
        return $"{{{comparator}\"value\":{Number(random)}{unit}}}";
    }

    private static string Code(Random random)
    {
        var codings = Enumerable.Range(0, 1 + random.Next(2)).Select(_ =>
            $$"""{{{(random.Next(4) == 0 ? "" : "\"system\":\"http://loinc.org\",")}}"code":"a{{random.Next(3)}}"}""");
        return $$"""{"coding":[{{string.Join(',', codings)}}]}""";
    }
}
