using System.Buffers.Text;
using System.Text;

namespace Kangqiao.Bench.Load.Truth;

/// <summary>
/// The few things that a question asks for, found in a shaped record by the text that stands before them: the shapes are ours,
/// so a name stands where the shape puts it, and a hundred million records must be looked at in reasonable time.
/// </summary>
internal static class RecordGlance
{
    public static ReadOnlySpan<byte> CodeMark => "\"code\":{\"coding\":[{\"system\":\""u8;

    /// <summary>Text up to the next quote after the mark; empty when the mark is not there.</summary>
    public static ReadOnlySpan<byte> After(ReadOnlySpan<byte> json, ReadOnlySpan<byte> mark)
    {
        var at = json.IndexOf(mark);
        if (at < 0)
        {
            return default;
        }

        var rest = json[(at + mark.Length)..];
        return rest[..rest.IndexOf((byte)'"')];
    }

    /// <summary>The code of the first coding behind a mark that ends with its system's opening quote.</summary>
    public static ReadOnlySpan<byte> Code(ReadOnlySpan<byte> json, ReadOnlySpan<byte> mark)
    {
        var at = json.IndexOf(mark);
        return at < 0 ? default : After(json[(at + mark.Length)..], "\"code\":\""u8);
    }

    public static string Text(ReadOnlySpan<byte> json, ReadOnlySpan<byte> mark) => Encoding.UTF8.GetString(After(json, mark));

    /// <summary>A decimal number behind the mark, without its point, and how many decimals it has: "137.0" is 1370 and 1.</summary>
    public static bool Figure(ReadOnlySpan<byte> json, ReadOnlySpan<byte> mark, out int units, out int decimals)
    {
        (units, decimals) = (0, 0);
        var at = json.IndexOf(mark);
        if (at < 0)
        {
            return false;
        }

        var point = false;
        foreach (var one in json[(at + mark.Length)..])
        {
            if (one == '.')
            {
                point = true;
            }
            else if (one is >= (byte)'0' and <= (byte)'9')
            {
                units = (units * 10) + one - '0';
                decimals += point ? 1 : 0;
            }
            else
            {
                break;
            }
        }

        return true;
    }

    /// <summary>The day number of a date or of a moment's own date, that of its place; -1 when there is none.</summary>
    public static int Day(ReadOnlySpan<byte> text) =>
        text.Length >= 10
        && Utf8Parser.TryParse(text[..4], out int year, out _)
        && Utf8Parser.TryParse(text[5..7], out int month, out _)
        && Utf8Parser.TryParse(text[8..10], out int day, out _)
            ? new DateOnly(year, month, day).DayNumber
            : -1;
}
