using Kangqiao.Analytics.Duck;
using Kangqiao.Kernel;
using Kangqiao.Store;
using Kangqiao.Store.Feed;

namespace Kangqiao.Analytics.Lake;

/// <param name="Changes">Entries of the feed that were taken in.</param>
/// <param name="FilesWritten">Files that are not those of the state before.</param>
public sealed record LakeReport(LakeSnapshot Snapshot, long Changes, int FilesWritten);

/// <summary>
/// Brings the lake up to the end of the change feed. The place in the feed is part of what is published, so a refresh that is cut has not
/// happened. Only months that changed are written anew.
/// </summary>
public sealed class LakeRefresh(IRecordStore store, IReadOnlyList<LakeTable> tables, string folder, TimeProvider time)
{
    private const string Month = "coalesce(strftime(day, '%Y-%m'), 'none')";

    /// <param name="fromZero">Forget what is there; also done where there is nothing, or a view has changed.</param>
    public async Task<Outcome<LakeReport>> RunAsync(bool fromZero, CancellationToken cancel)
    {
        using var held = LakeFolder.Take(folder);
        if (held is null)
        {
            return LakeProblems.Busy();
        }

        var before = LakeSnapshot.Read(folder);
        var known = fromZero || before is null || !IsOfTheseViews(before) ? null : before;
        var asOf = time.GetUtcNow();
        if (!(await store.Changes.EndAsync(cancel)).Try(out var until, out var problem)
            || !ChangeCursor.Parse(known?.Cursor ?? "").Try(out var after, out problem))
        {
            return problem;
        }

        if (known is not null && !until.HasReached(after))
        {
            // The records were brought back from a copy that is older than the lake.
            (known, after) = (null, ChangeCursor.Start);
        }

        if (known is not null && after.HasReached(until))
        {
            return new LakeReport(known, 0, 0);
        }

        try
        {
            return await RunAsync(held, before, known, after, until, asOf, cancel);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return LakeProblems.Broken(fault.Message);
        }
    }

    private bool IsOfTheseViews(LakeSnapshot snapshot) =>
        snapshot.Tables.Select(t => (t.Name, t.Mark)).Order().SequenceEqual(tables.Select(t => (t.Name, t.Mark)).Order());

    private async Task<Outcome<LakeReport>> RunAsync(
        LakeFolder held, LakeSnapshot? before, LakeSnapshot? known, ChangeCursor after, ChangeCursor until, DateTimeOffset asOf, CancellationToken cancel)
    {
        var spill = Path.Combine(held.Staging, "spill");
        if (!DuckDatabase.Open(null, ("memory_limit", "1GB"), ("temp_directory", spill), ("preserve_insertion_order", "false")).Try(out var database, out var problem))
        {
            return problem;
        }

        using var ownDatabase = database;
        if (!database.Connect().Try(out var work, out problem))
        {
            return problem;
        }

        using var ownWork = work;
        if (!LakeStaging.Open(store, tables, held.Staging, work, known is null).Try(out var staging, out problem))
        {
            return problem;
        }

        using var ownStaging = staging;
        if (await staging.TakeAsync(after, until, cancel) is { } refused)
        {
            return refused;
        }

        var next = new LakeSnapshot((before?.Number ?? 0) + 1, until.ToString(), asOf, (known?.Unfit ?? 0) + staging.Unfit, []);
        var target = held.Begin(next);
        var written = 0;
        var made = new List<LakeTableFiles>();
        foreach (var table in tables)
        {
            cancel.ThrowIfCancellationRequested();
            var old = known?.Tables.FirstOrDefault(t => t.Name == table.Name);
            if (!Table(table, old, known, staging, work, target).Try(out var files, out problem))
            {
                return problem;
            }

            written += files.Written;
            made.Add(new LakeTableFiles(table.Name, table.Mark, files.Files));
        }

        next = next with { Tables = made };
        held.Publish(next);
        held.Sweep(next, time.GetUtcNow());
        return new LakeReport(next, staging.Changes, written);
    }

