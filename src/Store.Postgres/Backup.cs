using System.Security.Cryptography;
using System.Text.Json;
using Kangqiao.Kernel;
using Kangqiao.Store.Feed;
using Kangqiao.Store.Postgres.Binding;
using Npgsql;

namespace Kangqiao.Store.Postgres;

/// <summary>
/// A backup is one file a table, in COPY's binary form, all of one snapshot, and <c>backup.json</c> with their SHA-256, written
/// last: a folder without it is no backup. (Citus has no snapshot over several servers: there writers should pause.)
/// </summary>
internal static class Backup
{
    private const string ManifestName = "backup.json";

    /// <summary>Everything but the record of migrations, which the restoring program writes itself.</summary>
    private static readonly string[] Tables =
        [
            "record", "version", "body", "identity", "locator", "span", "tally", "chunk", "writer", "name", "follower", "parameter",
            "job", "outbox", "outbox_message",
        ];

    public sealed record Manifest(int Places, IReadOnlyDictionary<string, string> Sha256, long Bytes, long Records, string End);

    public static async Task<Outcome<BackupReport>> MakeAsync(NpgsqlConnection connection, Form form, string folder, CancellationToken cancel)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            return Problems.FolderNotEmpty(folder);
        }

        try
        {
            Directory.CreateDirectory(folder);
            var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
            var bytes = 0L;
            foreach (var table in Tables)
            {
                var path = Path.Combine(folder, FileOf(table));
                await using (var rows = await connection.BeginRawBinaryCopyAsync($"COPY (SELECT * FROM store.{table}) TO STDOUT (FORMAT BINARY)", cancel))
                await using (var file = File.Create(path))
                {
                    await rows.CopyToAsync(file, cancel);
                    file.Flush(flushToDisk: true);
                    bytes += file.Length;
                }

                hashes[FileOf(table)] = await HashAsync(path, cancel);
            }

            await using var live = connection.Command("SELECT coalesce(sum(live), 0)::bigint FROM store.tally");
            var records = (long)(await live.ExecuteScalarAsync(cancel))!;
            var end = await PostgresFeed.EndAsync(connection, cancel);
            var manifest = new Manifest(form.Places, hashes, bytes, records, end.ToString());
            await using var last = File.Create(Path.Combine(folder, ManifestName));
            await JsonSerializer.SerializeAsync(last, manifest, cancellationToken: cancel);
            last.Flush(flushToDisk: true);
            return Report(manifest, end);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Problems.DatabaseFailed(failure.Message);
        }
    }

    /// <summary>A backup's own description, when all its files are as they were made.</summary>
    public static Outcome<Manifest> Read(string folder, CancellationToken cancel)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize<Manifest>(File.ReadAllBytes(Path.Combine(folder, ManifestName)));
            if (manifest?.Sha256 is null || !ChangeCursor.Parse(manifest.End).IsSuccess)
            {
                return Problems.NotABackup(folder);
            }

            foreach (var table in Tables)
            {
                cancel.ThrowIfCancellationRequested();
                using var file = File.OpenRead(Path.Combine(folder, FileOf(table)));
                if (!manifest.Sha256.TryGetValue(FileOf(table), out var expected) || Convert.ToHexStringLower(SHA256.HashData(file)) != expected)
                {
                    return Problems.NotABackup(folder);
                }
            }

            return manifest;
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

    /// <summary>Fills the empty tables, in one transaction: a cut restore leaves them empty.</summary>
    public static async Task<Outcome<BackupReport>> RestoreAsync(
        NpgsqlConnection connection, Form form, string folder, Manifest manifest, CancellationToken cancel)
    {
        // Two statements, because Citus takes no subquery outside FROM and WHERE.
        await using var anyRecord = connection.Command("SELECT count(*) FROM (SELECT 1 FROM store.record LIMIT 1) r");
        await using var anyJob = connection.Command("SELECT count(*) FROM store.job");
        var isEmpty = (long)(await anyRecord.ExecuteScalarAsync(cancel))! == 0 && (long)(await anyJob.ExecuteScalarAsync(cancel))! == 0;
        if (!isEmpty)
        {
            return Problems.DataAlreadyThere(connection.Database);
        }

        foreach (var table in Tables)
        {
            // Whoever had the empty store open has left its number here.
            await connection.RunAsync($"DELETE FROM store.{table}", cancel);
            await using var file = File.OpenRead(Path.Combine(folder, FileOf(table)));
            await using var rows = await connection.BeginRawBinaryCopyAsync($"COPY store.{table} FROM STDIN (FORMAT BINARY)", cancel);
            await file.CopyToAsync(rows, cancel);
        }

        return Report(manifest, ChangeCursor.Parse(manifest.End).Value);
    }

    private static BackupReport Report(Manifest manifest, ChangeCursor end) =>
        new([.. Tables.Select(FileOf), ManifestName], manifest.Bytes, manifest.Records, end);

    private static string FileOf(string table) => table + ".copy";

    private static async Task<string> HashAsync(string path, CancellationToken cancel)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel));
    }
}
