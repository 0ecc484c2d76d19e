using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Records;

namespace Kangqiao.Rest.Bundles;

/// <summary>What is posted to the base: a batch or a transaction (R4 http.html#transaction).</summary>
internal static class PostedBundle
{
    public static async ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        if (ask.IsEntry)
        {
            return Answer.Refused(Problems.BadEntryMethod("a bundle"));
        }

        using var bench = room.Rent();
        var unreadable = bench.Read(ask.Body);
        if (!bench.Document.IsUsable)
        {
            return unreadable ?? Answer.Refused(Problems.NotABundle());
        }

        var bundle = bench.Document.Root;
        var type = bundle.Type.Name == "Bundle" ? bundle.ChildText("type") : null;
        if (type is not ("batch" or "transaction"))
        {
            return unreadable ?? Answer.Refused(Problems.NotABundle());
        }

        var entries = 0;
        foreach (var _ in bundle.ChildrenNamed("entry"))
        {
            if (++entries > room.Options.MostBundleEntries)
            {
                return Answer.Refused(Problems.BundleTooLarge(room.Options.MostBundleEntries));
            }
        }

        return type == "batch"
            ? await Batch.RunAsync(room, ask, bench, cancel)
            : unreadable ?? await new Transaction(room, ask, bench, entries).RunAsync(cancel);
    }
}
