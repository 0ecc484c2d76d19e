namespace Kangqiao.Store.Writes;

/// <summary>A record made ready on the caller's thread, so that the one writer has little left to do.</summary>
public sealed class PreparedRecord
{
    public required RecordKey Key { get; init; }

    /// <summary>In the store's form: <see cref="RecordBody.From"/>.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>
    /// Terms as UTF-8 with one space between them; each of [0-9a-z] and bytes from 0x80. Order and repetition say nothing.
    /// The letter <c>l</c> is the store's own: see <see cref="Search.StoreTerms"/>.
    /// </summary>
    public required ReadOnlyMemory<byte> Terms { get; init; }

    public required Shard Shard { get; init; }

    /// <summary>Logical id of the Patient whose record it is, or null; not kept.</summary>
    public string? SourcePatient { get; init; }

    /// <summary>Code of the sending institution, or empty.</summary>
    public string Sender { get; init; } = "";

    /// <summary>Bits kept with the version for the caller.</summary>
    public int Flags { get; init; }

    /// <summary>Business identifiers by which this record can be found inside a transaction.</summary>
    public IReadOnlyList<Identity> Identities { get; init; } = [];

    /// <summary>The same for another place.</summary>
    public PreparedRecord At(Shard shard) => new()
    {
        Key = Key,
        Body = Body,
        Terms = Terms,
        Shard = shard,
        SourcePatient = SourcePatient,
        Sender = Sender,
        Flags = Flags,
        Identities = Identities,
    };
}
