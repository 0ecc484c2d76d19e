using System.Buffers;

namespace Kangqiao.Ingest.Hl7v2.Mllp;

internal enum FrameKind
{
    /// <summary>More bytes are needed.</summary>
    None,
    Message,

    /// <summary>A new block began before this one ended.</summary>
    Unended,

    /// <summary>Longer than allowed; the rest of it is being skipped, and its beginning is at hand.</summary>
    TooLong,
}

/// <summary>
/// Blocks of the minimal lower layer protocol (HL7 v2, transport specification MLLP release 1): VT, message, FS, CR. Bytes between
/// blocks are skipped. It holds one message, grown as its bytes come and never beyond the bound.
/// </summary>
internal sealed class MllpFrames(int maxBytes)
{
    private const byte Start = 0x0B;
    private const byte Stop = 0x1C;

    private static readonly SearchValues<byte> Ends = SearchValues.Create([Start, Stop]);

    private ArrayBufferWriter<byte> block = new(1024);
    private bool isInside;
    private bool isSkipping;

    /// <summary>Whether a block has begun and not ended.</summary>
    public bool IsInside => isInside;

    /// <summary>Bytes of the block so far.</summary>
    public int Held => block.WrittenCount;

    /// <summary>Goes on with new bytes, up to the end of one block at most.</summary>
    /// <param name="message">The block's own copy.</param>
    /// <returns>How many of the bytes were used.</returns>
    public int Read(ReadOnlySpan<byte> bytes, out FrameKind kind, out ReadOnlyMemory<byte> message)
    {
        kind = FrameKind.None;
        message = default;
        var used = 0;
        if (!isInside)
        {
            var start = bytes.IndexOf(Start);
            if (start < 0)
            {
                return bytes.Length;
            }

            used = start + 1;
            isInside = true;
            isSkipping = false;
        }

        var end = bytes[used..].IndexOfAny(Ends);
        var part = end < 0 ? bytes[used..] : bytes.Slice(used, end);
        used += part.Length;
        if (!isSkipping)
        {
            if (part.Length > maxBytes - block.WrittenCount)
            {
                isSkipping = true;
                block.Write(part[..Math.Min(part.Length, Math.Max(0, 4096 - block.WrittenCount))]);
                kind = FrameKind.TooLong;
                message = block.WrittenMemory[..Math.Min(4096, block.WrittenCount)].ToArray();
                Renew();
                return used;
            }

            block.Write(part);
        }

        if (end < 0)
        {
            return used;
        }

        var isUnended = bytes[used] == Start;
        var wasSkipping = isSkipping;
        isSkipping = false;
        if (!isUnended)
        {
            // The CR after FS is skipped with what is between blocks.
            used++;
            isInside = false;
        }
        else
        {
            used++;
        }

        if (!wasSkipping)
        {
            kind = isUnended ? FrameKind.Unended : FrameKind.Message;
            message = block.WrittenSpan.ToArray();
            Renew();
        }

        return used;
    }

    private void Renew()
    {
        if (block.Capacity > 1 << 20)
        {
            block = new ArrayBufferWriter<byte>(1024);
        }
        else
        {
            block.ResetWrittenCount();
        }
    }
}
