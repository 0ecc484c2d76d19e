namespace Kangqiao.Store.Postgres.Writing;

/// <summary>The chunk of a record and the wide chunk that lies in, by their names; 0 for none.</summary>
internal readonly record struct ChunkNames(long Chunk, long Wide);

/// <summary>
/// Divides what a writer creates into chunks of so many records, each named by its first number, and these into wide ones. Both names
/// stand among each record's terms, so that a search can be asked of a few chunks only (<see cref="Chunks"/>).
/// </summary>
internal sealed class ChunkClock
{
    /// <summary>Few enough to read a good part of them for a page, enough that ten million records have but 2,400 chunks.</summary>
    private const int Records = 4_096;
    private const int ChunksInWide = 16;

    // Set in the name of a wide chunk. A number has it from 2054 on; then a chunk and a wide one may share a name, which costs a little and no more,
    // because all that is asked of chunks is asked of numbers too.
    private const long WideMark = 1L << 62;

    private State now;
    private State coming;

    private record struct State(ChunkNames Names, int Records, int Chunks);

    /// <summary>Chunks begun by the transaction.</summary>
    public int Begun { get; private set; }

    /// <summary>Starts a transaction; what one before it had in mind, and did not commit, never was.</summary>
    public void Open() => (coming, Begun) = (now, 0);

    /// <summary>The chunk of a new record.</summary>
    /// <param name="number">The record's; higher than any before it.</param>
    public ChunkNames Of(long number, out bool isNew)
    {
        isNew = coming.Records is 0 or Records;
        if (!isNew)
        {
            coming.Records++;
            return coming.Names;
        }

        var isWideNew = coming.Chunks is 0 or ChunksInWide;
        coming = new(new(number, isWideNew ? number | WideMark : coming.Names.Wide), 1, isWideNew ? 1 : coming.Chunks + 1);
        Begun++;
        return coming.Names;
    }

    public void Committed() => now = coming;
}
