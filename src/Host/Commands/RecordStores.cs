using System.CommandLine;
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
}
