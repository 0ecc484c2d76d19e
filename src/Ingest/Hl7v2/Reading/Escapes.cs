using System.Globalization;
using System.Text;

namespace Kangqiao.Ingest.Hl7v2.Reading;

/// <summary>Escape sequences in text (chapter 2.7). What is none after all – a path of Windows, a lone backslash – stays as it is.</summary>
internal static class Escapes
{
    /// <summary>A sequence is short; what does not end within this many bytes is text.</summary>
    private const int MaxLength = 2048;

    public static string Read(ReadOnlySpan<byte> bytes, Hl7Message message)
    {
        var escape = message.Separators.Escape;
        if (bytes.IndexOf(escape) < 0 && bytes.IndexOfAnyInRange((byte)0, (byte)0x1F) < 0)
        {
            return Encoding.UTF8.GetString(bytes);
        }

        var text = new StringBuilder(bytes.Length);
        while (true)
        {
            var at = bytes.IndexOf(escape);
            if (at < 0)
            {
                break;
            }

            Plain(bytes[..at], text);
            bytes = bytes[at..];
            var end = bytes[1..Math.Min(bytes.Length, MaxLength)].IndexOf(escape);
            if (end >= 0 && Sequence(bytes.Slice(1, end), message, text))
            {
                bytes = bytes[(end + 2)..];
            }
            else
            {
                text.Append((char)escape);
                bytes = bytes[1..];
            }
        }

        Plain(bytes, text);
        return text.ToString();
    }

    /// <summary>Text for a field: delimiters, line breaks and control characters escaped.</summary>
    public static string Write(string text, Separators separators)
    {
        var e = (char)separators.Escape;
        var written = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            _ = c switch
            {
                _ when c == separators.Field => written.Append(e).Append('F').Append(e),
                _ when c == separators.Component => written.Append(e).Append('S').Append(e),
                _ when c == separators.Subcomponent => written.Append(e).Append('T').Append(e),
                _ when c == separators.Repetition => written.Append(e).Append('R').Append(e),
                _ when c == separators.Escape => written.Append(e).Append('E').Append(e),
                '\n' => written.Append(e).Append(".br").Append(e),
                < ' ' => written.Append(e).Append('X').Append(((int)c).ToString("X2", CultureInfo.InvariantCulture)).Append(e),
                _ => written.Append(c),
            };
        }

        return written.ToString();
    }

    /// <summary>False where it is not a sequence.</summary>
    private static bool Sequence(ReadOnlySpan<byte> body, Hl7Message message, StringBuilder text)
    {
        var separators = message.Separators;
        switch (body)
        {
            case [(byte)'F']: text.Append((char)separators.Field); return true;
            case [(byte)'S']: text.Append((char)separators.Component); return true;
            case [(byte)'T']: text.Append((char)separators.Subcomponent); return true;
            case [(byte)'R']: text.Append((char)separators.Repetition); return true;
            case [(byte)'E']: text.Append((char)separators.Escape); return true;
            case [(byte)'P']: text.Append('#'); return true;
            case [(byte)'H'] or [(byte)'N']: return true;
            case [(byte)'X', .. var hex]: return Hex(hex, message.Encoding, text);
            // A change to another character set for what follows (2.7.2): the bytes were read by MSH-18 already.
            case [(byte)'C', _, _, _, _] or [(byte)'M', _, _, _, _] or [(byte)'M', _, _, _, _, _, _]: return IsHex(body[1..]);
            case [(byte)'Z', ..]: return body.Length <= 32 && !body.Contains((byte)' ');
            case [(byte)'.', .. var command]: return Command(command, text);
            default: return false;
        }
    }

    private static bool Hex(ReadOnlySpan<byte> hex, Encoding encoding, StringBuilder text)
    {
        if (hex.Length == 0 || hex.Length % 2 != 0 || !IsHex(hex))
        {
            return false;
        }

        var bytes = Convert.FromHexString(Encoding.ASCII.GetString(hex));
        try
        {
            Plain(Encoding.UTF8.GetBytes(encoding.GetString(bytes)), text);
        }
        catch (DecoderFallbackException)
        {
            Plain(Encoding.UTF8.GetBytes(Encoding.Latin1.GetString(bytes)), text);
        }

        return true;
    }

    /// <summary>Formatting commands (2.7.6): what breaks a line breaks it, what only looks is left out.</summary>
    private static bool Command(ReadOnlySpan<byte> command, StringBuilder text)
    {
        var name = Encoding.ASCII.GetString(command[..Math.Min(2, command.Length)]).ToLowerInvariant();
        var number = command.Length > 2 && int.TryParse(command[2..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n)
            ? Math.Clamp(n, 0, 80)
            : 1;
        switch (name)
        {
            case "br" or "ce":
                text.Append('\n');
                return true;
            case "sp":
                text.Append('\n', number);
                return true;
            case "sk":
                text.Append(' ', number);
                return true;
            case "in" or "ti" or "fi" or "nf":
                return true;
            default:
                return false;
        }
    }

    private static bool IsHex(ReadOnlySpan<byte> text) => text.IndexOfAnyExcept(System.Buffers.SearchValues.Create("0123456789ABCDEFabcdef"u8)) < 0;

    /// <summary>Line ends become one kind; control characters, which FHIR's strings may not hold, become spaces.</summary>
    private static void Plain(ReadOnlySpan<byte> bytes, StringBuilder text)
    {
        var from = text.Length;
        text.Append(Encoding.UTF8.GetString(bytes));
        text.Replace("\r\n", "\n", from, text.Length - from).Replace('\r', '\n', from, text.Length - from);
        for (var i = from; i < text.Length; i++)
        {
            if (text[i] is < ' ' and not ('\n' or '\t'))
            {
                text[i] = ' ';
            }
        }
    }
}
