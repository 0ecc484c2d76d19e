using Kangqiao.Store.Sqlite.Binding;

namespace Kangqiao.Store.Sqlite.Writing;

/// <summary>
/// Merges the runs of the inverted index while nobody writes: each term of a question is looked up in every run, and an import
/// leaves a dozen of them. Levels that hold two runs are merged always; all runs into one only when what is to be gained is a
/// good part of the whole, so that each record is merged a bounded number of times.
/// </summary>
internal sealed class Tidier(Database database)
{
    private const int PagesInStep = 200;

    /// <summary>All is merged when at least this part of it lies outside of the largest run.</summary>
    private const int WorthwhilePart = 8;

    private readonly Statement changes = database.Prepare("SELECT total_changes()");

    // One row a leaf page with a term's beginning, about: good enough for sizes.
    private readonly Statement runs = database.Prepare("SELECT count(*) FROM term_idx GROUP BY segid");
    private bool isPrepared;
    private bool isMergingAll;

    /// <summary>True after a start, because nobody knows what was left.</summary>
    public bool IsDue { get; private set; } = true;

    /// <summary>Terms were written.</summary>
    public void Ask()
    {
        IsDue = true;
        isMergingAll = false;
    }

    /// <summary>After a failing disk: not before the next write.</summary>
    public void GiveUp() => IsDue = false;

    /// <summary>One short transaction of its own.</summary>
    public void Step()
    {
        database.Run("BEGIN IMMEDIATE");
        if (!isPrepared)
        {
            // sqlite.org/fts5.html#the_usermerge_configuration_option
            database.Run("INSERT INTO term (term, rank) VALUES ('usermerge', 2)");
            isPrepared = true;
        }

        var before = Read(changes);
        // sqlite.org/fts5.html#the_merge_command: negative merges all there is; it is done when less than two rows changed.
        database.Run($"INSERT INTO term (term, rank) VALUES ('merge', {(isMergingAll ? -PagesInStep : PagesInStep)})");
        var isDone = Read(changes) - before < 2;
        database.Run("COMMIT");
        if (isDone)
        {
            isMergingAll = !isMergingAll && IsAllWorthwhile();
            IsDue = isMergingAll;
        }
    }

    private bool IsAllWorthwhile()
    {
        var (all, largest) = (0L, 0L);
        while (runs.Step())
        {
            all += runs.Int64(0);
            largest = Math.Max(largest, runs.Int64(0));
        }

        runs.Reset();
        return (all - largest) * WorthwhilePart > all;
    }

    private static long Read(Statement statement)
    {
        _ = statement.Step();
        var value = statement.Int64(0);
        statement.Reset();
        return value;
    }
}
