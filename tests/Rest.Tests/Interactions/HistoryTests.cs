namespace Kangqiao.Rest.Tests.Interactions;

public sealed class HistoryTests(RestServer server)
{
    [Fact]
    public async Task A_records_history_is_newest_first_with_its_deletion()
    {
        var created = await server.CreatedAsync(Sample.Patient("One"));
        await server.PutAsync($"Patient/{created.Id}", Sample.Patient("Two", created.Id));
        await server.SendAsync("DELETE", $"Patient/{created.Id}");

        var history = await server.GetAsync($"Patient/{created.Id}/_history");
        history.Status.ShouldBe(200);
        var entries = history.Json["entry"]!.AsArray();
        entries.Count.ShouldBe(3);
        entries.Select(e => (string?)e!["request"]!["method"]).ShouldBe(["DELETE", "PUT", "PUT"]);
        entries[0]!["resource"].ShouldBeNull();
        entries[1]!["resource"]!.ToJsonString().ShouldContain("Two");
        ((string?)entries[2]!["response"]!["status"]).ShouldBe("201 Created");
    }

    [Fact]
    public async Task Pages_of_a_history_join_without_gap_or_overlap()
    {
        var created = await server.CreatedAsync(Sample.Patient("v1"));
        for (var i = 2; i <= 5; i++)
        {
            await server.PutAsync($"Patient/{created.Id}", Sample.Patient($"v{i}", created.Id));
        }

        var versions = new List<string>();
        var next = $"Patient/{created.Id}/_history?_count=2";
        while (next is not null)
        {
            var page = (await server.GetAsync(next)).Json;
            versions.AddRange(page["entry"]!.AsArray().Select(e => (string)e!["resource"]!["meta"]!["versionId"]!));
            next = (string?)page["link"]!.AsArray().FirstOrDefault(l => (string?)l!["relation"] == "next")?["url"];
        }

        versions.ShouldBe(["5", "4", "3", "2", "1"]);
    }

    [Fact]
    public async Task A_type_and_the_whole_have_a_history_too()
    {
        var created = await server.CreatedAsync("""{"resourceType":"Basic","code":{"text":"x"}}""");
        (await IsInHistoryAsync("Basic/_history", created.Id)).ShouldBeTrue();
        (await IsInHistoryAsync("_history?_count=500", created.Id)).ShouldBeTrue();
        (await server.GetAsync("Basic/_history?_since=2999-01-01")).Json["entry"].ShouldBeNull();
    }

    [Fact]
    public async Task A_history_tells_what_was_current_at_a_time()
    {
        var created = await server.CreatedAsync(Sample.Patient("v1"));
        var versions = new List<string> { (string)created.Json["meta"]!["lastUpdated"]! };
        for (var i = 2; i <= 4; i++)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
            var reply = await server.PutAsync($"Patient/{created.Id}", Sample.Patient($"v{i}", created.Id));
            versions.Add((string)reply.Json["meta"]!["lastUpdated"]!);
        }

        (await VersionsAsync($"Patient/{created.Id}/_history?_at={versions[1]}")).ShouldBe(["2"], versions[1]);
        (await VersionsAsync($"Patient/{created.Id}/_history?_at={versions[3]}")).ShouldBe(["4"]);
        (await VersionsAsync($"Patient/{created.Id}/_history?_at=2000-01-01")).ShouldBeEmpty();
        (await VersionsAsync($"Patient/{created.Id}/_history?_at=2999-01-01")).ShouldBe(["4"]);
        (await VersionsAsync($"Patient/{created.Id}/_history?_at={versions[0][..4]}")).ShouldBe(["4", "3", "2", "1"]);
        (await VersionsAsync($"Patient/{created.Id}/_history?_since={versions[2]}")).ShouldBe(["4", "3"]);
        (await server.GetAsync($"Patient/{created.Id}/_history?_at=noon")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task A_types_history_at_a_time_has_each_record_once()
    {
        var one = await server.CreatedAsync("""{"resourceType":"Linkage","item":[{"type":"source","resource":{"reference":"Patient/a"}},{"type":"alternate","resource":{"reference":"Patient/c"}}]}""");
        var two = await server.CreatedAsync("""{"resourceType":"Linkage","item":[{"type":"source","resource":{"reference":"Patient/b"}},{"type":"alternate","resource":{"reference":"Patient/c"}}]}""");
        await server.PutAsync($"Linkage/{one.Id}", $$"""{"resourceType":"Linkage","id":"{{one.Id}}","item":[{"type":"alternate","resource":{"reference":"Patient/a"} },{"type":"source","resource":{"reference":"Patient/c"} }]}""");
        await server.SendAsync("DELETE", $"Linkage/{two.Id}");
        var page = await server.GetAsync("Linkage/_history?_at=2999-01-01");
        page.Ids.ShouldBe([one.Id]);
        ((string?)page.Json["entry"]![0]!["resource"]!["meta"]!["versionId"]).ShouldBe("2");
    }

    [Fact]
    public async Task A_list_chooses_what_a_history_tells()
    {
        var one = await server.CreatedAsync(Sample.Patient("One"));
        await server.PutAsync($"Patient/{one.Id}", Sample.Patient("Two", one.Id));
        var two = await server.CreatedAsync(Sample.Patient("Other"));
        var list = await server.CreatedAsync(
            $$"""{"resourceType":"List","status":"current","mode":"working","entry":[{"item":{"reference":"Patient/{{one.Id}}/_history/1"} },{"item":{"reference":"Patient/{{two.Id}}"} }]}""");
        (await server.GetAsync($"Patient/_history?_list={list.Id}")).Ids.ShouldBe([two.Id, one.Id]);
        (await server.GetAsync($"Observation/_history?_list={list.Id}")).Ids.ShouldBeEmpty();
        (await VersionsAsync($"_history?_list={list.Id}&_count=1")).ShouldBe(["1", "1"]);
        (await server.GetAsync("_history?_list=never-there")).Status.ShouldBe(404);
        (await server.GetAsync($"Patient/{one.Id}/_history?_list={list.Id}")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task What_never_was_has_no_history_and_nonsense_is_refused()
    {
        (await server.GetAsync("Patient/never-there/_history")).Status.ShouldBe(404);
        (await server.GetAsync("Patient/_history?_since=soon")).Status.ShouldBe(400);
        (await server.GetAsync("Patient/_history?colour=red")).Status.ShouldBe(400);
    }

    private async Task<List<string>> VersionsAsync(string first)
    {
        var versions = new List<string>();
        for (string? next = first; next is not null;)
        {
            var page = await server.GetAsync(next);
            page.Status.ShouldBe(200, page.Text);
            versions.AddRange((page.Json["entry"]?.AsArray() ?? []).Select(e => (string)e!["resource"]!["meta"]!["versionId"]!));
            next = (string?)page.Json["link"]!.AsArray().FirstOrDefault(l => (string?)l!["relation"] == "next")?["url"];
        }

        return versions;
    }

    /// <summary>Other journeys write to the same server meanwhile, so the record need not stand on the first page.</summary>
    private async Task<bool> IsInHistoryAsync(string first, string id)
    {
        for (string? next = first; next is not null;)
        {
            var page = await server.GetAsync(next);
            if (page.Text.Contains(id, StringComparison.Ordinal))
            {
                return true;
            }

            next = (string?)page.Json["link"]!.AsArray().FirstOrDefault(l => (string?)l!["relation"] == "next")?["url"];
        }

        return false;
    }
}
