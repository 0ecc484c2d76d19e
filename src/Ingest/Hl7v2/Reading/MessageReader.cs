using System.Text;
using Kangqiao.Fhir.Findings;

namespace Kangqiao.Ingest.Hl7v2.Reading;

/// <summary>Bytes to the table of one message. Lines end in CR, LF or both; framing and a byte order mark around it are left off.</summary>
internal static class MessageReader
{
    /// <summary>A message beyond this is refused: 64 MiB holds any document a hospital embeds.</summary>
    public const int MaxBytes = 64 << 20;

    private const int MaxHeader = 64 * 1024;

    public static Hl7Message? Read(ReadOnlyMemory<byte> bytes, FindingList findings)
    {
        if (bytes.Length > MaxBytes)
        {
            findings.Add(Hl7Findings.Of(Hl7Findings.TooLarge, "", $"{MaxBytes >> 20}"));
            return null;
        }

        bytes = Bare(bytes);
        if (!bytes.Span.StartsWith("MSH"u8))
        {
            findings.Add(Hl7Findings.Of(Hl7Findings.NotHl7, ""));
            return null;
        }

        if (Separators.Read(bytes.Span, out var encodingLength) is not { } separators)
        {
            findings.Add(Hl7Findings.Of(Hl7Findings.BadSeparators, "MSH[1]-2"));
            return null;
        }

        if (encodingLength < 4)
        {
            findings.Add(Hl7Findings.Of(Hl7Findings.FewSeparators, "MSH[1]-2", separators.Encoding));
        }

        var declared = Declared(bytes.Span, separators);
        if (Charsets.ToUtf8(bytes, declared, findings, out var encoding) is not { } text)
        {
            return null;
        }

        return Tabulate(text, separators, encoding, findings);
    }

    /// <summary>
    /// The header alone, for an answer, and EVN for the event of an old sender: of any message that begins with one, however
    /// broken the rest is.
    /// </summary>
    public static Hl7Message? ReadHeader(ReadOnlyMemory<byte> bytes)
    {
        bytes = Bare(bytes[..Math.Min(bytes.Length, MaxHeader)]);
        if (!bytes.Span.StartsWith("MSH"u8) || Separators.Read(bytes.Span, out _) is not { } separators)
        {
            return null;
        }

        var findings = new FindingList();
        var declared = Declared(bytes.Span, separators);
        var end = bytes.Span.IndexOfAny((byte)'\r', (byte)'\n');
        var line = end < 0 ? bytes : bytes[..end];
        if (end >= 0 && bytes.Span[(end + 1)..].TrimStart((byte)'\n').StartsWith("EVN"u8))
        {
            var rest = bytes.Span[(end + 5)..].IndexOfAny((byte)'\r', (byte)'\n');
            line = rest < 0 ? bytes : bytes[..(end + 5 + rest)];
        }

        var text = Charsets.ToUtf8(line, declared, findings, out var encoding) ?? Charsets.Salvage(line, out encoding);
        return Tabulate(text, separators, encoding, findings);
    }

    /// <summary>Application and facility of whoever sent a message or a batch (MSH-3, MSH-4; BHS and FHS have them in the same places).</summary>
    /// <returns>First and second component of each; empty where there is nothing to read.</returns>
    public static (string Application, string Facility, string FacilityId) SenderOf(ReadOnlyMemory<byte> bytes)
    {
        var bare = Bare(bytes[..Math.Min(bytes.Length, MaxHeader)]);
        var span = bare.Span;
        if (!span.StartsWith("MSH"u8) && !span.StartsWith("BHS"u8) && !span.StartsWith("FHS"u8))
        {
            return ("", "", "");
        }

        if (!span.StartsWith("MSH"u8))
        {
            // A batch's own header may be empty there; its first message is not.
            var first = span.IndexOf("\rMSH"u8) is >= 0 and var at ? at : span.IndexOf("\nMSH"u8);
            var end = span.IndexOfAny((byte)'\r', (byte)'\n');
            var header = (byte[])[.. "MSH"u8, .. (end < 0 ? span : span[..end])[3..]];
            var said = ReadHeader(header);
            var own = said is null ? default : (said.Header.Field(3).Component(1).Text(), said.Header.Field(4).Component(1).Text(), said.Header.Field(4).Component(2).Text());
            return own is (_, { Length: > 0 }, _) || first < 0 ? own : SenderOf(bare[(first + 1)..]);
        }

        return ReadHeader(bare) is { } message
            ? (message.Header.Field(3).Component(1).Text(), message.Header.Field(4).Component(1).Text(), message.Header.Field(4).Component(2).Text())
            : ("", "", "");
    }

