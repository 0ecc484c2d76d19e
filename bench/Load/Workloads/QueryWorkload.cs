using System.Text;
using System.Text.Json;
using Kangqiao.Bench.Load.Truth;
using Kangqiao.Bench.Load.Wire;

namespace Kangqiao.Bench.Load.Workloads;

/// <summary>Each client asks one question after another, family after family, and compares the hits with the truth.</summary>
internal sealed class QueryWorkload(LoadPlan plan, CityTruth truth, IReadOnlyList<QuestionFamily> families) : IWorkload
{
    public async Task<string?> PrepareAsync(LoadClient client)
    {
        if (families.Count == 0)
        {
            return "No family of questions has that name.";
        }

        foreach (var patient in truth.Sample)
        {
            await client.AskAsync(HttpMethod.Get, $"/Patient?identifier={Escape.Token("https://shaped.example/synthetic", patient.Id.ToString())}");
            if (!client.Reply.IsGood)
            {
                return $"The server does not find patients by identifier: {client.Reply.Status} {Mishap.Of(client.Reply)}";
            }

            patient.ServerId = FirstId(client.Reply.Body);
            if (patient.ServerId is null && plan.IsViewer)
            {
                // Not for this viewer to see; loaded with --form put it has the city's own id.
                patient.ServerId = patient.Id.ToString();
            }

            if (patient.ServerId is null)
            {
                return $"Patient {patient.Number} of the city is not on the server: load it with the same --seed and --patients first.";
            }
        }

        return null;
    }

    public async Task<bool> RoundAsync(LoadClient client)
    {
        // Clients begin with different families, so that not all ask the same at once.
        var family = families[(client.Number + client.Turn++) % families.Count];
        var question = family.Draw(ref client.Random);
        if (!await client.SendAsync(family.Name, HttpMethod.Get, question.Path))
        {
            if (client.IsThrottled)
            {
                await client.WaitAsAskedAsync();
            }

            return true;
        }

        var tally = client.Tally.Of(family.Name);
        tally.Found += question.Matches;
        if ((plan.IsViewer ? question.TooMuch(BundleGlance.At(client.Reply.Body)) : question.Wrong(BundleGlance.At(client.Reply.Body))) is { } wrong)
        {
            tally.NotRight($"{Uri.UnescapeDataString(question.Path)}: {wrong}");
        }
        else
        {
            tally.Right();
        }

        return true;
    }

    private static string? FirstId(ReadOnlySpan<byte> bundle)
    {
        try
        {
            using var json = JsonDocument.Parse(Encoding.UTF8.GetString(bundle));
            return json.RootElement.TryGetProperty("entry", out var entries)
                && entries.GetArrayLength() > 0
                && entries[0].TryGetProperty("resource", out var first)
                && first.TryGetProperty("id", out var id)
                    ? id.GetString()
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
