using System.Buffers;
using System.Globalization;
using Kangqiao.Kernel;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Interactions.Terminology;
using Kangqiao.Store;
using Kangqiao.Store.Queries;

namespace Kangqiao.Rest.Interactions;

/// <summary>
/// Observation/$lastn (R4 observation-operation-lastn.html): the newest of each code, by the usual search parameters. Codes are one
/// when an observation has them both.
/// </summary>
internal static class LastN
{
    private const int Largest = 1000;

    public static async ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        using var bench = room.Rent();
        if (OperationInput.Read(ask, bench, out var input) is { } refused)
        {
            return refused;
        }

        var max = 1;
        var criteria = new List<KeyValuePair<string, string>>();
        foreach (var (name, value) in input.All())
        {
            if (name is "max")
            {
                if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out max) || max is < 1 or > Largest)
                {
                    return Answer.Refused(Problems.BadParameter(name, value, $"a whole number from 1 to {Largest}"));
                }
            }
            else if (name is not ("_format" or "_pretty" or "_summary" or "_elements" or "_count" or "_sort" or "_total"))
            {
                criteria.Add(new(name, value));
            }
        }

        if (!criteria.Exists(c => Base(c.Key) is "patient" or "subject")
            || !criteria.Exists(c => Base(c.Key) is "category" or "_filter" || Base(c.Key).Contains("code", StringComparison.Ordinal)))
        {
            return Answer.Refused(Problems.LastNeedsSubject());
        }

        var options = new SearchOptions { IsLenient = ask.Prefer.IsLenient == true };
        return (await ask.SightAsync(room, cancel)).Try(out var sight, out var problem)
            && (await ValueSetNames.ResolveAsync(sight, ask.Base, criteria, cancel)).Try(out var resolved, out problem)
            && SearchRequestParser.Parse(room.Book, "Observation", resolved, room.SearchContext(ask.Base), options).Try(out var request, out problem)
            && (await sight.LastAsync(request, new LastOfEach("code", "date", max), cancel)).Try(out var found, out problem)
                ? new Answer(200) { Body = new FoundBundle(ask, found) }
                : Answer.Refused(problem!);
    }

    private static string Base(string name) => name.Split(':', '.')[0];

    private sealed class FoundBundle(Ask ask, IReadOnlyList<StoredRecord> found) : IBody
    {
        public IEnumerable<StoredRecord> Records => found;

        public void Write(IBufferWriter<byte> output)
        {
            var bundle = new BundleWriter(output, ask.Base);
            bundle.Begin("searchset", found.Count);
            bundle.Link("self", $"{ask.Base}/{ask.Address}");
            foreach (var record in found)
            {
                bundle.BeginEntry();
                bundle.FullUrl(record.Key);
                bundle.Resource(record);
                bundle.Search("match");
                bundle.EndEntry();
            }

            bundle.End();
        }
    }
}
