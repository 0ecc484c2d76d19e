using Kangqiao.Store.Postgres.Binding;
using Kangqiao.Store.Search;

namespace Kangqiao.Store.Postgres.Reading;

/// <summary>
/// How common the matches of a question are, known from a sample of records that is taken again as the store grows, in the
/// background. It decides how a page is asked, never what is in it.
/// </summary>
internal sealed class Densities(Connections connections) : IAsyncDisposable
{
    // Many places with few records each, so that few of them are of one patient.
    private const int Places = 128;
    private const int RecordsAtPlace = 256;
    private const string Taken = """
        SELECT s.place, r.x, array(SELECT l FROM unnest(tsvector_to_array(r.t)) AS l WHERE left(l, 1) NOT IN ('g', 'l'))
        FROM unnest($1::bigint[]) WITH ORDINALITY AS s(first, place)
        CROSS JOIN LATERAL (SELECT x, t FROM store.record WHERE number >= s.first ORDER BY number LIMIT $2) r
        """;

    /// <summary>Records of a chunk (<c>ChunkClock</c>).</summary>
    private const double InChunk = 4_096;

    /// <summary>Matches that the sample shows too few of to say more: then all are asked at once.</summary>
    private const int LeastMatches = 2;

    // Microseconds on the machine of docs/performance.md, of which only the proportions matter: a record read in the order of numbers, and
    // what it costs to compare it with each term; a match fetched from where it lies; a list of a chunk or wide chunk.
    private const double LookCost = 0.5;
    private const double TermCost = 0.1;
    private const double MatchCost = 2.5;
    private const double ListCost = 20;
    private const int MostLookedAt = 2_000;

    /// <summary>Beyond so many, lists cost more than they spare. Sixteen chunks are one list, but for stores whose chunks are not in wide ones.</summary>
    private const int MostChunks = 256;
    private const double ChunksInList = 8;

    /// <summary>So many times a page, because matches do not lie evenly.</summary>
    private const double Ample = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource end = new();
    private volatile RecordSample? sample;
    private int sampledAt;
    private int isSampling;
    private Task sampling = Task.CompletedTask;

    /// <summary>How to ask for a page of the first matches.</summary>
    public PageWay WayOf(TermQuery query, Chunks.Map map, int limit)
    {
        Look(map);
        if (query is TermQuery.AllRecords)
        {
            return PageWay.AtOnce;
        }

        if (sample is not { Size: > 0 } known)
        {
            return new(Math.Max(128, 2 * limit), 1);
        }

        // The store's own term is on all records; others that the sample does not hold are of few.
        var matches = known.Matches(query) ?? (IsOfAll(query) ? known.Size : 0);
        if (matches < LeastMatches)
        {
            return PageWay.AtOnce;
        }

        var density = (double)matches / known.Size;
        var looked = Ample * limit / density;
        var chunks = Math.Ceiling(Ample * limit / (density * InChunk));
        var lookCost = looked * (LookCost + (TermCost * TermsOf(query)));
        var walkCost = (Math.Ceiling(chunks / ChunksInList) * ListCost) + (Math.Max(density * InChunk, Ample * limit) * MatchCost);
        return looked <= MostLookedAt && lookCost < walkCost ? new((int)looked, 1)
            : chunks > MostChunks || density * InChunk * map.Count * MatchCost < 2 * walkCost ? PageWay.AtOnce
            : new(0, (int)chunks);
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await sampling;
        end.Dispose();
    }

    private static bool IsOfAll(TermQuery query) => query switch
    {
        TermQuery.Prefix prefix => prefix.Text[0] == 'l',
        TermQuery.Or or => or.Parts.Any(IsOfAll),
        TermQuery.And and => and.Parts.Any(IsOfAll) && and.Parts.All(part => part is TermQuery.Not || IsOfAll(part)),
        _ => false,
    };

    private static int TermsOf(TermQuery query) => query switch
    {
        TermQuery.And and => and.Parts.Sum(TermsOf),
        TermQuery.Or or => or.Parts.Sum(TermsOf),
        TermQuery.Not not => TermsOf(not.Part),
        _ => 1,
    };

    /// <summary>Begins another sample when the store has grown by half.</summary>
    private void Look(Chunks.Map map)
    {
        if (map.Count > (Volatile.Read(ref sampledAt) * 3 / 2) + 1 && Interlocked.Exchange(ref isSampling, 1) == 0)
        {
            Volatile.Write(ref sampledAt, map.Count);
            sampling = Task.Run(() => SampleAsync(map));
        }
    }

    private async Task SampleAsync(Chunks.Map map)
    {
        try
        {
            var taken = await connections.UseAsync<List<SampledRecord>>(
                async (connection, token) => await connection.Command(Taken).With(map.Spread(Places)).With(RecordsAtPlace)
                    .RowsAsync(row => new SampledRecord((int)row.GetInt64(0), row.GetFieldValue<long[]>(1), row.GetFieldValue<string[]>(2)), token, isPrepared: false),
                Patience, end.Token);
            if (taken.IsSuccess)
            {
                sample = new(taken.Value);
            }
        }
        catch (OperationCanceledException)
        {
            // The store is closing.
        }
        finally
        {
            Volatile.Write(ref isSampling, 0);
        }
    }
}
