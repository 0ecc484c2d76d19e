using System.Buffers;
using System.Globalization;
using System.Text;
using Kangqiao.Analytics.Duck;
using Kangqiao.Analytics.Views;
using Kangqiao.Fhir.FhirPath;

namespace Kangqiao.Analytics.Rows;

/// <summary>Writes values of rows into DuckDB's vectors. For one thread.</summary>
internal sealed class DuckCells
{
    private readonly ArrayBufferWriter<byte> json = new();

    /// <summary>The column's value in a row; false if one cannot be of the column's type.</summary>
    public bool Write(DuckVector vector, int row, ColumnKind kind, bool isCollection, FhirPathResults values)
    {
        if (isCollection)
        {
            var start = vector.SetList(row, values.Count);
            for (var i = 0; i < values.Count; i++)
            {
                if (!One(vector.Children[0], start + i, kind, values[i]))
                {
                    return false;
                }
            }

            return true;
        }

        if (values.Count > 0)
        {
            return One(vector, row, kind, values[0]);
        }

        vector.SetNull(row);
        return true;
    }

    private bool One(DuckVector vector, int row, ColumnKind kind, in FhirPathItem item)
    {
        switch (vector.Type.Kind)
        {
            case DuckKind.Varchar:
                vector.SetBytes(row, Bytes(kind, item));
                return true;
            case DuckKind.Boolean:
                vector.Set(row, item.Element.Exists ? item.Element.Raw is [(byte)'t', ..] : item.Boolean);
                return true;
            case DuckKind.Date or DuckKind.Timestamp or DuckKind.TimestampTz or DuckKind.Time:
                SetMoment(vector, row, Bytes(kind, item));
                return true;
            default:
                return decimal.TryParse(Bytes(kind, item), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && SetNumber(vector, row, number);
        }
    }

    private static bool SetNumber(DuckVector vector, int row, decimal number)
    {
        switch (vector.Type.Kind)
        {
            case DuckKind.SmallInt when decimal.IsInteger(number) && number is >= short.MinValue and <= short.MaxValue:
                vector.Set(row, (short)number);
                return true;
            case DuckKind.Integer when decimal.IsInteger(number) && number is >= int.MinValue and <= int.MaxValue:
                vector.Set(row, (int)number);
                return true;
            case DuckKind.BigInt when decimal.IsInteger(number) && number is >= long.MinValue and <= long.MaxValue:
                vector.Set(row, (long)number);
                return true;
            case DuckKind.Float:
                vector.Set(row, (float)number);
                return true;
            case DuckKind.Double:
                vector.Set(row, (double)number);
                return true;
            case DuckKind.Decimal:
                return vector.SetDecimal(row, number);
            default:
                return false;
        }
    }

    /// <summary>A year or month without its day is no DATE: null.</summary>
    private static void SetMoment(DuckVector vector, int row, ReadOnlySpan<byte> text)
    {
        if (vector.Type.Kind == DuckKind.Time ? !Moment.TryTime(text, out var moment) : !Moment.TryDay(text, out moment))
        {
            vector.SetNull(row);
            return;
        }

        switch (vector.Type.Kind)
        {
            case DuckKind.Date:
                vector.Set(row, moment.CityDay);
                break;
            case DuckKind.Time:
                vector.Set(row, moment.Time);
                break;
            case DuckKind.Timestamp:
                vector.Set(row, moment.CityMicroseconds);
                break;
            default:
                vector.Set(row, moment.UtcMicroseconds);
                break;
        }
    }

    private ReadOnlySpan<byte> Bytes(ColumnKind kind, in FhirPathItem item)
    {
        if (item.Element is { Exists: true } element)
        {
            if (!element.IsPrimitive)
            {
                json.ResetWrittenCount();
                JsonValues.Write(json, kind, item);
                return json.WrittenSpan;
            }

            return element.IsEscaped ? Encoding.UTF8.GetBytes(element.Text()!) : element.Raw;
        }

        return Encoding.UTF8.GetBytes(item.ToString());
    }
}