    private Outcome<(IReadOnlyList<LakeFile> Files, int Written)> Table(
        LakeTable table, LakeTableFiles? old, LakeSnapshot? known, LakeStaging staging, DuckConnection work, string target)
    {
        var files = new List<LakeFile>();
        if (!Affected(table, old, known, staging, work).Try(out var months, out var problem))
        {
            return problem;
        }

        foreach (var file in (old?.Files ?? []).Where(f => !months.Contains(f.Month)))
        {
            LakeFolder.Keep(Path.Combine(known!.FolderIn(folder), file.Path), Path.Combine(target, file.Path));
            files.Add(file);
        }

        var written = 0;
        foreach (var month in months)
        {
            if (!WriteMonth(table, month, old, known, staging, work, target).Try(out var file, out problem))
            {
                return problem;
            }

            if (file is not null)
            {
                files.Add(file);
                written++;
            }
        }

        if (files.Count == 0)
        {
            // A table without rows still has columns.
            var empty = new LakeFile($"{table.Name}/month=none/rows.parquet", "none");
            if (!staging.HasRows(table) && staging.MakeEmpty(table) is { } fault)
            {
                return fault;
            }

            Directory.CreateDirectory(Path.Combine(target, table.Name, "month=none"));
            if (Copy(work, $"SELECT * FROM read_parquet({DuckSql.Text(staging.FileOf(table))}) WHERE false", Path.Combine(target, empty.Path)).Problem is { } failed)
            {
                return failed;
            }

            files.Add(empty);
        }

        return (files, written);
    }

    private static string MonthOf(LakeTable table) => table.HasDay ? Month : "'none'";

    private Outcome<IReadOnlyList<string>> Affected(LakeTable table, LakeTableFiles? old, LakeSnapshot? known, LakeStaging staging, DuckConnection work)
    {
        var parts = new List<string>();
        if (staging.HasRows(table))
        {
            parts.Add($"SELECT {MonthOf(table)} AS month FROM read_parquet({DuckSql.Text(staging.FileOf(table))})");
        }

        if (old is { Files.Count: > 0 })
        {
            parts.Add($"SELECT {MonthOf(table)} AS month FROM read_parquet({List(old.Files.Select(f => Path.Combine(known!.FolderIn(folder), f.Path)))}) WHERE id IN ({Changed(table)})");
        }

        return parts.Count == 0 ? Array.Empty<string>() : Texts(work, $"SELECT DISTINCT month FROM ({string.Join(" UNION ALL ", parts)}) ORDER BY month");
    }

    private Outcome<LakeFile?> WriteMonth(
        LakeTable table, string month, LakeTableFiles? old, LakeSnapshot? known, LakeStaging staging, DuckConnection work, string target)
    {
        var parts = new List<string>();
        var before = (old?.Files ?? []).Where(f => f.Month == month).Select(f => Path.Combine(known!.FolderIn(folder), f.Path)).ToList();
        if (before.Count > 0)
        {
            parts.Add($"SELECT * FROM read_parquet({List(before)}, hive_partitioning = false) WHERE id NOT IN ({Changed(table)})");
        }

        if (staging.HasRows(table))
        {
            parts.Add($"SELECT * FROM read_parquet({DuckSql.Text(staging.FileOf(table))}) WHERE {MonthOf(table)} = {DuckSql.Text(month)}");
        }

        var file = new LakeFile($"{table.Name}/month={month}/rows.parquet", month);
        var path = Path.Combine(target, file.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (!Copy(work, string.Join(" UNION ALL ", parts), path).Try(out var rows, out var problem))
        {
            return problem;
        }

        if (rows > 0)
        {
            using var durable = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
            durable.Flush(flushToDisk: true);
            return file;
        }

        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        return (LakeFile?)null;
    }

    private static string Changed(LakeTable table) => $"SELECT id FROM changed WHERE type = {DuckSql.Text(table.View.Resource.Name)}";

    private static string List(IEnumerable<string> files) => $"[{string.Join(", ", files.Select(DuckSql.Text))}]";

    private static Outcome<long> Copy(DuckConnection work, string query, string path) =>
        work.Execute($"COPY ({query}) TO {DuckSql.Text(path)} (FORMAT parquet, COMPRESSION zstd)");

    private static Outcome<IReadOnlyList<string>> Texts(DuckConnection work, string sql)
    {
        if (!work.Query(sql).Try(out var rows, out var problem))
        {
            return problem;
        }

        using (rows)
        {
            var texts = new List<string>();
            while (rows.Next().Try(out var chunk, out problem) && chunk is not null)
            {
                using (chunk)
                {
                    texts.AddRange(Enumerable.Range(0, chunk.Rows).Select(chunk.Columns[0].GetText));
                }
            }

            return problem is null ? texts : problem;
        }
    }
}
