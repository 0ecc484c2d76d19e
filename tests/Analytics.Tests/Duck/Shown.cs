using System.Globalization;
using Kangqiao.Analytics.Duck;

namespace Kangqiao.Analytics.Tests.Duck;

/// <summary>Rows as text, read through the binding and nothing else.</summary>
internal static class Shown
{
    public static List<string> All(DuckRows rows)
    {
        var all = new List<string>();
        while (rows.Next().Value is { } chunk)
        {
            using (chunk)
            {
                for (var row = 0; row < chunk.Rows; row++)
                {
                    all.Add(string.Join('|', chunk.Columns.Select(c => One(c, row))));
                }
            }
        }

        return all;
    }

    private static string One(DuckVector vector, int row)
    {
        if (vector.IsNull(row))
        {
            return "null";
        }

        switch (vector.Type.Kind)
        {
            case DuckKind.Boolean:
                return vector.Get<bool>(row) ? "true" : "false";
            case DuckKind.TinyInt:
                return Text(vector.Get<sbyte>(row));
            case DuckKind.SmallInt:
                return Text(vector.Get<short>(row));
            case DuckKind.Integer:
                return Text(vector.Get<int>(row));
            case DuckKind.BigInt:
                return Text(vector.Get<long>(row));
            case DuckKind.HugeInt:
                return Text(vector.Get<Int128>(row));
            case DuckKind.Float:
                return Text(vector.Get<float>(row));
            case DuckKind.Double:
                return Text(vector.Get<double>(row));
            case DuckKind.Varchar:
                return vector.GetText(row);
            case DuckKind.Date:
                return DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays(vector.Get<int>(row)).ToString("O", CultureInfo.InvariantCulture);
            case DuckKind.Timestamp or DuckKind.TimestampTz:
                return DateTime.UnixEpoch.AddMicroseconds(vector.Get<long>(row)).ToString("yyyy-MM-ddTHH:mm:ss.fffffff", CultureInfo.InvariantCulture);
            case DuckKind.Enum:
                return vector.Type.Words![vector.Get<byte>(row)];
            case DuckKind.Decimal:
                var digits = Int128.Abs(vector.GetUnscaled(row)).ToString(CultureInfo.InvariantCulture).PadLeft(vector.Type.Scale + 1, '0');
                var sign = vector.GetUnscaled(row) < 0 ? "-" : "";
                return sign + (vector.Type.Scale == 0 ? digits : digits[..^vector.Type.Scale] + "." + digits[^vector.Type.Scale..]);
            case DuckKind.List:
                var (start, count) = vector.GetList(row);
                return $"[{string.Join(',', Enumerable.Range(start, count).Select(i => One(vector.Children[0], i)))}]";
            case DuckKind.Struct:
                return $"{{{string.Join(',', vector.Type.Members!.Select((m, i) => $"{m.Name}:{One(vector.Children[i], row)}"))}}}";
            default:
                return vector.Type.ToString();
        }
    }

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
