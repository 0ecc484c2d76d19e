using System.Runtime.InteropServices;
using System.Text;

namespace Kangqiao.Analytics.Duck;

/// <summary>One column of a chunk. It belongs to its chunk and is void after it; a row past the chunk's rows has no meaning.</summary>
internal sealed unsafe class DuckVector
{
    private static readonly Int128[] Powers = MakePowers();

    private readonly nint vector;
    private void* data;
    private ulong* validity;
    private DuckVector[]? children;
    private int listSize;
    private int listCapacity;

    public DuckVector(nint vector, DuckType type)
    {
        this.vector = vector;
        Type = type;
        data = Native.VectorData(vector);
        validity = Native.VectorValidity(vector);
    }

    public DuckType Type { get; }

    internal nint Pointer => vector;

    /// <summary>Of a LIST its items, of a STRUCT its members.</summary>
    public DuckVector[] Children => children ??= Type.Kind switch
    {
        DuckKind.List => [new DuckVector(Native.ListItems(vector), Type.Item!)],
        DuckKind.Struct => [.. Type.Members!.Select((m, i) => new DuckVector(Native.StructMember(vector, (ulong)i), m.Type))],
        _ => [],
    };

    public bool IsNull(int row) => validity is not null && (validity[row >> 6] & (1UL << (row & 63))) == 0;

    public T Get<T>(int row)
        where T : unmanaged => ((T*)data)[row];

    public ReadOnlySpan<byte> GetBytes(int row)
    {
        // duckdb_string_t: a length, then twelve bytes, or four and a pointer.
        var at = (byte*)data + (row * 16L);
        var length = *(int*)at;
        return length <= 12 ? new ReadOnlySpan<byte>(at + 4, length) : new ReadOnlySpan<byte>(*(byte**)(at + 8), length);
    }

    public string GetText(int row) => Encoding.UTF8.GetString(GetBytes(row));

    /// <summary>The unscaled value of a DECIMAL; DuckDB stores it as narrow as its width allows.</summary>
    public Int128 GetUnscaled(int row) => Type.Width switch
    {
        <= 4 => Get<short>(row),
        <= 9 => Get<int>(row),
        <= 18 => Get<long>(row),
        _ => Get<Int128>(row),
    };

    public (int Start, int Count) GetList(int row)
    {
        var entry = (ulong*)data + (row * 2L);
        return ((int)entry[0], (int)entry[1]);
    }

    public void SetNull(int row)
    {
        if (validity is null)
        {
            Native.EnsureValidity(vector);
            validity = Native.VectorValidity(vector);
        }

        validity[row >> 6] &= ~(1UL << (row & 63));
        foreach (var member in Type.Kind == DuckKind.Struct ? Children : [])
        {
            member.SetNull(row);
        }

        if (Type.Kind == DuckKind.List)
        {
            SetList(row, 0);
        }
    }

    public void Set<T>(int row, T value)
        where T : unmanaged => ((T*)data)[row] = value;

    public void SetBytes(int row, ReadOnlySpan<byte> text)
    {
        fixed (byte* start = text)
        {
            Native.AssignText(vector, (ulong)row, start, (ulong)text.Length);
        }
    }

    /// <summary>Sets a DECIMAL; false where it has more digits before its point than fit. Digits after it that do not fit are rounded.</summary>
    public bool SetDecimal(int row, decimal value)
    {
        Span<int> parts = stackalloc int[4];
        var shown = Type.Scale < value.Scale ? decimal.Round(value, Type.Scale, MidpointRounding.AwayFromZero) : value;
        decimal.GetBits(shown, parts);
        Int128 unscaled = new(((ulong)(uint)parts[2]), ((ulong)(uint)parts[1] << 32) | (uint)parts[0]);
        var missing = Type.Scale - shown.Scale;
        if (missing > 0 && unscaled > Powers[38 - missing])
        {
            return false;
        }

        unscaled = missing >= 0 ? unscaled * Powers[missing] : unscaled / Powers[-missing];
        if (unscaled >= Powers[Type.Width])
        {
            return false;
        }

        unscaled = parts[3] < 0 ? -unscaled : unscaled;
        switch (Type.Width)
        {
            case <= 4:
                Set(row, (short)unscaled);
                break;
            case <= 9:
                Set(row, (int)unscaled);
                break;
            case <= 18:
                Set(row, (long)unscaled);
                break;
            default:
                Set(row, unscaled);
                break;
        }

        return true;
    }

    /// <summary>Gives a row of a LIST so many items, at the end of the items so far.</summary>
    /// <returns>Where the first stands in <see cref="Children"/>[0].</returns>
    public int SetList(int row, int count)
    {
        var start = listSize;
        listSize += count;
        if (listSize > listCapacity)
        {
            listCapacity = Math.Max(listSize, Math.Max(DuckChunk.Capacity, listCapacity * 2));
            _ = Native.ReserveList(vector, (ulong)listCapacity);
            Children[0].Moved();
        }

        _ = Native.SetListSize(vector, (ulong)listSize);
        var entry = (ulong*)data + (row * 2L);
        entry[0] = (ulong)start;
        entry[1] = (ulong)count;
        return start;
    }

    /// <summary>A list's items were given more room, elsewhere.</summary>
    private void Moved()
    {
        data = Native.VectorData(vector);
        validity = Native.VectorValidity(vector);
        foreach (var member in Type.Kind == DuckKind.Struct ? Children : [])
        {
            member.Moved();
        }
    }

    private static Int128[] MakePowers()
    {
        var powers = new Int128[39];
        powers[0] = 1;
        for (var i = 1; i < powers.Length; i++)
        {
            powers[i] = powers[i - 1] * 10;
        }

        return powers;
    }
}
