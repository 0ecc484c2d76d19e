using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Kangqiao.Kernel;
using Kangqiao.Store;

namespace Kangqiao.Host.Backups;

/// <param name="Path">Below the backup's folder, with slashes.</param>
internal sealed record BackupFile(string Path, long Bytes, string Sha256);

/// <summary>What a backup holds; its file <c>manifest.json</c>, written last: a folder without it is no backup.</summary>
/// <param name="Store">sqlite or postgres: a backup of one is restored into the same.</param>
/// <param name="Feed">The place in the change feed that the records stand at.</param>
internal sealed record BackupManifest(string Store, DateTimeOffset MadeAt, long Records, string Feed, IReadOnlyList<BackupFile> Files);

/// <summary>
/// A backup of everything a server keeps: the records as one snapshot in <c>records/</c> and the ledger as one in <c>ledger/</c>, made by
/// the stores beside whoever writes, and all else of the data folder (keys, raw messages, whatever rooms keep there) in <c>data/</c>. Files that can be made again are left
/// out: those of exports and imports, and the lake. Every file is listed with its SHA-256, and looked at before anything is restored.
/// </summary>
internal static class DataBackup
{
    private const string ManifestName = "manifest.json";
    private const string RecordsName = "records";
    private const string DataName = "data";
    private const string LedgerName = "ledger";

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    /// <summary>Of the data folder itself: the records' own files, which the store copies, and what is made for a day only.</summary>
    private static bool IsLeftOut(string relative) =>
        relative.StartsWith("records.", StringComparison.Ordinal) || relative.Split('/')[0] is Serving.Server.WorkName or LedgerName or "lake" or "server.json" || relative.EndsWith(".lock", StringComparison.Ordinal);

    public static async Task<Outcome<BackupManifest>> MakeAsync(
        IStoreMaker maker, IStoreMaker ledger, string kind, string dataFolder, string folder, TimeProvider time, CancellationToken cancel)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            return Store.Problems.FolderNotEmpty(folder);
        }

        try
        {
            Directory.CreateDirectory(folder);

            // First the records, then the rest: a record of the copy never speaks of a raw message that the copy has not; a file
            // too many does no harm.
            if (!(await maker.BackupAsync(Path.Combine(folder, RecordsName), cancel)).Try(out var report, out var problem)
                || !(await ledger.BackupAsync(Path.Combine(folder, LedgerName), cancel)).Try(out _, out problem))
            {
                return problem;
            }

            CopyData(dataFolder, Path.Combine(folder, DataName), cancel);
            var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                .Select(file => new BackupFile(Relative(folder, file), new FileInfo(file).Length, Hash(file, cancel))).ToArray();
            var manifest = new BackupManifest(kind, time.GetUtcNow(), report.Records, report.End.ToString(), files);
            await using var last = File.Create(Path.Combine(folder, ManifestName));
            await JsonSerializer.SerializeAsync(last, manifest, Readable, cancel);
            last.Flush(flushToDisk: true);
            return manifest;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new Problem("HST010", ProblemKind.Unavailable, $"The backup could not be written: {fault.Message}");
        }
    }

    /// <summary>Looks at every file first; restores only into a data folder that is empty or not there.</summary>
    public static async Task<Outcome<BackupManifest>> RestoreAsync(
        IStoreMaker maker, IStoreMaker ledger, string kind, string dataFolder, string folder, CancellationToken cancel)
    {
        try
        {
            if (!Read(folder, cancel).Try(out var manifest, out var problem))
            {
                return problem;
            }

            if (manifest.Store != kind)
            {
                return new Problem("HST011", ProblemKind.Invalid, $"The backup is of records in {manifest.Store}, and they are to go into {kind}: say --store as when it was made.");
            }

            if (Directory.Exists(dataFolder) && Directory.EnumerateFileSystemEntries(dataFolder).Any(e => Path.GetFileName(e) != "records.lock"))
            {
                return Store.Problems.DataAlreadyThere(dataFolder);
            }

            // The records first: where the store refuses, nothing has been put into the data folder.
            if (!(await maker.RestoreAsync(Path.Combine(folder, RecordsName), cancel)).Try(out _, out problem))
            {
                return problem;
            }

            // Backups made before there was a ledger have none.
            var papers = Path.Combine(folder, LedgerName);
            if (Directory.Exists(papers) && !(await ledger.RestoreAsync(papers, cancel)).Try(out _, out problem))
            {
                return problem;
            }

            var source = Path.Combine(folder, DataName);
            if (Directory.Exists(source))
            {
                CopyData(source, dataFolder, cancel);
            }

            return manifest;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new Problem("HST010", ProblemKind.Unavailable, $"The backup could not be brought back: {fault.Message}");
        }
    }

    private static Outcome<BackupManifest> Read(string folder, CancellationToken cancel)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize<BackupManifest>(File.ReadAllBytes(Path.Combine(folder, ManifestName)));
            if (manifest?.Files is null)
            {
                return Store.Problems.NotABackup(folder);
            }

            foreach (var file in manifest.Files)
            {
                var path = Path.GetFullPath(Path.Combine(folder, file.Path));
                if (!path.StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal) || Hash(path, cancel) != file.Sha256)
                {
                    return new Problem("HST012", ProblemKind.Invalid, $"{file.Path} of the backup is not as it was made.");
                }
            }

            return manifest;
        }
        catch (FileNotFoundException missing)
        {
            return missing.FileName?.EndsWith(ManifestName, StringComparison.Ordinal) == true
                ? Store.Problems.NotABackup(folder)
                : new Problem("HST012", ProblemKind.Invalid, $"A file of the backup is missing: {Path.GetFileName(missing.FileName)}.");
        }
        catch (Exception fault) when (fault is DirectoryNotFoundException or JsonException)
        {
            return Store.Problems.NotABackup(folder);
        }
    }

    private static void CopyData(string source, string target, CancellationToken cancel)
    {
        if (!Directory.Exists(source))
        {
            return;
        }

        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList())
        {
            cancel.ThrowIfCancellationRequested();
            var relative = Relative(source, file);
            if (IsLeftOut(relative))
            {
                continue;
            }

            // File.Copy keeps the mode, and a key stays readable by its owner only.
            var copy = Path.Combine(target, relative);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: false);
            using var written = new FileStream(copy, FileMode.Open, FileAccess.ReadWrite);
            written.Flush(flushToDisk: true);
        }
    }

    private static string Relative(string folder, string file) => Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/');

    private static string Hash(string path, CancellationToken cancel)
    {
        using var file = File.OpenRead(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1024 * 1024];
        for (int read; (read = file.Read(buffer)) > 0;)
        {
            cancel.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, read);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>For the operator, on standard error.</summary>
    public static string Tell(BackupManifest manifest) => string.Create(
        CultureInfo.InvariantCulture,
        $"{manifest.Records:N0} records and {manifest.Files.Count(f => f.Path.StartsWith(DataName + "/", StringComparison.Ordinal))} other files, {manifest.Files.Sum(f => f.Bytes):N0} bytes, as of {manifest.MadeAt:yyyy-MM-dd HH:mm:ss}Z");
}
