using Kangqiao.Store.Postgres.Binding;
using Npgsql;

namespace Kangqiao.Store.Postgres.Writing;

/// <summary>
/// Says how far a writer has committed. A span is widened as long as one commit follows another; after a pause the next
/// begins, so that a follower who has come to the end of one need not walk through what others wrote in the pause.
/// </summary>
internal sealed class SpanWriter(short writer)
{
    private const long LongestPause = 60_000;
    private const string Begin = "INSERT INTO store.span (w, first, last) VALUES ($1, $2, $3) ON CONFLICT (w, first) DO UPDATE SET last = $3";
    private const string Widen = "UPDATE store.span SET last = $3 WHERE w = $1 AND first = $2";

    private long first;
    private long last;
    private (long First, long Last) coming;

    /// <summary>Starts a transaction; what one before it had in mind, and did not commit, never was.</summary>
    public void Open() => coming = (first, last);

    /// <summary>Adds the statement that makes the transaction's sequences known.</summary>
    public void Add(NpgsqlBatch batch, long from, long upTo)
    {
        var isNext = first == 0 || Moment.MillisecondsOf(upTo) - Moment.MillisecondsOf(last) > LongestPause;
        coming = (isNext ? from : first, upTo);
        batch.Add(isNext ? Begin : Widen).With(writer).With(coming.First).With(coming.Last);
    }

    public void Committed() => (first, last) = coming;
}
