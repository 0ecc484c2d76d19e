using System.Globalization;
using System.Text;

namespace Kangqiao.City.Sending.Hl7v2;

/// <summary>One HL7 v2.5 message being written: segments end with a carriage return, text is escaped.</summary>
internal sealed class MessageText
{
    private readonly StringBuilder text = new(2048);

    public int Length => text.Length;

    public static string Time(DateTime time) => time.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);

    public static string Day(DateOnly day) => day.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    public static string Number(decimal value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    /// <summary>Text in which the separators have no meaning.</summary>
    public static string Escape(string value)
    {
        if (value.AsSpan().IndexOfAny(@"|^~\&") < 0)
        {
            return value;
        }

        var escaped = new StringBuilder(value.Length + 8);
        foreach (var c in value)
        {
            _ = c switch
            {
                '|' => escaped.Append(@"\F\"),
                '^' => escaped.Append(@"\S\"),
                '~' => escaped.Append(@"\R\"),
                '\\' => escaped.Append(@"\E\"),
                '&' => escaped.Append(@"\T\"),
                _ => escaped.Append(c),
            };
        }

        return escaped.ToString();
    }

    /// <summary>A segment; trailing empty fields are left out. Fields come with their separators already escaped.</summary>
    public void Segment(string name, params ReadOnlySpan<string> fields)
    {
        var last = fields.Length;
        while (last > 0 && fields[last - 1].Length == 0)
        {
            last--;
        }

        text.Append(name);
        for (var i = 0; i < last; i++)
        {
            text.Append('|').Append(fields[i]);
        }

        text.Append('\r');
    }

    public string Take()
    {
        var message = text.ToString();
        text.Clear();
        return message;
    }
}
