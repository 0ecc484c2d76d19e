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
    public async Task What_never_was_has_no_history_and_nonsense_is_refused()
    {
        (await server.GetAsync("Patient/never-there/_history")).Status.ShouldBe(404);
        (await server.GetAsync("Patient/_history?_since=soon")).Status.ShouldBe(400);
        (await server.GetAsync("Patient/_history?colour=red")).Status.ShouldBe(400);
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
