namespace Kangqiao.Store.Postgres;

/// <summary>
/// The sequence of a version: 41 bits of milliseconds since 2020, a 15-bit count within the millisecond, and the 7-bit number
/// of the writer. So it is unique without a counter that all would wait for, follows time, holds the version's instant, and
/// of two versions of a record the later has the higher.
/// </summary>
internal static class Moment
{
    public const int MostWriters = 1 << WriterBits;

    private const int WriterBits = 7;
    private const int CountBits = 15;
    private const long Epoch = 1_577_836_800_000;

    public static short WriterOf(long sequence) => (short)(sequence & (MostWriters - 1));

    public static long MillisecondsOf(long sequence) => (sequence >> (WriterBits + CountBits)) + Epoch;

    public static DateTimeOffset InstantOf(long sequence) => DateTimeOffset.FromUnixTimeMilliseconds(MillisecondsOf(sequence));

    /// <summary>The lowest sequence of a millisecond.</summary>
    public static long FirstOf(long milliseconds) => Math.Clamp(milliseconds - Epoch, 0, (1L << 41) - 1) << (WriterBits + CountBits);

    /// <summary>Gives one writer's sequences.</summary>
    /// <param name="writer">0 to 127; no two at once.</param>
    /// <param name="last">Every sequence given from now on is higher, whatever the clock says.</param>
    public sealed class Source(short writer, long last)
    {
        private long next = (last >> WriterBits) + 1;

        public short Writer => writer;

        /// <summary>Starts a transaction: its sequences share a millisecond, so that its versions share an instant.</summary>
        /// <param name="after">Highest sequence of a version that the transaction replaces: another writer's clock may be ahead.</param>
        /// <param name="most">Of sequences to come.</param>
        public void Open(DateTimeOffset now, long after, int most)
        {
            next = Math.Max(Math.Max(next, (after >> WriterBits) + 1), FirstOf(Math.Max(now.ToUnixTimeMilliseconds(), Epoch + 1)) >> WriterBits);
            if ((next & ((1 << CountBits) - 1)) + most >= 1 << CountBits)
            {
                next = ((next >> CountBits) + 1) << CountBits;
            }
        }

        /// <summary>The instant of what is written next.</summary>
        public DateTimeOffset Instant => InstantOf(next << WriterBits);

        public long Next() => (next++ << WriterBits) | (long)(ushort)writer;
    }
}
