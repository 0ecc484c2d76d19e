using Kangqiao.Store.Postgres.Reading;

namespace Kangqiao.Store.Postgres.Writing;

/// <summary>A record as the transaction has it so far.</summary>
internal sealed class WorkRow
{
    /// <summary>As the transaction leaves it; <see cref="RecordRow.Number"/> is 0 while there is none.</summary>
    public RecordRow Row { get; set; }

    /// <summary>The sequence by which the database has it now; 0 when it has none.</summary>
    public long Stored { get; set; }

    /// <summary>How many late versions the database counts beside that.</summary>
    public short StoredLate { get; set; }

    /// <summary>The row is to be written again.</summary>
    public bool IsChanged { get; set; }

    public TermColumns Terms { get; set; } = TermColumns.Empty;

    /// <summary>The chunk of its number (<see cref="Chunks"/>).</summary>
    public ChunkNames Chunk { get; set; }

    public byte[] Identities { get; set; } = [];

    /// <summary>The body, where this transaction has written it or read it for comparison.</summary>
    public ReadOnlyMemory<byte>? Body { get; set; }

    public bool IsLive => Row.Number != 0 && Row.IsLive;

    /// <summary>0 for none and for a purged one.</summary>
    public int Version => Row.Kind == RecordRow.Purged ? 0 : Row.Version;
}
