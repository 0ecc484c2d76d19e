using System.Security.Cryptography;
using System.Text.Json;
using Kangqiao.Kernel;
using Kangqiao.Store.Feed;
using Kangqiao.Store.Sqlite.Binding;
using Kangqiao.Store.Sqlite.Reading;

namespace Kangqiao.Store.Sqlite;

/// <summary>
/// A backup is the database file, copied by SQLite in one snapshot (VACUUM INTO), and <c>backup.json</c> with its SHA-256,
/// written last: a folder without it is no backup.
/// </summary>
internal static class Backup
{
    private const string ManifestName = "backup.json";

    private sealed record Manifest(string File, string Sha256, long Bytes, long Records, string End);

    public static Outcome<BackupReport> Make(string source, string folder, CancellationToken cancel)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            return Problems.FolderNotEmpty(folder);
        }

        try
        {
            Directory.CreateDirectory(folder);
            var copy = SqliteStoreMaker.FileIn(folder);
            using (var database = Database.Open(source, isReadOnly: true, cacheKilobytes: 16 * 1024))
            {
                database.Bound(TimeSpan.FromDays(7), cancel);
                database.Prepare("VACUUM INTO ?1").Bind(1, copy).Run();
            }

            var (records, end) = Counts(copy);
            Flush(copy);
            var manifest = new Manifest(SqliteStoreMaker.FileName, Hash(copy, cancel), new FileInfo(copy).Length, records, end.ToString());
            var path = Path.Combine(folder, ManifestName);
            File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(manifest));
            Flush(path);
            return Report(manifest, end);
        }
        catch (SqliteFailure failure)
        {
            cancel.ThrowIfCancellationRequested();
            return failure.AsProblem();
        }
        catch (IOException failure)
        {
            return Problems.DatabaseFailed(failure.Message);
        }
    }

    /// <summary>Checks a backup and puts its file at <paramref name="target"/>.</summary>
    public static Outcome<BackupReport> Restore(string folder, string target, CancellationToken cancel)
    {
        // A log without its database would be played into the restored one.
        if (File.Exists(target) || File.Exists(target + "-wal"))
        {
            return Problems.DataAlreadyThere(Path.GetDirectoryName(target)!);
        }

        try
        {
            var manifest = JsonSerializer.Deserialize<Manifest>(File.ReadAllBytes(Path.Combine(folder, ManifestName)));
            var copy = SqliteStoreMaker.FileIn(folder);
            if (manifest is null || !File.Exists(copy) || Hash(copy, cancel) != manifest.Sha256
                || !ChangeCursor.Parse(manifest.End).Try(out var end, out _))
            {
                return Problems.NotABackup(folder);
            }

            // Under another name until it is whole, so that a cut restore is not taken for data.
            var coming = target + ".restoring";
            File.Copy(copy, coming, overwrite: true);
            Flush(coming);
            File.Move(coming, target);
            return Report(manifest, end);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return Problems.NotABackup(folder);
        }
        catch (IOException failure)
        {
            return Problems.DatabaseFailed(failure.Message);
        }
    }

    private static BackupReport Report(Manifest manifest, ChangeCursor end) =>
        new([manifest.File, ManifestName], manifest.Bytes, manifest.Records, end);

    private static (long Records, ChangeCursor End) Counts(string copy)
    {
        using var database = Database.Open(copy, isReadOnly: false, cacheKilobytes: 1024);
        var tables = new TableReader(database, new());
        var live = 0L;
        foreach (var type in tables.Tallies())
        {
            live += type.Live;
        }

        return (live, new(new RecordReader(database, new(), cache: null).Last()));
    }

    private static string Hash(string path, CancellationToken cancel)
    {
        using var file = File.OpenRead(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1024 * 1024];
        int read;
        while ((read = file.Read(buffer)) > 0)
        {
            cancel.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, read);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Flush(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }
}
