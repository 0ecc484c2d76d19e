using System.Buffers;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Callers;
using Kangqiao.Rest.Interactions;
using Kangqiao.Rest.Records;
using Kangqiao.Standard.Making;
using Kangqiao.Store;

namespace Kangqiao.Rest.Bundles;

/// <summary>
/// Entries that succeed or fail each for itself (R4 http.html#brules). They are done side by side, so that one group commit serves many:
/// "there SHALL be no interdependencies between the different entries".
/// </summary>
internal static class Batch
{
    public static async ValueTask<Answer> RunAsync(RestRoom room, Ask ask, Workbench bench, CancellationToken cancel)
    {
        if (OutsideOfResources(bench.Findings) is { } broken)
        {
            return Answer.Findings(broken, 400);
        }

        var entries = new List<Element>();
        foreach (var entry in bench.Document.Root.ChildrenNamed("entry"))
        {
            entries.Add(entry);
        }

        var answers = new Answer[entries.Count];

        // Deletions first and readings last, as in a transaction: a batch that deletes and creates anew is then well defined.
        foreach (var phase in Enumerable.Range(0, entries.Count).GroupBy(i => Phase(entries[i])).OrderBy(g => g.Key))
        {
            await Parallel.ForEachAsync(
                phase,
                new ParallelOptions { MaxDegreeOfParallelism = room.Options.BatchWidth, CancellationToken = cancel },
                async (i, stop) => answers[i] = await OneAsync(room, ask, entries[i], stop));
        }

        return new Answer(200) { Body = new ResponseBundle("batch-response", ask.Base, answers) };
    }

    private static async ValueTask<Answer> OneAsync(RestRoom room, Ask ask, Element entry, CancellationToken cancel)
    {
        if (!EntryAsk.Of(ask, entry).Try(out var one, out var problem))
        {
            return Answer.Refused(problem);
        }

        return InteractionTable.Find(one.Method, one.Target, out var refused) is not { } interaction ? refused!
            : Gate.Refusal(room, interaction, one) is { } closed ? Answer.Refused(closed)
            : Cut(one, await interaction.Handle(room, one, cancel));
    }

    /// <summary>_summary and _elements of one reading: around the whole bundle nobody would see them.</summary>
    public static Answer Cut(Ask one, Answer answer)
    {
        if (one.Method is not ("GET" or "HEAD") || answer.IsOutcome || answer.Body is not { } body)
        {
            return answer;
        }

        if (!Subset.Of(one.Parameters).Try(out var subset, out var problem))
        {
            return Answer.Refused(problem);
        }

        if (subset is null)
        {
            return answer;
        }

        var json = new ArrayBufferWriter<byte>(4096);
        body.Write(json);
        return answer with { Body = new JsonBody(subset.Of(json.WrittenMemory)) { Records = body.Records } };
    }

    private static int Phase(Element entry) => entry.Child("request") is { Exists: true } request
        ? request.ChildText("method") switch { "DELETE" => 0, "POST" => 1, "PUT" or "PATCH" => 2, _ => 3 }
        : 3;

    /// <summary>What is wrong with a resource is its entry's own affair; what is wrong around them is the bundle's.</summary>
    private static FindingList? OutsideOfResources(FindingList findings)
    {
        if (!findings.HasErrors)
        {
            return null;
        }

        var outside = new FindingList();
        foreach (var finding in findings.Items)
        {
            if (!finding.Path.Contains("].resource", StringComparison.Ordinal))
            {
                outside.Add(finding);
            }
        }

        return outside.HasErrors ? outside : null;
    }
}

/// <summary>The answers to a bundle, in the order of its entries.</summary>
internal sealed class ResponseBundle(string type, string baseAddress, IReadOnlyList<Answer> answers) : IBody
{
    public IReadOnlyList<Answer> Answers => answers;

    public IEnumerable<StoredRecord> Records => answers.SelectMany(a => a.Body?.Records ?? []);

    public void Write(IBufferWriter<byte> output)
    {
        var bundle = new BundleWriter(output, baseAddress);
        bundle.Begin(type);
        foreach (var answer in answers)
        {
            bundle.BeginEntry();
            if (answer.Body is { } body && !answer.IsOutcome)
            {
                bundle.Resource(body);
            }

            bundle.Response(answer.Status, answer.Location, answer.Version, answer.LastModified, answer.IsOutcome ? answer.Body : null);
            bundle.EndEntry();
        }

        bundle.End();
    }
}
