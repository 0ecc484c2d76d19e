using System.Buffers.Binary;
using Npgsql;

namespace Kangqiao.Store.Postgres.Writing;

/// <summary>
/// Rows of one table in COPY's binary form (postgresql.org/docs/15/sql-copy.html#id-1.9.3.55.9.4), gathered in memory and sent
/// in one go: no parameter, no plan and no round trip for each row.
/// </summary>
internal sealed class CopyRows(string table, string columns)
{
    // Signature, flags and the length of an extension that there is not.
    private static readonly byte[] Start = [.. "PGCOPY\n"u8, 0xFF, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private readonly string statement = $"COPY {table} ({columns}) FROM STDIN (FORMAT BINARY)";
    private readonly short width = (short)columns.Split(',').Length;
    private byte[] buffer = new byte[64 * 1024];
    private int length;
    private int rows;

    public int Count => rows;

    public void Clear()
    {
        (length, rows) = (0, 0);
        // A single huge request must not keep its memory for ever.
        if (buffer.Length > 16 * 1024 * 1024)
        {
            buffer = new byte[64 * 1024];
        }
    }

    public CopyRows Row()
    {
        if (rows++ == 0)
        {
            Start.CopyTo(Take(Start.Length));
        }

        BinaryPrimitives.WriteInt16BigEndian(Take(sizeof(short)), width);
        return this;
    }

    public CopyRows Add(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(Field(sizeof(long)), value);
        return this;
    }

    public CopyRows Add(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(Field(sizeof(int)), value);
        return this;
    }

    public CopyRows Add(short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(Field(sizeof(short)), value);
        return this;
    }

    public CopyRows Add(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Field(value.Length));
        return this;
    }

    /// <summary>Two columns: <c>x</c> and <c>t</c>.</summary>
    public CopyRows Add(TermColumns terms, DateTimeOffset instant, ChunkNames chunk)
    {
        terms.CopyArrayTo(Field(terms.ArrayLength(chunk)), chunk);
        terms.CopyTextTo(Field(terms.TextLength), instant);
        return this;
    }

    /// <summary>Sends the rows, if there are any, and forgets them.</summary>
    public async Task SendAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        if (rows == 0)
        {
            return;
        }

        BinaryPrimitives.WriteInt16BigEndian(Take(sizeof(short)), -1);
        await using (var stream = await connection.BeginRawBinaryCopyAsync(statement, cancel))
        {
            await stream.WriteAsync(buffer.AsMemory(0, length), cancel);
        }

        Clear();
    }

    private Span<byte> Field(int size)
    {
        var field = Take(sizeof(int) + size);
        BinaryPrimitives.WriteInt32BigEndian(field, size);
        return field[sizeof(int)..];
    }

    private Span<byte> Take(int size)
    {
        if (length + size > buffer.Length)
        {
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + size));
        }

        var taken = buffer.AsSpan(length, size);
        length += size;
        return taken;
    }
}
