namespace Kangqiao.Analytics.Duck;

/// <summary>Up to <see cref="Capacity"/> rows, column by column, in DuckDB's memory.</summary>
internal sealed class DuckChunk : IDisposable
{
    private readonly DuckVector[] vectors;

    internal DuckChunk(ChunkHandle handle, IEnumerable<DuckType> types)
    {
        Handle = handle;
        vectors = [.. types.Select((t, i) => new DuckVector(Native.ChunkVector(handle, (ulong)i), t))];
    }

    public static int Capacity { get; } = (int)Native.VectorSize();

    internal ChunkHandle Handle { get; }

    public int Rows
    {
        get => (int)Native.ChunkSize(Handle);
        set => Native.SetChunkSize(Handle, (ulong)value);
    }

    public IReadOnlyList<DuckVector> Columns => vectors;

    /// <summary>An empty one to write into; set <see cref="Rows"/> when done.</summary>
    public static unsafe DuckChunk Create(IReadOnlyList<DuckType> types)
    {
        var handles = types.Select(t => t.ToNative()).ToArray();
        var pointers = stackalloc nint[handles.Length];
        for (var i = 0; i < handles.Length; i++)
        {
            pointers[i] = handles[i].DangerousGetHandle();
        }

        var chunk = new DuckChunk(Native.CreateChunk(pointers, (ulong)handles.Length), types);
        Array.ForEach(handles, h => h.Dispose());
        return chunk;
    }

    public void Dispose() => Handle.Dispose();
}