    /// <summary>Without what is around a message: byte order mark, start and end of an MLLP block, blank lines.</summary>
    private static ReadOnlyMemory<byte> Bare(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        if (span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            bytes = bytes[3..];
        }
        else if (span is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            bytes = Encoding.Convert(span[0] == 0xFF ? Encoding.Unicode : Encoding.BigEndianUnicode, Encoding.UTF8, span[2..].ToArray());
        }

        return bytes.TrimStart("\u000b\r\n\t \0"u8).TrimEnd("\u001c\r\n\0"u8);
    }

    /// <summary>
    /// MSH-18 before its character set is known. The names of table 0211 are ASCII; Chinese text before it could hide a
    /// delimiter in a second byte, which is why a byte above 0x80 takes the next one with it.
    /// </summary>
    private static string Declared(ReadOnlySpan<byte> bytes, Separators separators)
    {
        var end = bytes.IndexOfAny((byte)'\r', (byte)'\n');
        var header = end < 0 ? bytes : bytes[..end];
        return Eighteenth(header, separators, pairs: !System.Text.Unicode.Utf8.IsValid(header));
    }

    private static string Eighteenth(ReadOnlySpan<byte> header, Separators separators, bool pairs)
    {
        var field = 1;
        var start = 0;
        for (var i = 3; i <= header.Length; i++)
        {
            if (i < header.Length && pairs && header[i] >= 0x81)
            {
                i++;
                continue;
            }

            if (i < header.Length && header[i] != separators.Field)
            {
                continue;
            }

            if (field == 18)
            {
                var value = header[start..Math.Min(i, header.Length)];
                var first = value.IndexOfAny(separators.Repetition, separators.Component);
                return Encoding.Latin1.GetString(first < 0 ? value : value[..first]).Trim();
            }

            field++;
            start = i + 1;
        }

        return "";
    }

    private static Hl7Message? Tabulate(ReadOnlyMemory<byte> text, Separators separators, Encoding encoding, FindingList findings)
    {
        var span = text.Span;
        var rows = new List<SegmentRow>(32);
        var fields = new List<int>(256);
        var occurrences = new Dictionary<int, int>();
        var at = 0;
        while (at < span.Length)
        {
            var size = span[at..].IndexOfAny((byte)'\r', (byte)'\n');
            var end = size < 0 ? span.Length : at + size;
            var line = span[at..end];
            if (IsSegment(line, separators.Field))
            {
                var name = (line[0] << 16) | (line[1] << 8) | line[2];
                occurrences[name] = occurrences.GetValueOrDefault(name) + 1;
                rows.Add(new SegmentRow(at, end, fields.Count, 0, occurrences[name]));
                Split(span, at, end, separators.Field, fields, rows);
            }
            else if (!line.TrimStart((byte)' ').IsEmpty)
            {
                // A line break inside a field: the text goes on. A stray half of a name at the very end is a cut message.
                if (end == span.Length && line.Length < 3 && IsName(line))
                {
                    findings.Add(Hl7Findings.Of(Hl7Findings.CutOff, Path(rows[^1], span)));
                }
                else
                {
                    findings.Add(Hl7Findings.Of(Hl7Findings.BrokenLine, Path(rows[^1], span)));
                    rows[^1] = rows[^1] with { End = end };
                    SplitMore(span, at, end, separators.Field, fields, rows);
                }
            }

            if (fields.Count > Hl7Message.MaxFields)
            {
                findings.Add(Hl7Findings.Of(Hl7Findings.TooManyFields, "", $"{Hl7Message.MaxFields}"));
                return null;
            }

            at = end + 1;
        }

        return new Hl7Message(text, separators, encoding, [.. rows], [.. fields]);
    }

    private static bool IsSegment(ReadOnlySpan<byte> line, byte separator) =>
        line.Length >= 3 && IsName(line[..3]) && (line.Length == 3 || line[3] == separator);

    private static bool IsName(ReadOnlySpan<byte> name)
    {
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterUpper((char)c) && !char.IsAsciiDigit((char)c))
            {
                return false;
            }
        }

        return name.Length > 0 && char.IsAsciiLetterUpper((char)name[0]);
    }

    private static string Path(SegmentRow row, ReadOnlySpan<byte> text) =>
        $"{Encoding.ASCII.GetString(text.Slice(row.Start, 3))}[{row.Occurrence}]";

    private static void Split(ReadOnlySpan<byte> text, int start, int end, byte separator, List<int> fields, List<SegmentRow> rows)
    {
        fields.Add(start);
        SplitMore(text, start, end, separator, fields, rows);
    }

    private static void SplitMore(ReadOnlySpan<byte> text, int start, int end, byte separator, List<int> fields, List<SegmentRow> rows)
    {
        var at = start;
        while (fields.Count <= Hl7Message.MaxFields && text[at..end].IndexOf(separator) is var size and >= 0)
        {
            at += size + 1;
            fields.Add(at);
        }

        rows[^1] = rows[^1] with { FieldCount = fields.Count - rows[^1].FirstField };
    }
}
