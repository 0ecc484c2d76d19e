namespace Kangqiao.Rest.Bulk;

/// <summary>Lines of a file from any byte on, in memory as large as the longest of them and no larger than the bound.</summary>
internal sealed class LineReader(Stream stream, long position, int most)
{
    private byte[] buffer = new byte[128 * 1024];
    private int start;
    private int end;
    private bool isSkipping;

    /// <summary>Where the next line begins.</summary>
    public long Position { get; private set; } = position;

    /// <summary>The line was longer than the bound; nothing of it is given.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>The next line without its end, valid until the next call; null when there are no more.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> NextAsync(CancellationToken cancel)
    {
        IsTooLong = false;
        var searched = start;
        while (true)
        {
            var found = buffer.AsSpan(searched, end - searched).IndexOf((byte)'\n');
            if (found >= 0)
            {
                var line = buffer.AsMemory(start, searched + found - start);
                Position += searched + found + 1 - start;
                start = searched + found + 1;
                return Given(line);
            }

            searched = end;
            if (end - start > most)
            {
                // Let go of what was read of it; its end is looked for in what comes.
                isSkipping = true;
                Position += end - start;
                start = end = searched = 0;
            }

            var moved = Room();
            searched -= moved;
            var read = await stream.ReadAsync(buffer.AsMemory(end), cancel);
            if (read == 0)
            {
                if (end == start && !isSkipping)
                {
                    return null;
                }

                var last = buffer.AsMemory(start, end - start);
                Position += end - start;
                start = end;
                return Given(last);
            }

            end += read;
        }
    }

    private ReadOnlyMemory<byte> Given(ReadOnlyMemory<byte> line)
    {
        IsTooLong = isSkipping || line.Length > most;
        isSkipping = false;
        return IsTooLong ? default : line;
    }

    /// <returns>By how much what is there was moved to the front.</returns>
    private int Room()
    {
        if (end < buffer.Length)
        {
            return 0;
        }

        var moved = start;
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }
        else
        {
            Array.Resize(ref buffer, buffer.Length * 2);
        }

        return moved;
    }
}
