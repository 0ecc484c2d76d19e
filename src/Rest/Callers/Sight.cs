using Kangqiao.Kernel;
using Kangqiao.Store;
using Kangqiao.Store.Queries;
using Kangqiao.Store.Search;

namespace Kangqiao.Rest.Callers;

/// <summary>
/// The one place that says whether a single version may go to somebody who is not asking now: the receiver of an export's file or
/// of a notification. It is the predicate of searches, asked of that version's terms.
/// </summary>
internal sealed class Sight(RestRoom room, Caller caller)
{
    private readonly ReaderPredicate reader = caller.Reader;

    public bool SeesAll => reader.IsUnrestricted;

    public async ValueTask<Outcome<bool>> SeesAsync(StoredRecord record, CancellationToken cancel)
    {
        if (reader.IsUnrestricted || reader.Query is TermQuery.NoRecord)
        {
            return reader.IsUnrestricted;
        }

        using var bench = room.Rent();
        if (!(await bench.AgainAsync(record, cancel)).Try(out var prepared, out var problem))
        {
            return problem;
        }

        var terms = new byte[prepared.Terms.Length + 1 + StoreTerms.UpdatedLength];
        prepared.Terms.Span.CopyTo(terms);
        terms[prepared.Terms.Length] = (byte)' ';
        StoreTerms.WriteUpdated(record.Instant, terms.AsSpan(prepared.Terms.Length + 1));
        return TermMatch.Matches(reader.Query, terms);
    }
}
