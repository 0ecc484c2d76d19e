using Kangqiao.Kernel;
using Kangqiao.Store.Migrations;
using Kangqiao.Store.Sqlite.Binding;

namespace Kangqiao.Store.Sqlite;

/// <summary>Opens the record store of a data folder. One process at a time owns the folder.</summary>
public sealed class SqliteStoreMaker(SqliteStoreOptions options, TimeProvider time) : IStoreMaker
{
    internal const string FileName = "records.sqlite";
    private const string LockName = "records.lock";

    public ValueTask<Outcome<IRecordStore>> OpenAsync(CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        if (!Own().Try(out var ownership, out var taken))
        {
            return new(taken);
        }

        Database? database = null;
        try
        {
            database = Database.Open(FileIn(options.DataFolder), isReadOnly: false, options.WriterCacheMegabytes * 1024);
            // The log is copied by our own checkpointer; FULL makes each commit wait for the disk.
            database.Run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0");
            if (Schema.Migrate(database, Migration.Embedded(typeof(SqliteStoreMaker).Assembly, "sqlite"), time) is { } refused)
            {
                database.Dispose();
                ownership.Dispose();
                return new(refused);
            }

            return new((Outcome<IRecordStore>)new SqliteRecordStore(options, ownership, database, time));
        }
        catch (SqliteFailure failure)
        {
            database?.Dispose();
            ownership.Dispose();
            return new(failure.AsProblem());
        }
    }

    public async ValueTask<Outcome<BackupReport>> BackupAsync(string folder, CancellationToken cancel = default)
    {
        // Not a task of the folder's owner alone: SQLite lets another process read a snapshot beside the writer.
        var source = FileIn(options.DataFolder);
        return File.Exists(source)
            ? await Task.Run(() => Backup.Make(source, folder, cancel), cancel)
            : Problems.NoDataThere(options.DataFolder);
    }

    public async ValueTask<Outcome<BackupReport>> RestoreAsync(string folder, CancellationToken cancel = default)
    {
        if (!Own().Try(out var ownership, out var taken))
        {
            return taken;
        }

        await using (ownership)
        {
            return await Task.Run(() => Backup.Restore(folder, FileIn(options.DataFolder), cancel), cancel);
        }
    }

    internal static string FileIn(string folder) => Path.Combine(folder, FileName);

    /// <summary>Takes the folder. The lock is the system's (flock), so it ends with the process however that ends.</summary>
    private Outcome<FileStream> Own()
    {
        try
        {
            Directory.CreateDirectory(options.DataFolder);
            return new FileStream(Path.Combine(options.DataFolder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException failure)
        {
            return Problems.DatabaseFailed(failure.Message);
        }
        catch (IOException)
        {
            return Problems.OwnedByAnother(options.DataFolder);
        }
    }
}
