using System.Collections.Frozen;
using System.Runtime.InteropServices;
using Kangqiao.Store.Postgres.Binding;
using Npgsql;

namespace Kangqiao.Store.Postgres.Writing;

/// <summary>
/// Says in each transaction how it changes the hits of the terms that are counted (<see cref="TermCounts"/>): one row a
/// transaction, and now and then all rows of this writer in one go into its sums.
/// </summary>
internal sealed class HitsWriter(short writer)
{
    /// <summary>Rows that a count reads besides the sums.</summary>
    private const int MostRows = 32;

    private const string Left = "SELECT terms, changes FROM store.hits_change WHERE w = $1";
    private const string AddRow = "INSERT INTO store.hits_change (w, n, terms, changes) VALUES ($1, $2, $3, $4)";
    private const string DropRows = "DELETE FROM store.hits_change WHERE w = $1";
    private const string AddSums = """
        INSERT INTO store.hits AS h (w, term, n) SELECT $1, u.term, u.n FROM unnest($2::bigint[], $3::bigint[]) AS u(term, n)
        ON CONFLICT (term, w) DO UPDATE SET n = h.n + excluded.n
        """;

    private readonly Dictionary<long, long> told = [];
    private readonly Dictionary<long, int> coming = [];
    private FrozenSet<long> terms = FrozenSet<long>.Empty;
    private int rows;
    private bool isSummed;

    /// <summary>Takes up what the last to write under this number left.</summary>
    public async Task TakeUpAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        foreach (var (terms, changes) in await connection.Command(Left).With(writer)
            .RowsAsync(row => (row.GetFieldValue<long[]>(0), row.GetFieldValue<int[]>(1)), cancel))
        {
            Take(terms.Zip(changes));
        }
    }

    /// <summary>Starts a transaction; what one before it had in mind, and did not commit, never was.</summary>
    /// <param name="counted">As they are behind the gate.</param>
    public void Open(FrozenSet<long> counted)
    {
        terms = counted;
        coming.Clear();
    }

    /// <summary>A record's terms come (1) or go (-1).</summary>
    public void Add(ReadOnlySpan<long> hashes, int sign)
    {
        if (terms.Count == 0)
        {
            return;
        }

        foreach (var hash in hashes)
        {
            if (terms.Contains(hash))
            {
                CollectionsMarshal.GetValueRefOrAddDefault(coming, hash, out _) += sign;
            }
        }
    }

    /// <summary>Adds the statements that say it.</summary>
    public void AddTo(NpgsqlBatch batch)
    {
        var changes = coming.Where(one => one.Value != 0).ToArray();
        isSummed = changes.Length > 0 && rows + 1 >= MostRows;
        if (isSummed)
        {
            var sums = new Dictionary<long, long>(told);
            foreach (var (term, change) in changes)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(sums, term, out _) += change;
            }

            batch.Add(DropRows).With(writer);
            batch.Add(AddSums).With(writer).With(sums.Keys.ToArray()).With(sums.Values.ToArray());
        }
        else if (changes.Length > 0)
        {
            batch.Add(AddRow).With(writer).With(rows).With(Array.ConvertAll(changes, one => one.Key)).With(Array.ConvertAll(changes, one => one.Value));
        }
    }

    public void Committed()
    {
        if (isSummed)
        {
            told.Clear();
            rows = 0;
        }
        else if (coming.Any(one => one.Value != 0))
        {
            Take(coming.Where(one => one.Value != 0).Select(one => (one.Key, one.Value)));
        }

        coming.Clear();
    }

    private void Take(IEnumerable<(long Term, int Change)> changes)
    {
        foreach (var (term, change) in changes)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(told, term, out _) += change;
        }

        rows++;
    }
}
