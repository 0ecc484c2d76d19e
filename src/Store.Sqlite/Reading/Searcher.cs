using Kangqiao.Store.Search;
using Kangqiao.Store.Sqlite.Binding;

namespace Kangqiao.Store.Sqlite.Reading;

/// <summary>
/// Answers term queries on one connection. The rowid of the inverted index is the record's number, so order and paging
/// need no sorting. Sure matches and doubtful ones are two walks over the index, merged by number.
/// </summary>
internal sealed class Searcher(Database database, RecordReader records)
{
    private readonly Walk sure = new(database);
    private readonly Walk doubtful = new(database);
    private readonly Statement count = database.Prepare("SELECT count(*) FROM term WHERE term MATCH ?1");

    // Counts one term's records without a step of the virtual machine for each: three times as quick (sqlite.org/fts5.html#the_fts5vocab_virtual_table_module).
    private readonly Statement countTerm = Vocabulary(database).Prepare("SELECT doc FROM temp.vocabulary WHERE term = ?1");
    private readonly Statement countAll = database.Prepare("SELECT coalesce(sum(live), 0) FROM tally");

    /// <summary>Up to <paramref name="limit"/> numbers in order.</summary>
    /// <exception cref="SqliteFailure">Interrupted: the connection's bound has passed.</exception>
    public void Find(SearchFilter filter, bool descending, long? after, int limit, List<long> into)
    {
        var (certain, maybe) = Split(filter);
        try
        {
            // No LIMIT on the doubtful: how many of them hold is not known yet.
            sure.Start(certain, descending, after, limit);
            doubtful.Start(maybe, descending, after, long.MaxValue);
            var hasSure = sure.Next();
            var hasDoubtful = doubtful.Next();
            while (into.Count < limit && (hasSure || hasDoubtful))
            {
                // A doubtful one is read only when its turn has come: the page may be full before.
                if (hasSure && (!hasDoubtful || sure.Number < doubtful.Number != descending))
                {
                    into.Add(sure.Number);
                    hasSure = into.Count < limit && sure.Next();
                    continue;
                }

                if (Holds(filter))
                {
                    into.Add(doubtful.Number);
                }

                hasDoubtful = into.Count < limit && doubtful.Next();
            }
        }
        finally
        {
            sure.End();
            doubtful.End();
        }
    }

    public long Count(SearchFilter filter)
    {
        var (certain, maybe) = Split(filter);
        var total = 0L;
        if (certain is not TermQuery.NoRecord)
        {
            var statement = certain switch
            {
                TermQuery.AllRecords => countAll,
                TermQuery.Term term => countTerm.Bind(1, term.Text),
                _ => count.Bind(1, FtsText.Of(certain)),
            };
            total = statement.Step() ? statement.Int64(0) : 0;
            statement.Reset();
        }

        try
        {
            doubtful.Start(maybe, descending: false, null, long.MaxValue);
            while (doubtful.Next())
            {
                total += Holds(filter) ? 1 : 0;
            }
        }
        finally
        {
            doubtful.End();
        }

        return total;
    }

    private static (TermQuery Sure, TermQuery Doubtful) Split(SearchFilter filter) =>
        filter.Recheck is null
            ? (filter.Query, TermQuery.Nothing)
            : (TermQuery.AllOf(filter.Query, TermQuery.Without(filter.Doubtful)), filter.IsDoubtfulWithin ? filter.Doubtful : TermQuery.AllOf(filter.Query, filter.Doubtful));

    private bool Holds(SearchFilter filter)
    {
        // Reading bodies happens outside the statement that the progress handler watches.
        if (database.IsOver())
        {
            throw new SqliteFailure(SQLitePCL.raw.SQLITE_INTERRUPT, "out of patience");
        }

        return records.Find(doubtful.Number) is { } head && filter.Recheck!(records.Read(head));
    }

    private static Database Vocabulary(Database database)
    {
        database.Run("CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab(main, term, row)");
        return database;
    }

    /// <summary>One walk over the matches of a query in number order.</summary>
    private sealed class Walk(Database database)
    {
        private readonly Statement up = database.Prepare(
            "SELECT rowid FROM term WHERE term MATCH ?1 AND rowid > ?2 ORDER BY rowid LIMIT ?3");

        private readonly Statement down = database.Prepare(
            "SELECT rowid FROM term WHERE term MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC LIMIT ?3");

        // Every record: its own row is nearer than a term.
        private readonly Statement allUp = database.Prepare(
            "SELECT r FROM record WHERE r > ?2 AND state = 0 ORDER BY r LIMIT ?3");

        private readonly Statement allDown = database.Prepare(
            "SELECT r FROM record WHERE r < ?2 AND state = 0 ORDER BY r DESC LIMIT ?3");

        private Statement? current;

        public long Number { get; private set; }

        public void Start(TermQuery query, bool descending, long? after, long limit)
        {
            current = null;
            if (query is TermQuery.NoRecord)
            {
                return;
            }

            current = query is TermQuery.AllRecords
                ? descending ? allDown : allUp
                : (descending ? down : up).Bind(1, FtsText.Of(query));
            current.Bind(2, after ?? (descending ? long.MaxValue : 0)).Bind(3, limit);
        }

        public bool Next()
        {
            if (current is null || !current.Step())
            {
                End();
                return false;
            }

            Number = current.Int64(0);
            return true;
        }

        public void End()
        {
            current?.Reset();
            current = null;
        }
    }
}
