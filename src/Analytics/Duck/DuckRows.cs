using Kangqiao.Kernel;

namespace Kangqiao.Analytics.Duck;

/// <summary>The rows of a query, chunk by chunk as DuckDB makes them.</summary>
internal sealed class DuckRows : IDisposable
{
    private readonly ResultHandle result;

    public unsafe DuckRows(ResultHandle result)
    {
        this.result = result;
        var columns = new (string, DuckType)[Native.ColumnCount(result.Pointer)];
        for (var i = 0; i < columns.Length; i++)
        {
            using var type = Native.ColumnType(result.Pointer, (ulong)i);
            columns[i] = (Native.Text(Native.ColumnName(result.Pointer, (ulong)i)) ?? "", DuckType.FromNative(type));
        }

        Columns = columns;
    }

    public IReadOnlyList<(string Name, DuckType Type)> Columns { get; }

    /// <summary>The next rows, to be disposed by the caller; null at the end.</summary>
    public unsafe Outcome<DuckChunk?> Next()
    {
        var chunk = Native.FetchChunk(*result.Pointer);
        if (!chunk.IsInvalid)
        {
            if (Native.ChunkSize(chunk) > 0)
            {
                return new DuckChunk(chunk, Columns.Select(c => c.Type));
            }

            chunk.Dispose();
            return (DuckChunk?)null;
        }

        chunk.Dispose();
        return Native.Text(Native.ResultError(result.Pointer)) is { Length: > 0 } message ? DuckProblems.Of(message) : (DuckChunk?)null;
    }

    public void Dispose() => result.Dispose();
}
