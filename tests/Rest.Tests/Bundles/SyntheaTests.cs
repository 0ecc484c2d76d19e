using System.Text.Json.Nodes;

namespace Kangqiao.Rest.Tests.Bundles;

/// <summary>Whole patients as Synthea makes them, from the folder beside the project.</summary>
public sealed class SyntheaTests(RestServer server)
{
    public static TheoryData<string> Files()
    {
        var data = new TheoryData<string>();
        if (Folder() is { } folder)
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
            {
                data.Add(Path.GetFileName(file));
            }
        }
        else
        {
            data.Add("");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_patient_posted_as_a_transaction_is_read_back_whole(string file)
    {
        Assert.SkipUnless(file.Length > 0, "The Synthea bundles are not beside the project.");
        var sent = await File.ReadAllTextAsync(Path.Combine(Folder()!, file), TestContext.Current.CancellationToken);
        var reply = await server.PostAsync("", sent);
        reply.Status.ShouldBe(200, reply.Text.Length > 3000 ? reply.Text[..3000] : reply.Text);

        var entries = JsonNode.Parse(sent)!["entry"]!.AsArray();
        var locations = reply.Json["entry"]!.AsArray().Select(e => ((string)e!["response"]!["location"]!).Split("/_history")[0]).ToArray();
        locations.Length.ShouldBe(entries.Count);
        var names = entries.Zip(locations).ToDictionary(p => (string)p.First!["fullUrl"]!, p => p.Second);
        for (var i = 0; i < entries.Count; i += 7)
        {
            var expected = entries[i]!["resource"]!.ToJsonString();
            foreach (var (fullUrl, name) in names)
            {
                expected = expected.Replace($"\"reference\":\"{fullUrl}\"", $"\"reference\":\"{name}\"", StringComparison.Ordinal);
            }

            var read = (await server.GetAsync(locations[i])).Json.AsObject();
            var due = JsonNode.Parse(expected)!.AsObject();
            due["id"] = (string?)read["id"];
            read.Remove("meta");
            due.Remove("meta");
            JsonNode.DeepEquals(read, due).ShouldBeTrue($"{locations[i]}\n{read}\n{due}");
        }

        var patient = locations.First(l => l.StartsWith("Patient/", StringComparison.Ordinal));
        var observations = entries.Count(e => (string?)e!["resource"]!["resourceType"] == "Observation");
        var found = await server.GetAsync($"Observation?subject={patient}&_total=accurate&_count=5");
        ((int?)found.Json["total"]).ShouldBe(observations);
        var compartment = await server.GetAsync($"{patient}/Observation?_summary=count");
        ((int?)compartment.Json["total"]).ShouldBe(observations);
    }

    private static string? Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Kangqiao.slnx")))
            {
                var synthea = Path.Combine(folder.FullName, "..", "shared", "conformance", "synthea");
                return Directory.Exists(synthea) ? synthea : null;
            }
        }

        return null;
    }
}
