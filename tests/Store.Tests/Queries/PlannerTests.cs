using Kangqiao.Kernel;
using Kangqiao.Store.Queries;
using Kangqiao.Store.Terms;

namespace Kangqiao.Store.Tests.Queries;

public sealed class PlannerTests
{
    [Fact]
    public async Task A_chain_finds_records_by_what_they_refer_to()
    {
        await using var house = await HouseAsync();
        (await house.IdsAsync("Observation?subject:Patient.name=张")).ShouldBe(["o1", "o2", "o3"], ignoreOrder: true);
        (await house.IdsAsync("Observation?patient.name=zhangsan")).ShouldBe(["o1", "o2"], ignoreOrder: true);
        (await house.IdsAsync("Observation?subject.organization.name=第一")).ShouldBe(["o1", "o2"], ignoreOrder: true);
        (await house.IdsAsync("Observation?subject._id=p3")).ShouldBe(["o4"]);
        (await house.IdsAsync("Observation?subject:Patient.name=nobody")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_chain_whose_far_side_is_large_is_answered_from_the_near_side()
    {
        await using var house = await HouseAsync();
        house.Bounds = house.Bounds with { MostChained = 2 };
        (await house.IdsAsync("Observation?code=bp&subject:Patient.gender:missing=true")).ShouldBe(["o1", "o4"], ignoreOrder: true);

        var refused = await house.TryAsync("Observation?subject:Patient.gender:missing=true");
        refused.Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.TooCostly);
    }

    [Fact]
    public async Task A_chain_to_more_records_than_terms_are_worth_compares_record_by_record()
    {
        await using var house = await HouseAsync();
        house.Bounds = house.Bounds with { MostChainTerms = 1 };
        (await house.IdsAsync("Observation?subject:Patient.name=张")).ShouldBe(["o1", "o2", "o3"], ignoreOrder: true);
        (await house.IdsAsync("Observation?subject:Patient.name=张&code=bp")).ShouldBe(["o1"]);
    }

    [Fact]
    public async Task Has_finds_records_by_what_refers_to_them()
    {
        await using var house = await HouseAsync();
        (await house.IdsAsync("Patient?_has:Observation:patient:code=bp")).ShouldBe(["p1", "p3"], ignoreOrder: true);
        (await house.IdsAsync("Organization?_has:Patient:organization:_has:Observation:patient:code=hr")).ShouldBe(["h1", "h2"], ignoreOrder: true);
        (await house.IdsAsync("Patient?_has:Observation:patient:code=bp&name=张")).ShouldBe(["p1"]);

        house.Bounds = house.Bounds with { MostChained = 1 };
        (await house.IdsAsync("Patient?_has:Observation:patient:code=bp&name=zhangsan")).ShouldBe(["p1"]);
    }

    [Fact]
    public async Task Includes_follow_references_both_ways_and_on_and_on_only_when_asked()
    {
        await using var house = await HouseAsync();
        (await IncludedAsync(house, "Observation?_id=o1&_include=Observation:subject")).ShouldBe(["p1"]);
        (await IncludedAsync(house, "Observation?_id=o1&_include=Observation:subject&_include=Patient:organization")).ShouldBe(["p1"]);
        (await IncludedAsync(house, "Observation?_id=o1&_include=Observation:subject&_include:iterate=Patient:organization"))
            .ShouldBe(["p1", "h1"], ignoreOrder: true);
        (await IncludedAsync(house, "Observation?_id=o1&_include=*")).ShouldBe(["p1"]);
        (await IncludedAsync(house, "Observation?_id=o1&_include=Observation:subject:Group")).ShouldBeEmpty();
        (await IncludedAsync(house, "Patient?_id=p1&_revinclude=Observation:subject")).ShouldBe(["o1", "o2"], ignoreOrder: true);
        (await IncludedAsync(house, "Patient?_id=p1&_revinclude=Observation:*")).ShouldBe(["o1", "o2"], ignoreOrder: true);
    }

    [Fact]
    public async Task An_include_that_is_too_large_is_refused_and_never_cut()
    {
        await using var house = await HouseAsync();
        house.Bounds = house.Bounds with { MostIncluded = 1 };
        (await house.TryAsync("Patient?_id=p1&_revinclude=Observation:subject")).Problem.ShouldNotBeNull().Code.ShouldBe("QRY007");
    }

    [Fact]
    public async Task The_readers_predicate_holds_in_rows_counts_chains_has_and_includes()
    {
        await using var house = await HouseAsync();
        var reader = ReaderPredicate.Of(RecordLabels.Is('i', "A"));
        (await house.IdsAsync("Patient?name=张", reader)).ShouldBe(["p1"]);
        (await house.IdsAsync("Patient?_id=p1,p2", reader)).ShouldBe(["p1"]);
        (await house.AnswerAsync("Patient?name=张&_summary=count", reader)).Total.ShouldBe(1);
        (await house.AnswerAsync("Patient?_id=p1,p2&_total=accurate", reader)).Total.ShouldBe(1);

        // o3 of institution A is of p2, whom the reader may not see.
        (await house.IdsAsync("Observation?code=hr", reader)).ShouldBe(["o2", "o3"], ignoreOrder: true);
        (await house.IdsAsync("Observation?subject:Patient.name=张", reader)).ShouldBe(["o1", "o2"], ignoreOrder: true);
        (await house.IdsAsync("Patient?_has:Observation:patient:code=bp", reader)).ShouldBe(["p1"]);
        (await IncludedAsync(house, "Observation?code=hr&_include=Observation:subject", reader)).ShouldBe(["p1"]);
        (await IncludedAsync(house, "Patient?_id=p1&_revinclude=Observation:subject", ReaderPredicate.Of(RecordLabels.OfPatient("p1"))))
            .ShouldBe(["o1", "o2"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_compartment_holds_what_belongs_to_it()
    {
        await using var house = await HouseAsync();
        var answer = await house.TryAsync("Observation?code=bp", compartment: new("Patient", ["p1", "p2"]));
        answer.Value.Entries.Select(e => e.Record.Key.Id).ShouldBe(["o1"]);

        var all = await house.TryAsync(null, [], compartment: new("Patient", ["p2"]));
        all.Value.Entries.Select(e => e.Record.Key.Id).ShouldBe(["p2", "o3"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("Observation?_sort=date", "o3 o1 o2 o4")]
    [InlineData("Observation?_sort=-date", "o2 o1 o3 o4")]
    [InlineData("Observation?_sort=code,-date", "o1 o4 o2 o3")]
    [InlineData("Observation?_sort=value-quantity", "o2 o3 o1 o4")]
    [InlineData("Observation?_sort=-_id", "o4 o3 o2 o1")]
    [InlineData("Patient?_sort=-name", "p3 p1 p2")]
    [InlineData("Observation?_sort=_lastUpdated", "o1 o2 o3 o4")]
    public async Task A_sort_puts_records_in_order_and_those_without_a_value_last(string query, string ids)
    {
        await using var house = await HouseAsync();
        (await house.IdsAsync(query)).ShouldBe(ids.Split(' '));
        (await PagesAsync(house, query, 1)).ShouldBe(ids.Split(' '));
        (await PagesAsync(house, query, 3)).ShouldBe(ids.Split(' '));
    }

    [Theory]
    [InlineData("Observation?")]
    [InlineData("Observation?_sort=-date")]
    [InlineData("Observation?_sort=date")]
    [InlineData("Observation?_sort=-_lastUpdated")]
    [InlineData("Observation?_sort=-date,code")]
    [InlineData("Observation?code=c1,c3&_sort=date")]
    [InlineData("Observation?_sort=-date", 900)]
    [InlineData("Observation?_sort=date", 900)]
    [InlineData("Observation?_sort=-date", -80_000)]
    [InlineData("Observation?_sort=date", -80_000)]
    public async Task Pages_of_many_records_neither_repeat_nor_drop_one(string query, int days = 0)
    {
        await using var house = await SearchHouse.OpenAsync();
        var random = new Random(7);
        var records = Enumerable.Range(0, 3000).Select(i =>
        {
            var day = new DateTime(2025, 1, 1).AddDays(days + random.Next(0, 200)).AddHours(random.Next(24)).ToString("yyyy-MM-ddTHH:mm:ss+08:00");
            var when = i % 50 == 0 ? "" : i % 7 == 0
                ? $",\"effectivePeriod\":{{\"start\":\"{day}\",\"end\":\"2060-09-01\"}}"
                : $",\"effectiveDateTime\":\"{day}\"";
            return $"{{\"resourceType\":\"Observation\",\"id\":\"x{i}\",\"status\":\"final\",\"code\":{{\"coding\":[{{\"code\":\"c{i % 5}\"}}]}}{when}}}";
        });
        foreach (var piece in records.Chunk(700))
        {
            await house.AddAsync(piece);
            house.Clock.Move(TimeSpan.FromMinutes(3));
        }

        var ids = await PagesAsync(house, query, 97);
        ids.ShouldBeUnique();
        ids.Count.ShouldBe((int)(await house.AnswerAsync(query + "&_summary=count")).Total!.Value);
        if (query.Contains("=date", StringComparison.Ordinal) || query.Contains("-date", StringComparison.Ordinal))
        {
            var isDescending = query.Contains("-date", StringComparison.Ordinal);
            var isByCode = query.Contains("code,", StringComparison.Ordinal) || query.EndsWith(",code", StringComparison.Ordinal);
            ids.ShouldBe(ids
                .Select(id => (Id: id, Low: FirstTick(house, id), Number: int.Parse(id[1..])))
                .OrderBy(r => r.Low is null)
                .ThenBy(r => isDescending ? -r.Low : r.Low)
                .ThenBy(r => isByCode ? r.Number % 5 : 0)
                .ThenBy(r => r.Number)
                .Select(r => r.Id));
        }
    }

    private static long? FirstTick(SearchHouse house, string id)
    {
        var values = house.Values[new("Observation", id)];
        var date = values.Plan.Find("date");
        foreach (var value in values.Items)
        {
            if (value.Parameter == date)
            {
                return value.LowTicks;
            }
        }

        return null;
    }

    [Fact]
    public async Task A_page_link_of_another_search_is_refused()
    {
        await using var house = await HouseAsync();
        var next = (await house.AnswerAsync("Observation?_count=1")).Next.ShouldNotBeNull();
        (await house.TryAsync("Observation?_count=1&code=bp", page: next)).Problem.ShouldNotBeNull().Code.ShouldBe("QRY009");
        (await house.TryAsync("Observation?_count=1", page: "rubbish")).Problem.ShouldNotBeNull().Code.ShouldBe("QRY009");
        (await house.TryAsync("Observation?_count=1", page: next[..^4])).Problem.ShouldNotBeNull().Code.ShouldBe("QRY009");
    }

    [Fact]
    public async Task What_is_unknown_is_refused_or_named_as_ignored()
    {
        await using var house = await HouseAsync();
        (await house.TryAsync("Observation?colour=red")).Problem.ShouldNotBeNull().Code.ShouldBe("SRCH001");
        (await house.TryAsync("Observation?subject:Patient.colour=red")).Problem.ShouldNotBeNull().Code.ShouldBe("SRCH001");
        (await house.TryAsync("Nothing?")).Problem.ShouldNotBeNull().Code.ShouldBe("QRY001");
        (await house.TryAsync("Observation?code.name=x")).Problem.ShouldNotBeNull().Code.ShouldBe("QRY004");

        var lenient = SearchRequestParser.Parse(
            house.Book, "Observation", [new("colour", "red"), new("code", "bp")], SearchHouse.Context, SearchOptions.Default with { IsLenient = true });
        lenient.Value.Ignored.ShouldBe(["colour"]);
    }

    [Fact]
    public async Task Several_types_are_searched_at_once_by_what_all_have()
    {
        await using var house = await HouseAsync();
        var answer = await house.TryAsync(null, [new("_type", "Patient,Organization"), new("_id", "p1,h1,o1")]);
        answer.Value.Entries.Select(e => e.Record.Key.Id).ShouldBe(["h1", "p1"], ignoreOrder: true);
        (await house.TryAsync(null, [new("_type", "Patient,Observation"), new("code", "bp")])).Problem.ShouldNotBeNull();
        (await house.TryAsync(null, [new("_lastUpdated", "ge2026-03-05"), new("_summary", "count")])).Value.Total.ShouldBe(9);
        (await house.TryAsync(null, [new("_lastUpdated", "lt2026-03-05"), new("_summary", "count")])).Value.Total.ShouldBe(0);
    }

    [Fact]
    public async Task The_time_of_the_last_update_is_asked_to_the_second()
    {
        await using var house = await HouseAsync();
        house.Clock.Move(TimeSpan.FromSeconds(30));
        await house.AddAsync("""{"resourceType":"Observation","id":"late","status":"final","code":{"text":"x"}}""");
        (await house.IdsAsync("Observation?_lastUpdated=gt2026-03-05T08:15:20Z")).ShouldBe(["late"]);
        (await house.IdsAsync("Observation?_lastUpdated=ge2026-03-05T08:15:20Z&_lastUpdated=lt2026-03-05T08:15:30Z")).ShouldBeEmpty();
        (await house.IdsAsync("Observation?_lastUpdated=2026-03-05T08:15:30Z")).ShouldBe(["late"]);
        (await house.IdsAsync("Observation?_lastUpdated=lt2026-03-05T08:15:20Z")).Length.ShouldBe(4);
    }

    private static async Task<SearchHouse> HouseAsync()
    {
        var house = await SearchHouse.OpenAsync();
        var institutions = new Dictionary<string, (string Institution, string? Patient)>(StringComparer.Ordinal)
        {
            ["h1"] = ("A", null), ["h2"] = ("B", null), ["p1"] = ("A", "p1"), ["p2"] = ("B", "p2"), ["p3"] = ("B", "p3"),
            ["o1"] = ("A", "p1"), ["o2"] = ("A", "p1"), ["o3"] = ("A", "p2"), ["o4"] = ("B", "p3"),
        };
        string[] records =
        [
            """{"resourceType":"Organization","id":"h1","name":"第一人民医院"}""",
            """{"resourceType":"Organization","id":"h2","name":"第二人民医院"}""",
            """{"resourceType":"Patient","id":"p1","name":[{"family":"张","given":["三"]}],"managingOrganization":{"reference":"Organization/h1"}}""",
            """{"resourceType":"Patient","id":"p2","name":[{"family":"张","given":["伟明"]}],"managingOrganization":{"reference":"Organization/h2"}}""",
            """{"resourceType":"Patient","id":"p3","name":[{"text":"阿米娜·买买提"}],"managingOrganization":{"reference":"Organization/h2"}}""",
            Observation("o1", "p1", "bp", ""","effectiveDateTime":"2026-03-04T08:00:00+08:00","valueQuantity":{"value":140}"""),
            Observation("o2", "p1", "hr", ""","effectiveDateTime":"2026-03-05","valueQuantity":{"value":72}"""),
            Observation("o3", "p2", "hr", ""","effectivePeriod":{"start":"2026-03-01","end":"2026-03-09"},"valueQuantity":{"value":90}"""),
            Observation("o4", "p3", "bp", ""),
        ];
        await house.AddAsync(
            records.Select(System.Text.Encoding.UTF8.GetBytes),
            key => new(institutions[key.Id].Patient, [RecordLabels.Label('i', institutions[key.Id].Institution)]));
        return house;
    }

    private static string Observation(string id, string patient, string code, string rest) =>
        $$"""{"resourceType":"Observation","id":"{{id}}","status":"final","code":{"coding":[{"code":"{{code}}"}]},"subject":{"reference":"Patient/{{patient}}"}{{rest}}}""";

    private static async Task<string[]> IncludedAsync(SearchHouse house, string query, ReaderPredicate? reader = null) =>
        [.. (await house.AnswerAsync(query, reader)).Entries.Where(e => !e.IsMatch).Select(e => e.Record.Key.Id)];

    private static async Task<List<string>> PagesAsync(SearchHouse house, string query, int count)
    {
        var ids = new List<string>();
        string? page = null;
        do
        {
            var answer = await house.AnswerAsync($"{query}&_count={count}", page: page);
            ids.AddRange(answer.Entries.Select(e => e.Record.Key.Id));
            page = answer.Next;
        }
        while (page is not null && ids.Count < 10_000);
        return ids;
    }
}
