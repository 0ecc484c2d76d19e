using System.Globalization;
using System.Text;

namespace Kangqiao.Ingest.Cda.Reading;

/// <summary>XML's five named references and those by number (XML 1.0, 4.1 and 4.6).</summary>
internal static class XmlEscapes
{
    private const int Longest = 12;

    public static string Unescape(string text)
    {
        var output = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var ampersand = text.IndexOf('&', at);
            if (ampersand < 0)
            {
                output.Append(text, at, text.Length - at);
                break;
            }

            output.Append(text, at, ampersand - at);
            var (length, rune) = Reference(text.AsSpan(ampersand));
            if (length == 0)
            {
                output.Append('&');
                at = ampersand + 1;
            }
            else
            {
                output.Append(rune);
                at = ampersand + length;
            }
        }

        return output.ToString();
    }

    /// <summary>Whether every ampersand begins a reference.</summary>
    public static bool IsSound(ReadOnlySpan<byte> utf8)
    {
        Span<char> chars = stackalloc char[Longest];
        for (var at = utf8.IndexOf((byte)'&'); at >= 0;)
        {
            var rest = utf8.Slice(at, Math.Min(Longest, utf8.Length - at));
            for (var i = 0; i < rest.Length; i++)
            {
                chars[i] = (char)rest[i];
            }

            if (Reference(chars[..rest.Length]).Length == 0)
            {
                return false;
            }

            var next = utf8[(at + 1)..].IndexOf((byte)'&');
            at = next < 0 ? -1 : at + 1 + next;
        }

        return true;
    }

    private static (int Length, string Rune) Reference(ReadOnlySpan<char> text)
    {
        var end = text[..Math.Min(text.Length, Longest)].IndexOf(';');
        if (end < 2)
        {
            return default;
        }

        var name = text[1..end];
        var named = name switch { "amp" => "&", "lt" => "<", "gt" => ">", "quot" => "\"", "apos" => "'", _ => null };
        if (named is not null)
        {
            return (end + 1, named);
        }

        if (name[0] != '#')
        {
            return default;
        }

        var isHex = name.Length > 2 && name[1] == 'x';
        var isNumber = isHex
            ? int.TryParse(name[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
            : int.TryParse(name[1..], NumberStyles.None, CultureInfo.InvariantCulture, out number);
        return isNumber && number > 0 && Rune.IsValid(number) ? (end + 1, new Rune(number).ToString()) : default;
    }
}
