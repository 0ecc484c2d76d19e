using System.Buffers;
using Kangqiao.Analytics.Duck;
using Kangqiao.Analytics.Extraction;
using Kangqiao.Kernel;
using Kangqiao.Store;
using Kangqiao.Store.Feed;

namespace Kangqiao.Analytics.Lake;

/// <summary>
/// What the change feed brought, made ready: for each table the rows of records that live, and the keys of all records that changed.
/// </summary>
internal sealed class LakeStaging : IDisposable
{
    private const int PageSize = 5000;

    private static readonly DuckType[] KeyTypes = [DuckType.Varchar, DuckType.Varchar];

    private readonly IRecordStore store;
    private readonly IReadOnlyList<LakeTable> tables;
    private readonly string folder;
    private readonly DuckConnection work;
    private readonly bool isFromZero;
    private readonly Dictionary<string, RecordRows> writers = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> json = new(4096);
    private readonly DuckAppender keys;
    private readonly HashSet<string> types;
    private DuckChunk chunk = DuckChunk.Create(KeyTypes);
    private int used;

    private LakeStaging(IRecordStore store, IReadOnlyList<LakeTable> tables, string folder, DuckConnection work, bool isFromZero, DuckAppender keys)
    {
        this.store = store;
        this.tables = tables;
        this.folder = folder;
        this.work = work;
        this.isFromZero = isFromZero;
        this.keys = keys;
        types = [.. tables.Select(t => t.View.Resource.Name)];
    }

    public long Changes { get; private set; }

    public long Unfit { get; private set; }

    public static Outcome<LakeStaging> Open(IRecordStore store, IReadOnlyList<LakeTable> tables, string folder, DuckConnection work, bool isFromZero)
    {
        if (work.Execute("CREATE TABLE changed (type VARCHAR, id VARCHAR)").Problem is { } problem || !work.Append("changed").Try(out var keys, out problem))
        {
            return problem;
        }

        return new LakeStaging(store, tables, folder, work, isFromZero, keys);
    }

    /// <summary>The staged rows of a table; written whole when <see cref="TakeAsync"/> has ended.</summary>
    public string FileOf(LakeTable table) => Path.Combine(folder, table.Name + ".parquet");

    public bool HasRows(LakeTable table) => writers.ContainsKey(table.Name);

    /// <summary>Takes in every change behind a place, up to another.</summary>
    public async Task<Problem?> TakeAsync(ChangeCursor after, ChangeCursor until, CancellationToken cancel)
    {
        while (!after.HasReached(until))
        {
            if (!(await store.Changes.ReadAsync(after, PageSize, cancel)).Try(out var page, out var problem))
            {
                return problem;
            }

            // Of several versions on the page only the last can be the one that counts.
            var last = new Dictionary<long, Change>();
            foreach (var change in page.Changes)
            {
                if (change.Kind != ChangeKind.Late && change.Sequence <= until[change.Partition] && types.Contains(change.Key.Type))
                {
                    last[change.Number] = change;
                }
            }

            if (await TakeAsync([.. last.Values], cancel) is { } fault)
            {
                return fault;
            }

            Changes += page.Changes.Count;
            if (page.Next == after)
            {
                break;
            }

            after = page.Next;
        }

        return Finish();
    }

    public void Dispose()
    {
        foreach (var writer in writers.Values)
        {
            writer.Dispose();
        }

        chunk.Dispose();
        keys.Dispose();
    }

    /// <summary>For a table without a row: its columns.</summary>
    public Problem? MakeEmpty(LakeTable table) => Writer(table).Try(out var writer, out var problem) ? writer.Finish() : problem;

    private async ValueTask<Problem?> TakeAsync(Change[] changes, CancellationToken cancel)
    {
        if (!(await store.ReadAsync([.. changes.Select(c => c.Number)], cancel)).Try(out var heads, out var problem))
        {
            return problem;
        }

        for (var i = 0; i < changes.Length; i++)
        {
            // A later version comes later in the feed, in this refresh or the next.
            if (heads[i] is { } head && head.Version != changes[i].Version)
            {
                continue;
            }

            // What never was before has no rows to take away.
            if (!isFromZero && (changes[i].Version > 1 || heads[i] is null) && Key(changes[i].Key) is { } refused)
            {
                return refused;
            }

            if (heads[i] is { State: RecordState.Live } record && Rows(record) is { } fault)
            {
                return fault;
            }
        }

        foreach (var writer in writers.Values)
        {
            if (writer.Flush() is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private Problem? Rows(StoredRecord record)
    {
        json.ResetWrittenCount();
        record.WriteResource(json);
        foreach (var table in tables)
        {
            if (table.View.Resource.Name != record.Key.Type)
            {
                continue;
            }

            if (!Writer(table).Try(out var writer, out var problem))
            {
                return problem;
            }

            // A record that a view cannot be run on is counted; the city's numbers do not wait for it.
            if (writer.AddWhole(json.WrittenMemory) is not null)
            {
                Unfit++;
            }
        }

        return null;
    }

    private Problem? Key(RecordKey key)
    {
        chunk.Columns[0].SetBytes(used, System.Text.Encoding.UTF8.GetBytes(key.Type));
        chunk.Columns[1].SetBytes(used, System.Text.Encoding.UTF8.GetBytes(key.Id));
        return ++used == DuckChunk.Capacity ? EndChunk() : null;
    }

    private Problem? EndChunk()
    {
        chunk.Rows = used;
        var problem = used > 0 ? keys.Add(chunk) : null;
        chunk.Dispose();
        chunk = DuckChunk.Create(KeyTypes);
        used = 0;
        return problem;
    }

    private Outcome<RecordRows> Writer(LakeTable table)
    {
        if (writers.TryGetValue(table.Name, out var known))
        {
            return known;
        }

        if (RecordRows.ToParquet(table.View, FileOf(table)).Try(out var made, out var problem))
        {
            writers.Add(table.Name, made);
            return made;
        }

        return problem;
    }

    private Problem? Finish()
    {
        if ((EndChunk() ?? keys.Flush()) is { } fault)
        {
            return fault;
        }

        foreach (var writer in writers.Values)
        {
            if (writer.Finish() is { } problem)
            {
                return problem;
            }
        }

        return null;
    }
}
