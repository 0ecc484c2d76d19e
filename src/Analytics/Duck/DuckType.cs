using System.Runtime.InteropServices;
using System.Text;

namespace Kangqiao.Analytics.Duck;

/// <summary>DUCKDB_TYPE of the C API.</summary>
internal enum DuckKind
{
    Invalid = 0,
    Boolean = 1,
    TinyInt = 2,
    SmallInt = 3,
    Integer = 4,
    BigInt = 5,
    UTinyInt = 6,
    USmallInt = 7,
    UInteger = 8,
    UBigInt = 9,
    Float = 10,
    Double = 11,
    Timestamp = 12,
    Date = 13,
    Time = 14,
    Interval = 15,
    HugeInt = 16,
    Varchar = 17,
    Blob = 18,
    Decimal = 19,
    TimestampS = 20,
    TimestampMs = 21,
    TimestampNs = 22,
    Enum = 23,
    List = 24,
    Struct = 25,
    Map = 26,
    Uuid = 27,
    Union = 28,
    Bit = 29,
    TimeTz = 30,
    TimestampTz = 31,
    UHugeInt = 32,
    Array = 33,
}

/// <summary>The type of a column.</summary>
/// <param name="Width">Digits of a DECIMAL.</param>
/// <param name="Scale">Digits of a DECIMAL after its point.</param>
/// <param name="Item">Of a LIST.</param>
/// <param name="Members">Of a STRUCT.</param>
/// <param name="Words">Of an ENUM.</param>
internal sealed record DuckType(
    DuckKind Kind, byte Width = 0, byte Scale = 0, DuckType? Item = null, IReadOnlyList<(string Name, DuckType Type)>? Members = null, string[]? Words = null)
{
    public static readonly DuckType Boolean = new(DuckKind.Boolean);
    public static readonly DuckType Integer = new(DuckKind.Integer);
    public static readonly DuckType BigInt = new(DuckKind.BigInt);
    public static readonly DuckType Double = new(DuckKind.Double);
    public static readonly DuckType Varchar = new(DuckKind.Varchar);
    public static readonly DuckType Date = new(DuckKind.Date);
    public static readonly DuckType Timestamp = new(DuckKind.Timestamp);
    public static readonly DuckType TimestampTz = new(DuckKind.TimestampTz);

    public static DuckType Decimal(byte width, byte scale) => new(DuckKind.Decimal, width, scale);

    public static DuckType List(DuckType item) => new(DuckKind.List, Item: item);

    public static DuckType Struct(params (string Name, DuckType Type)[] members) => new(DuckKind.Struct, Members: members);

    /// <summary>As SQL writes it.</summary>
    public override string ToString() => Kind switch
    {
        DuckKind.Decimal => $"DECIMAL({Width},{Scale})",
        DuckKind.List => $"{Item}[]",
        DuckKind.Struct => $"STRUCT({string.Join(", ", Members!.Select(m => $"{DuckSql.Name(m.Name)} {m.Type}"))})",
        DuckKind.TimestampTz => "TIMESTAMP WITH TIME ZONE",
        _ => Kind.ToString().ToUpperInvariant(),
    };

    /// <summary>For the native side; the caller ends it.</summary>
    public unsafe TypeHandle ToNative()
    {
        switch (Kind)
        {
            case DuckKind.Decimal:
                return Native.CreateDecimalType(Width, Scale);
            case DuckKind.List:
                using (var item = Item!.ToNative())
                {
                    return Native.CreateListType(item);
                }

            case DuckKind.Struct:
                var members = Members!.Select(m => m.Type.ToNative()).ToArray();
                var names = Members!.Select(m => Encoding.UTF8.GetBytes(m.Name + "\0")).ToArray();
                var pins = Array.ConvertAll(names, n => GCHandle.Alloc(n, GCHandleType.Pinned));
                var types = stackalloc nint[members.Length];
                var texts = stackalloc byte*[members.Length];
                for (var i = 0; i < members.Length; i++)
                {
                    types[i] = members[i].DangerousGetHandle();
                    texts[i] = (byte*)pins[i].AddrOfPinnedObject();
                }

                var made = Native.CreateStructType(types, texts, (ulong)members.Length);
                Array.ForEach(pins, p => p.Free());
                Array.ForEach(members, m => m.Dispose());
                return made;
            default:
                return Native.CreateType(Kind);
        }
    }

    public static DuckType FromNative(TypeHandle type)
    {
        var kind = Native.TypeId(type);
        switch (kind)
        {
            case DuckKind.Decimal:
                return Decimal(Native.DecimalWidth(type), Native.DecimalScale(type));
            case DuckKind.List:
                using (var item = Native.ListItemType(type))
                {
                    return List(FromNative(item));
                }

            case DuckKind.Struct:
                var members = new (string, DuckType)[Native.StructCount(type)];
                for (var i = 0; i < members.Length; i++)
                {
                    using var member = Native.StructType(type, (ulong)i);
                    members[i] = (Native.TakeText(Native.StructName(type, (ulong)i)), FromNative(member));
                }

                return Struct(members);
            case DuckKind.Enum:
                var words = new string[Native.EnumSize(type)];
                for (var i = 0; i < words.Length; i++)
                {
                    words[i] = Native.TakeText(Native.EnumValue(type, (ulong)i));
                }

                return new DuckType(kind, Words: words);
            default:
                return new DuckType(kind);
        }
    }
}

/// <summary>Names and texts as SQL writes them.</summary>
internal static class DuckSql
{
    public static string Name(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public static string Text(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
