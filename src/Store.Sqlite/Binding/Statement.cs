using SQLitePCL;

namespace Kangqiao.Store.Sqlite.Binding;

/// <summary>A prepared statement. Parameters count from 1, columns from 0, as in SQLite.</summary>
internal sealed class Statement(Database database, sqlite3_stmt handle) : IDisposable
{
    public Statement Bind(int at, long value)
    {
        database.Check(raw.sqlite3_bind_int64(handle, at, value));
        return this;
    }

    public Statement Bind(int at, string text)
    {
        database.Check(raw.sqlite3_bind_text(handle, at, text));
        return this;
    }

    /// <summary>UTF-8 text.</summary>
    public Statement BindText(int at, ReadOnlySpan<byte> utf8)
    {
        database.Check(raw.sqlite3_bind_text(handle, at, utf8));
        return this;
    }

    public Statement BindBlob(int at, ReadOnlySpan<byte> bytes)
    {
        database.Check(raw.sqlite3_bind_blob(handle, at, bytes));
        return this;
    }

    public Statement BindNull(int at)
    {
        database.Check(raw.sqlite3_bind_null(handle, at));
        return this;
    }

    /// <summary>An id: 16 bytes where it is a UUID, else text.</summary>
    public Statement BindId(int at, string id)
    {
        if (!PackedId.TryUuid(id, out var uuid))
        {
            return Bind(at, id);
        }

        Span<byte> bytes = stackalloc byte[16];
        _ = uuid.TryWriteBytes(bytes, bigEndian: true, out _);
        return BindBlob(at, bytes);
    }

    /// <summary>True when there is a row. Rows end by <see cref="Reset"/>.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(handle);
        if (code is raw.SQLITE_ROW)
        {
            return true;
        }

        if (code is not raw.SQLITE_DONE)
        {
            raw.sqlite3_reset(handle);
            database.Check(code);
        }

        return false;
    }

    public void Reset() => raw.sqlite3_reset(handle);

    /// <summary>For statements that give no rows.</summary>
    public void Run()
    {
        _ = Step();
        Reset();
    }

    public long Int64(int column) => raw.sqlite3_column_int64(handle, column);

    public int Int32(int column) => raw.sqlite3_column_int(handle, column);

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public string Text(int column) => raw.sqlite3_column_text(handle, column).utf8_to_string() ?? "";

    /// <summary>Valid until the next step or reset.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(handle, column);

    public string Id(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_BLOB
        ? PackedId.Text(new Guid(Blob(column), bigEndian: true))
        : Text(column);

    /// <summary>Whether the id of the row is this one, without making a string of it.</summary>
    public bool IsId(int column, string id)
    {
        if (raw.sqlite3_column_type(handle, column) != raw.SQLITE_BLOB)
        {
            return Text(column) == id;
        }

        return PackedId.TryUuid(id, out var uuid) && uuid == new Guid(Blob(column), bigEndian: true);
    }

    public void Dispose() => handle.Dispose();
}
