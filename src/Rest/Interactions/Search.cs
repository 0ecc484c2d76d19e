using System.Buffers;
using Kangqiao.Kernel;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Callers;
using Kangqiao.Store;
using Kangqiao.Store.Queries;

namespace Kangqiao.Rest.Interactions;

/// <summary>R4 search.html over one type, all types, or a compartment; GET and POST.</summary>
internal static class Search
{
    public static async ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        // A page of a posted search is fetched with GET.
        var asked = ask.BodyKind == BodyKind.Form ? ask with { Address = AddressOf(ask.Target) } : ask;
        var target = ask.Target;
        return await OfAsync(
            room,
            asked,
            target.Type == "*" ? null : target.Type,
            asked.Parameters.Pairs,
            target.Compartment is { } compartment ? new CompartmentAsk(compartment, [target.Id!]) : null,
            cancel);
    }

    /// <summary>Runs a search and answers with its page.</summary>
    /// <param name="ask">Its address and parameters become the links.</param>
    /// <param name="options">Null for those of a plain search.</param>
    /// <param name="isShown">Leaves entries out of the answer; null for none.</param>
    public static async ValueTask<Answer> OfAsync(
        RestRoom room,
        Ask ask,
        string? type,
        IReadOnlyList<KeyValuePair<string, string>> parameters,
        CompartmentAsk? compartment,
        CancellationToken cancel,
        SearchOptions? options = null,
        Func<FoundRecord, bool>? isShown = null)
    {
        options ??= new SearchOptions { IsLenient = ask.Prefer.IsLenient == true };
        if (!(await ask.SightAsync(room, cancel)).Try(out var sight, out var problem)
            || MaskedQuestion.Refusal(room, ask.Caller, type, parameters) is { } masked && (problem = masked) is not null
            || !(await ValueSetNames.ResolveAsync(sight, ask.Base, parameters, cancel)).Try(out var resolved, out problem)
            || !SearchRequestParser.Parse(room.Book, type, resolved, room.SearchContext(ask.Base), options, compartment).Try(out var request, out problem)
            || !(await sight.SearchAsync(request, cancel)).Try(out var found, out problem))
        {
            return Answer.Refused(problem);
        }

        if (isShown is not null)
        {
            found = found with { Entries = [.. found.Entries.Where(isShown)] };
        }

        return new Answer(200)
        {
            Body = new SearchBundle(ask, request, found, sight.IsPartial, await room.Index.WarningAsync()),
            Applied = ask.Prefer.IsLenient switch { true => "handling=lenient", false => "handling=strict", _ => null },
        };
    }

    private static string AddressOf(Target target) => target switch
    {
        { Compartment: { } compartment } => $"{compartment}/{target.Id}/{target.Type}",
        { Type: { } type } => type,
        _ => "",
    };

    /// <param name="warning">What the searcher must know of the answer; null for nothing.</param>
    private sealed class SearchBundle(Ask ask, SearchRequest request, SearchAnswer found, bool isPartial, Problem? warning) : IBody
    {
        public IEnumerable<StoredRecord> Records => found.Entries.Select(e => e.Record);

        public void Write(IBufferWriter<byte> output)
        {
            var bundle = new BundleWriter(output, ask.Base);
            bundle.Begin("searchset", found.Total);
            bundle.Link("self", Links.Of(ask, null, null, request.Ignored));
            if (found.Next is { } next)
            {
                bundle.Link("next", Links.Of(ask, SearchRequestParser.PageParameter, next, request.Ignored));
            }

            foreach (var (record, isMatch) in found.Entries)
            {
                bundle.BeginEntry();
                bundle.FullUrl(record.Key);
                bundle.Resource(record);
                bundle.Search(isMatch ? "match" : "include");
                bundle.EndEntry();
            }

            if (request.Ignored.Count > 0)
            {
                Say(bundle, Problems.Ignored(request.Ignored));
            }

            if (isPartial)
            {
                Say(bundle, Problems.OwnRecordsOnly());
            }

            if (warning is not null)
            {
                Say(bundle, warning);
            }

            bundle.End();
        }

        private static void Say(BundleWriter bundle, Problem problem)
        {
            bundle.BeginEntry();
            bundle.Resource(new JsonBody(Outcomes.Warning(problem)));
            bundle.Search("outcome");
            bundle.EndEntry();
        }
    }
}
