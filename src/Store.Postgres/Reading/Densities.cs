using System.Collections.Frozen;
using Kangqiao.Store.Postgres.Binding;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;
using Npgsql;

namespace Kangqiao.Store.Postgres.Reading;

/// <summary>
/// How common terms are, known from a sample of records that is taken again as the store grows, in the background. It decides how
/// a page is asked, never what is in it.
/// </summary>
internal sealed class Densities(Connections connections) : IAsyncDisposable
{
    // Many places with few records each: what belongs to one patient lies together and is common only there.
    private const int Places = 64;
    private const int RecordsAtPlace = 256;
    private const int LeastPlaces = 3;
    private const string Sample = """
        SELECT h, sum(n)::bigint FROM (
          SELECT s.first, h, count(*) AS n FROM unnest($1::bigint[]) AS s(first)
          CROSS JOIN LATERAL (SELECT x FROM store.record WHERE number >= s.first ORDER BY number LIMIT $2) r
          CROSS JOIN LATERAL unnest(r.x) AS h WHERE h < 0 GROUP BY s.first, h) u
        GROUP BY h HAVING count(*) >= $3
        """;

    /// <summary>Records of a chunk (<c>ChunkClock</c>).</summary>
    private const double InChunk = 4_096;

    /// <summary>Of a term that the sample does not show: less than it could show.</summary>
    private const double Rare = 2e-5;

    /// <summary>Of a term kept as text, of which there is no sample: names and the like, of the fewer types.</summary>
    private const double OfText = 3e-4;

    // Microseconds on the machine of docs/performance.md, and only their proportions matter: finding a chunk's list, and fetching a match.
    private const double ChunkCost = 5;
    private const double MatchCost = 0.8;
    private const double LookCost = 0.4;
    private const double TermCost = 0.1;
    private const int MostLookedAt = 2_000;
    private const int MostChunks = 48;

    /// <summary>So many times a page, because matches do not lie evenly.</summary>
    private const double Ample = 2.5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource end = new();
    private volatile FrozenDictionary<long, double>? known;
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

        if (known is not { } sample)
        {
            return new(Math.Max(128, 2 * limit), 1);
        }

        // Each way's cost, as far as it fills the page; the cheapest that does not rest on luck.
        var density = Math.Max(Of(query, sample), 1e-9);
        var all = density * InChunk * map.Count;
        var chunks = Math.Ceiling(Ample * limit / (density * InChunk));
        var looked = Ample * limit / density;
        var lookCost = looked * (LookCost + (TermCost * TermsOf(query)));
        var walkCost = (chunks * ChunkCost) + (Math.Max(density * InChunk, Ample * limit) * MatchCost);
        return looked <= MostLookedAt && lookCost < walkCost ? new((int)looked, 1)
            : all * MatchCost < 2 * walkCost ? PageWay.AtOnce
            : new(0, (int)Math.Min(chunks, MostChunks));
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await sampling;
        end.Dispose();
    }

    private static double Of(TermQuery query, FrozenDictionary<long, double> sample)
    {
        switch (query)
        {
            case TermQuery.Term term:
                return WholeTerms.IsOne(term.Text) ? sample.GetValueOrDefault(TermColumns.HashOf(term.Text), Rare) : OfText;
            case TermQuery.Prefix prefix:
                return prefix.Text[0] == 'l' ? 1
                    : WholeTerms.With(prefix.Text) is { } whole ? Math.Min(1, whole.Sum(one => sample.GetValueOrDefault(TermColumns.HashOf(one), Rare)))
                    : OfText;
            case TermQuery.Or or:
                return Math.Min(1, or.Parts.Sum(part => Of(part, sample)));
            case TermQuery.And and:
                return OfAll(and, sample);
            default:
                return 1;
        }
    }

    private static int TermsOf(TermQuery query) => query switch
    {
        TermQuery.And and => and.Parts.Sum(TermsOf),
        TermQuery.Or or => or.Parts.Sum(TermsOf),
        TermQuery.Not not => TermsOf(not.Part),
        _ => 1,
    };

    /// <summary>What is asked together often lies together: each further condition counts with half the exponent of the one before.</summary>
    private static double OfAll(TermQuery.And and, FrozenDictionary<long, double> sample)
    {
        var (density, exponent) = (1.0, 1.0);
        foreach (var one in and.Parts.Where(part => part is not TermQuery.Not).Select(part => Of(part, sample)).Order())
        {
            density *= Math.Pow(one, exponent);
            exponent /= 2;
        }

        return density;
    }

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
            var outcome = await connections.UseAsync<FrozenDictionary<long, double>>(
                async (connection, token) =>
                {
                    var firsts = map.Spread(Places);
                    var found = await connection.Command(Sample).With(firsts).With(RecordsAtPlace).With(LeastPlaces)
                        .RowsAsync(row => (Hash: row.GetInt64(0), Count: row.GetInt64(1)), token, isPrepared: false);
                    return found.ToFrozenDictionary(one => one.Hash, one => one.Count / (double)(firsts.Length * RecordsAtPlace));
                },
                Patience, end.Token);
            if (outcome.IsSuccess)
            {
                known = outcome.Value;
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
