using Kangqiao.Store.Sqlite.Binding;

namespace Kangqiao.Store.Sqlite.Writing;

/// <summary>
/// Makes purged terms unreadable in the file. FTS5 only marks them as gone; they leave the index when it is merged, which
/// is done in small steps while nobody writes. That it is due is kept in the database (user_version 1), in the transaction
/// of the purge, so that a restart does not forget it.
/// </summary>
internal sealed class Eraser
{
    private const int PagesInStep = 300;
    private readonly Database database;
    private readonly Statement due;
    private readonly Statement changes;
    private bool isSecure;

    public Eraser(Database database)
    {
        this.database = database;
        due = database.Prepare("PRAGMA user_version");
        changes = database.Prepare("SELECT total_changes()");
        Look();
    }

    public bool IsDue { get; private set; }

    /// <summary>Inside the transaction of a purge: what it frees is overwritten with zeros, and the terms are to follow.</summary>
    public void Ask()
    {
        if (!isSecure)
        {
            StartSecure();
            database.Run("PRAGMA user_version=1");
            IsDue = true;
        }
    }

    /// <summary>Before a transaction: freed pages cost nothing again (zeroing each would cut ordinary updates to a third).</summary>
    public void EndSecure()
    {
        if (isSecure)
        {
            isSecure = false;
            Set("PRAGMA secure_delete=OFF");
        }
    }

    /// <summary>One short transaction of its own.</summary>
    public void Step()
    {
        StartSecure();
        database.Run("BEGIN IMMEDIATE");
        var before = Read(changes);
        // sqlite.org/fts5.html#the_merge_command: negative merges all there is; it is done when less than two rows changed.
        database.Run($"INSERT INTO term (term, rank) VALUES ('merge', -{PagesInStep})");
        if (Read(changes) - before < 2)
        {
            database.Run("PRAGMA user_version=0");
        }

        database.Run("COMMIT");
        Look();
    }

    private void Look() => IsDue = Read(due) != 0;

    private static long Read(Statement statement)
    {
        _ = statement.Step();
        var value = statement.Int64(0);
        statement.Reset();
        return value;
    }

    private void StartSecure()
    {
        isSecure = true;
        Set("PRAGMA secure_delete=ON");
    }

    private void Set(string pragma)
    {
        using var statement = database.PrepareOnce(pragma);
        _ = statement.Step();
    }
}
