using System.Buffers;
using System.Globalization;
using System.Text;

namespace Kangqiao.Fhir.Reading;

/// <summary>The text of JSON strings with escapes (RFC 8259 section 7).</summary>
internal static class JsonText
{
    /// <summary>The text of an escaped string that reading has found sound.</summary>
    public static string Unescape(ReadOnlySpan<byte> raw)
    {
        var rented = ArrayPool<byte>.Shared.Rent(raw.Length);
        var text = TryUnescape(raw, rented, out var written)
            ? Encoding.UTF8.GetString(rented, 0, written)
            : Encoding.UTF8.GetString(raw);
        ArrayPool<byte>.Shared.Return(rented);
        return text;
    }

    public static bool UnescapedEquals(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> text)
    {
        var rented = ArrayPool<byte>.Shared.Rent(raw.Length);
        var equal = TryUnescape(raw, rented, out var written) && rented.AsSpan(0, written).SequenceEqual(text);
        ArrayPool<byte>.Shared.Return(rented);
        return equal;
    }

    /// <summary>Resolves escapes; false if one is half of a surrogate pair. The result is never longer than the source.</summary>
    public static bool TryUnescape(ReadOnlySpan<byte> raw, Span<byte> text, out int written)
    {
        written = 0;
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] != (byte)'\\')
            {
                text[written++] = raw[i];
                continue;
            }

            var kind = raw[++i];
            if (kind != (byte)'u')
            {
                text[written++] = kind switch
                {
                    (byte)'b' => (byte)'\b',
                    (byte)'f' => (byte)'\f',
                    (byte)'n' => (byte)'\n',
                    (byte)'r' => (byte)'\r',
                    (byte)'t' => (byte)'\t',
                    _ => kind,
                };
                continue;
            }

            var unit = Hex(raw.Slice(i + 1, 4));
            i += 4;
            Rune rune;
            if (!char.IsSurrogate(unit))
            {
                rune = new Rune(unit);
            }
            else if (char.IsHighSurrogate(unit)
                && i + 6 < raw.Length && raw[i + 1] == (byte)'\\' && raw[i + 2] == (byte)'u'
                && Rune.TryCreate(unit, Hex(raw.Slice(i + 3, 4)), out rune))
            {
                i += 6;
            }
            else
            {
                return false;
            }

            written += rune.EncodeToUtf8(text[written..]);
        }

        return true;
    }

    private static char Hex(ReadOnlySpan<byte> digits) =>
        (char)ushort.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
