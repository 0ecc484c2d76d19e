using Kangqiao.Kernel;
using Kangqiao.Store.Migrations;
using Kangqiao.Store.Sqlite.Binding;

namespace Kangqiao.Store.Sqlite;

/// <summary>Brings a database to this program's form, each step in a transaction with its record of having been taken.</summary>
internal static class Schema
{
    public static Problem? Migrate(Database database, IReadOnlyList<Migration> known, TimeProvider time)
    {
        database.Run("CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, at INTEGER NOT NULL) STRICT");
        if (!MigrationPlan.Decide(known, Applied(database)).Try(out var missing, out var refused))
        {
            return refused;
        }

        foreach (var step in missing)
        {
            database.Run("BEGIN IMMEDIATE");
            database.Run(step.Sql);
            using (var record = database.PrepareOnce("INSERT INTO migration (number, name, checksum, at) VALUES (?1, ?2, ?3, ?4)"))
            {
                record.Bind(1, step.Number).Bind(2, step.Name).Bind(3, step.Checksum).Bind(4, time.GetUtcNow().ToUnixTimeMilliseconds()).Run();
            }

            database.Run("COMMIT");
        }

        return null;
    }

    private static List<AppliedMigration> Applied(Database database)
    {
        var applied = new List<AppliedMigration>();
        using var rows = database.PrepareOnce("SELECT number, name, checksum FROM migration ORDER BY number");
        while (rows.Step())
        {
            applied.Add(new(rows.Int32(0), rows.Text(1), rows.Text(2)));
        }

        return applied;
    }
}
