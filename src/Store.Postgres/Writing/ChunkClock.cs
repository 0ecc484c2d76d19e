namespace Kangqiao.Store.Postgres.Writing;

/// <summary>
/// Divides what a writer creates into chunks of so many records, each named by its first number. The name stands among each
/// record's terms, so that a search can be asked of a few chunks only (<see cref="Chunks"/>).
/// </summary>
internal sealed class ChunkClock
{
    /// <summary>Few enough to read a good part of them for a page, enough that ten million records have but 2,400 chunks.</summary>
    private const int Records = 4_096;

    private (long First, int Count) now;
    private (long First, int Count) coming;

    /// <summary>Chunks begun by the transaction.</summary>
    public int Begun { get; private set; }

    /// <summary>Starts a transaction; what one before it had in mind, and did not commit, never was.</summary>
    public void Open() => (coming, Begun) = (now, 0);

    /// <summary>The chunk of a new record.</summary>
    /// <param name="number">The record's; higher than any before it.</param>
    public long Of(long number, out bool isNew)
    {
        isNew = coming.Count is 0 or Records;
        coming = isNew ? (number, 1) : (coming.First, coming.Count + 1);
        Begun += isNew ? 1 : 0;
        return coming.First;
    }

    public void Committed() => now = coming;
}
