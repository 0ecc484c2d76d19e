using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Search;
using Kangqiao.Host.Loading;
using Kangqiao.Store.Tests.Queries;

namespace Kangqiao.Rest.Tests.Bundles;

/// <summary>The published examples of R4, sent as batches.</summary>
public sealed class ExamplesTests(ITestOutputHelper output)
{
    // Thousands of concepts of one code system, or of value sets with the same publisher, are all of one kind.
    private const int MostOfOneRecord = 12;
    private const int MostOfAType = 100;
    private const int MostQuestions = 400;
    private const int MostEntries = 100;
    private const long MostBytes = 12_000_000;

    /// <summary>A bundle that deletes, which the door does not: it is for records that come.</summary>
    private const string Deleting = "Bundle/bundle-transaction";

    [Fact]
    public async Task All_published_examples_load_but_for_those_that_are_truly_wrong()
    {
        var folder = Folder();
        Assert.SkipUnless(Directory.Exists(folder), "The published examples are not restored: build tests/Fhir.Tests first.");
        var wrong = (await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "Bundles", "wrong-examples.txt"), TestContext.Current.CancellationToken))
            .Select(l => l.Split(' ')[0]).Order(StringComparer.Ordinal).ToArray();

        // A server of its own: what others write beside must not be found.
        await using var server = new RestServer();
        await server.InitializeAsync();
        var refused = new SortedSet<string>(StringComparer.Ordinal);
        var loaded = new List<(string Key, string Json)>();
        var accepted = 0;
        foreach (var batch in Batches(folder))
        {
            var reply = await server.PostAsync("", Sample.Bundle("batch", [.. batch.Select(e => Sample.Entry("PUT", e.Key, e.Json))]));
            reply.Status.ShouldBe(200, reply.Text.Length > 2000 ? reply.Text[..2000] : reply.Text);
            foreach (var (sent, answered) in batch.Zip(reply.Json["entry"]!.AsArray()))
            {
                var status = (string)answered!["response"]!["status"]!;
                if (status[0] == '2')
                {
                    accepted++;
                    loaded.Add(sent);
                }
                else
                {
                    refused.Add(sent.Key);
                }
            }
        }

        refused.ShouldBe(wrong);
        accepted.ShouldBeGreaterThan(5200);
        await EverySearchValueFindsItsCarrierAsync(bundle => server.PostAsync("", bundle), loaded);
        await EveryRecordGoesOutAsXmlAndComesBackTheSameAsync(server, loaded);
    }

    [Fact]
    public async Task The_command_load_takes_all_published_examples_as_NDJSON_and_every_search_value_finds_its_carrier()
    {
        Assert.SkipUnless(Directory.Exists(Folder()), "The published examples are not restored: build tests/Fhir.Tests first.");
        var cancel = TestContext.Current.CancellationToken;
        var data = Directory.CreateTempSubdirectory("kangqiao-examples-").FullName;
        try
        {
            var lines = Path.Combine(data, "examples.ndjson");
            await File.WriteAllLinesAsync(lines, Batches(Folder()).SelectMany(batch => batch).Select(one => JsonNode.Parse(one.Json)!.ToJsonString()), cancel);
            var log = new StringWriter();
            await using (var door = (await OwnDoor.OpenAsync(data, null, TimeProvider.System, cancel)).Value)
            {
                var result = (await new Loader(door, log).RunAsync(LoadPlan.Of([lines]), null, cancel)).Value;
                output.WriteLine(result.ToText());
            }

            await using var server = await OwnServer.StartAsync(folder: data);

            // What waits in quarantine is what is truly wrong, and what the door does not do.
            var quarantine = (await server.SendAsync("GET", "../door/quarantine?count=100")).Json["entries"]!.AsArray().Select(e => (string)e!["source"]!).ToList();
            var wrong = (await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "Bundles", "wrong-examples.txt"), cancel)).Select(l => l.Split(' ')[0]);
            quarantine.ShouldNotBeEmpty();
            quarantine.Except(wrong).ShouldBe([Deleting]);
            while (!(await server.SendAsync("GET", "$reindex")).Text.Contains("\"done\"", StringComparison.Ordinal) || (await server.SendAsync("GET", "?_count=1")).Text.Contains("RST073", StringComparison.Ordinal))
            {
                await Task.Delay(200, cancel);
            }

            var loaded = new List<(string Key, string Json)>();
            for (var next = "?_count=1000"; next is not null;)
            {
                var page = (await server.SendAsync("GET", next)).Json;
                loaded.AddRange(page["entry"]!.AsArray().Select(e => ($"{e!["resource"]!["resourceType"]}/{e["resource"]!["id"]}", e["resource"]!.ToJsonString())));
                var link = (string?)page["link"]!.AsArray().FirstOrDefault(l => (string?)l!["relation"] == "next")?["url"];
                next = link is null ? null : new Uri(link).PathAndQuery["/fhir".Length..].TrimStart('/');
            }

            loaded.Count.ShouldBeGreaterThan(13_000);
            await EverySearchValueFindsItsCarrierAsync(bundle => server.SendAsync("POST", "", bundle), loaded);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private async Task EverySearchValueFindsItsCarrierAsync(Func<string, Task<Reply>> post, List<(string Key, string Json)> loaded)
    {
        var questions = new List<string>();
        var parameters = new HashSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var forms = new Dictionary<string, int>(StringComparer.Ordinal);
        var values = new IndexValues();
        foreach (var (key, json) in loaded)
        {
            var root = FhirDocument.Read(Encoding.UTF8.GetBytes(json), new FindingList()).Root;
            SearchPlan.Of(root.Type).Index(root, values);
            var ofRecord = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var (name, value) in ValueQuestions.Of(values))
            {
                // "Greater than its own value" finds others.
                if (value.StartsWith("gt", StringComparison.Ordinal) || value.StartsWith("ne", StringComparison.Ordinal) || value.Length > 1000)
                {
                    continue;
                }

                var form = $"{root.Type.Name}?{name}";
                var count = ofRecord[name] = ofRecord.GetValueOrDefault(name) + 1;
                var asked = forms[form] = forms.GetValueOrDefault(form) + 1;
                if (count <= MostOfOneRecord && asked <= MostOfAType && seen.Add($"{form}={value}"))
                {
                    parameters.Add($"{root.Type.Name}?{name.Split(':')[0]}");
                    questions.Add($"{form}={Uri.EscapeDataString(value)}&_id={key.Split('/')[1]}&_summary=count");
                }
            }
        }

        var wrong = new List<string>();
        foreach (var piece in questions.Chunk(MostQuestions))
        {
            var reply = await post(Sample.Bundle("batch", [.. piece.Select(q => Sample.Entry("GET", q))]));
            foreach (var (question, answer) in piece.Zip(reply.Json["entry"]!.AsArray()))
            {
                if ((int?)answer!["resource"]?["total"] != 1)
                {
                    wrong.Add($"{question}: {answer.ToJsonString()}");
                }
            }
        }

        output.WriteLine($"{loaded.Count} records, {parameters.Count} parameters of types, {questions.Count} questions");
        wrong.Take(30).ShouldBeEmpty($"{wrong.Count} of {questions.Count}");
        parameters.Count.ShouldBeGreaterThan(1200);
        questions.Count.ShouldBeGreaterThan(12_000);
    }

    private async Task EveryRecordGoesOutAsXmlAndComesBackTheSameAsync(RestServer server, List<(string Key, string Json)> loaded)
    {
        var wrong = new System.Collections.Concurrent.ConcurrentBag<string>();
        await Parallel.ForEachAsync(loaded, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (one, _) =>
        {
            var xml = await server.GetAsync(one.Key, ("Accept", "application/fhir+xml"));
            var back = await server.PutAsync(one.Key, xml.Text, ("Content-Type", "application/fhir+xml"), ("Prefer", "return=minimal"));

            var now = await server.GetAsync(one.Key);
            var difference = xml.Status != 200 || back.Status != 200
                ? $"{xml.Status}, {back.Status} {(back.Text.Length > 300 ? back.Text[..300] : back.Text)}"
                : SameResource.Difference(JsonNode.Parse(one.Json), now.Json);
            if (difference is not null)
            {
                wrong.Add($"{one.Key}: {(difference.Length > 400 ? difference[..400] : difference)}");
            }
        });
        output.WriteLine($"{loaded.Count} records went out as XML and came back; {wrong.Count} differ");
        wrong.Take(20).ShouldBeEmpty($"{wrong.Count} of {loaded.Count}");
    }

    private static IEnumerable<List<(string Key, string Json)>> Batches(string folder)
    {
        var batch = new List<(string Key, string Json)>();
        var size = 0L;
        foreach (var file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            var json = File.ReadAllText(file);
            using var parsed = JsonDocument.Parse(json);
            if (!parsed.RootElement.TryGetProperty("resourceType", out var type))
            {
                continue;
            }

            if (batch.Count == MostEntries || size + json.Length > MostBytes)
            {
                yield return batch;
                batch = [];
                size = 0;
            }

            batch.Add(($"{type.GetString()}/{parsed.RootElement.GetProperty("id").GetString()}", json));
            size += json.Length;
        }

        yield return batch;
    }

    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Kangqiao.slnx")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder!.FullName, "tools", "npm", "node_modules", "hl7.fhir.r4.examples");
    }
}
