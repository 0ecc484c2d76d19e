using System.Globalization;
using System.Text.Json;
using Kangqiao.Analytics.Duck;

namespace Kangqiao.Analytics.Sandbox;

/// <summary>DuckDB's values as JSON; numbers keep their digits.</summary>
internal static class DuckJson
{
    public static void Write(Utf8JsonWriter json, DuckVector vector, int row)
    {
        if (vector.IsNull(row))
        {
            json.WriteNullValue();
            return;
        }

        switch (vector.Type.Kind)
        {
            case DuckKind.Boolean:
                json.WriteBooleanValue(vector.Get<bool>(row));
                break;
            case DuckKind.Varchar:
                json.WriteStringValue(vector.GetBytes(row));
                break;
            case DuckKind.Float:
                Number(json, vector.Get<float>(row));
                break;
            case DuckKind.Double:
                Number(json, vector.Get<double>(row));
                break;
            case DuckKind.List:
                json.WriteStartArray();
                var (start, count) = vector.GetList(row);
                for (var i = 0; i < count; i++)
                {
                    Write(json, vector.Children[0], start + i);
                }

                json.WriteEndArray();
                break;
            case DuckKind.Struct:
                json.WriteStartObject();
                for (var i = 0; i < vector.Children.Length; i++)
                {
                    json.WritePropertyName(vector.Type.Members![i].Name);
                    Write(json, vector.Children[i], row);
                }

                json.WriteEndObject();
                break;
            case DuckKind.Enum:
                var words = vector.Type.Words!;
                json.WriteStringValue(words[words.Length <= 256 ? vector.Get<byte>(row) : words.Length <= 65536 ? vector.Get<ushort>(row) : (int)vector.Get<uint>(row)]);
                break;
            default:
                Other(json, vector, row);
                break;
        }
    }

    private static void Other(Utf8JsonWriter json, DuckVector vector, int row)
    {
        var culture = CultureInfo.InvariantCulture;
        switch (vector.Type.Kind)
        {
            case DuckKind.Decimal:
                var unscaled = vector.GetUnscaled(row);
                var digits = Int128.Abs(unscaled).ToString(culture).PadLeft(vector.Type.Scale + 1, '0');
                var point = digits.Length - vector.Type.Scale;
                json.WriteRawValue($"{(unscaled < 0 ? "-" : "")}{digits[..point]}{(vector.Type.Scale > 0 ? "." + digits[point..] : "")}");
                break;
            case DuckKind.Date:
                json.WriteStringValue(new DateTime(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddDays(vector.Get<int>(row)).ToString("yyyy-MM-dd", culture));
                break;
            case DuckKind.Time:
                json.WriteStringValue(TimeSpan.FromMicroseconds(vector.Get<long>(row)).ToString(@"hh\:mm\:ss\.ffffff", culture));
                break;
            case DuckKind.Timestamp or DuckKind.TimestampTz or DuckKind.TimestampS or DuckKind.TimestampMs or DuckKind.TimestampNs:
                Moment(json, vector.Type.Kind, vector.Get<long>(row));
                break;
            case DuckKind.TinyInt:
                json.WriteNumberValue(vector.Get<sbyte>(row));
                break;
            case DuckKind.SmallInt:
                json.WriteNumberValue(vector.Get<short>(row));
                break;
            case DuckKind.Integer:
                json.WriteNumberValue(vector.Get<int>(row));
                break;
            case DuckKind.BigInt:
                json.WriteNumberValue(vector.Get<long>(row));
                break;
            case DuckKind.UTinyInt:
                json.WriteNumberValue(vector.Get<byte>(row));
                break;
            case DuckKind.USmallInt:
                json.WriteNumberValue(vector.Get<ushort>(row));
                break;
            case DuckKind.UInteger:
                json.WriteNumberValue(vector.Get<uint>(row));
                break;
            case DuckKind.UBigInt:
                json.WriteNumberValue(vector.Get<ulong>(row));
                break;
            case DuckKind.HugeInt:
                json.WriteRawValue(vector.Get<Int128>(row).ToString(culture));
                break;
            default:
                // Named, so that whoever wrote the query casts it.
                json.WriteStringValue($"({vector.Type}: cast it)");
                break;
        }
    }

    private static void Number(Utf8JsonWriter json, double number)
    {
        if (double.IsFinite(number))
        {
            json.WriteNumberValue(number);
        }
        else
        {
            // JSON has no word for them; and a share of nothing is no number.
            json.WriteNullValue();
        }
    }

    private static void Moment(Utf8JsonWriter json, DuckKind kind, long value)
    {
        var ticks = kind switch
        {
            DuckKind.TimestampS => (Int128)value * TimeSpan.TicksPerSecond,
            DuckKind.TimestampMs => (Int128)value * TimeSpan.TicksPerMillisecond,
            DuckKind.TimestampNs => value / 100,
            _ => (Int128)value * TimeSpan.TicksPerMicrosecond,
        } + DateTime.UnixEpoch.Ticks;
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks)
        {
            json.WriteStringValue(ticks < 0 ? "-infinity" : "infinity");
            return;
        }

        var text = new DateTime((long)ticks, DateTimeKind.Unspecified).ToString("yyyy-MM-ddTHH:mm:ss.FFFFFF", CultureInfo.InvariantCulture);
        json.WriteStringValue(kind == DuckKind.TimestampTz ? text + "Z" : text);
    }
}
