using System.Text.Json;

namespace Kangqiao.Rest.Tests.Bundles;

/// <summary>The published examples of R4, sent as batches.</summary>
public sealed class ExamplesTests(RestServer server)
{
    private const int MostEntries = 100;
    private const long MostBytes = 12_000_000;

    [Fact]
    public async Task All_published_examples_load_but_for_those_that_are_truly_wrong()
    {
        var folder = Folder();
        Assert.SkipUnless(Directory.Exists(folder), "The published examples are not restored: build tests/Fhir.Tests first.");
        var wrong = (await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "Bundles", "wrong-examples.txt"), TestContext.Current.CancellationToken))
            .Select(l => l.Split(' ')[0]).Order(StringComparer.Ordinal).ToArray();

        var refused = new SortedSet<string>(StringComparer.Ordinal);
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
                }
                else
                {
                    refused.Add(sent.Key);
                }
            }
        }

        refused.ShouldBe(wrong);
        accepted.ShouldBeGreaterThan(5200);
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
