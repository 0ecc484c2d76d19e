using System.CommandLine;
using Kangqiao.Kernel;
using Kangqiao.Store;
using Kangqiao.Store.Postgres;
using Kangqiao.Store.Sqlite;

namespace Kangqiao.Host.Commands;

/// <summary>Where the records are, for every command that needs them: the data folder's SQLite, or the PostgreSQL of <c>--store</c>.</summary>
internal static class RecordStores
{
    public static Option<string?> Option() => new("--store")
    {
        Description = "Keep the records in this PostgreSQL instead of SQLite: \"Host=…;Database=…\"",
        HelpName = "CONNECTION",
    };

    public static IStoreMaker Maker(string dataFolder, string? connection, TimeProvider time) => connection is not null
        ? new PostgresStoreMaker(new PostgresStoreOptions(connection), time)
        : new SqliteStoreMaker(new SqliteStoreOptions(dataFolder), time);

    /// <summary>Where the ledger is: a folder of the data folder, or a database beside the records'.</summary>
    public static async ValueTask<Outcome<IStoreMaker>> LedgerAsync(string dataFolder, string? connection, TimeProvider time, CancellationToken cancel)
    {
        if (connection is null)
        {
            return new SqliteStoreMaker(new SqliteStoreOptions(Path.Combine(dataFolder, "ledger")) { WriterCacheMegabytes = 16 }, time);
        }

        return (await DatabaseBeside.EnsureAsync(connection, "ledger", cancel)).Try(out var beside, out var problem)
            ? new PostgresStoreMaker(new PostgresStoreOptions(beside) { Places = 1 }, time)
            : problem;
    }
}
