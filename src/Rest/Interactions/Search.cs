using System.Buffers;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Store.Queries;

namespace Kangqiao.Rest.Interactions;

/// <summary>R4 search.html over one type, all types, or a compartment; GET and POST.</summary>
internal static class Search
{
    public static async ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        var asked = ask;
        if (ask.BodyKind == BodyKind.Form)
        {
            // R4 search.html#Introduction: what is in the address and what is in the form count alike.
            var all = new AskParameters();
            foreach (var pair in ask.Parameters.Pairs)
            {
                all.Add(pair);
            }

            if (all.Add(System.Text.Encoding.UTF8.GetString(ask.Body.Span)) is { } tooMany)
            {
                return Answer.Refused(tooMany);
            }

            asked = ask with { Parameters = all, Address = AddressOf(ask.Target) };
        }

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
    public static async ValueTask<Answer> OfAsync(
        RestRoom room, Ask ask, string? type, IReadOnlyList<KeyValuePair<string, string>> parameters, CompartmentAsk? compartment, CancellationToken cancel)
    {
        var options = new SearchOptions { IsLenient = ask.Prefer.IsLenient == true };
        if (!SearchRequestParser.Parse(room.Book, type, parameters, room.SearchContext(ask.Base), options, compartment).Try(out var request, out var problem)
            || !(await room.Planner.SearchAsync(request, ask.Caller.Reader, cancel)).Try(out var found, out problem))
        {
            return Answer.Refused(problem);
        }

        return new Answer(200) { Body = new SearchBundle(ask, request, found) };
    }

    // A page of a posted search is fetched with GET.
    private static string AddressOf(Target target) => target switch
    {
        { Compartment: { } compartment } => $"{compartment}/{target.Id}/{target.Type}",
        { Type: { } type } => type,
        _ => "",
    };

    private sealed class SearchBundle(Ask ask, SearchRequest request, SearchAnswer found) : IBody
    {
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
                bundle.BeginEntry();
                bundle.Resource(new JsonBody(Outcomes.Warning(Problems.Ignored(request.Ignored))));
                bundle.Search("outcome");
                bundle.EndEntry();
            }

            bundle.End();
        }
    }
}
