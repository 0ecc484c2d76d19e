using Kangqiao.Fhir.Findings;

namespace Kangqiao.Ingest.Cda.Reading;

/// <summary>
/// Bytes to a table of elements in one pass, without document types, without entities but XML's own, and within bounds. What
/// real senders get wrong and can still be understood (a bare ampersand, a misspelt name, a missing namespace) is read and said.
/// </summary>
internal sealed class XmlScanner
{
    private readonly CdaOptions options;
    private readonly FindingList findings;
    private readonly XmlTable table;
    private readonly ReadOnlyMemory<byte> memory;
    private readonly List<int> open = [];
    private readonly HashSet<string> misspelt = new(StringComparer.Ordinal);
    private int at;
    private bool isSoundSoFar = true;
    private bool hasNamespace;

    private XmlScanner(ReadOnlyMemory<byte> utf8, CdaOptions options, FindingList findings)
    {
        memory = utf8;
        this.options = options;
        this.findings = findings;
        table = new XmlTable(utf8);
    }

    /// <summary>The table, or null with an error among the findings.</summary>
    public static XmlTable? Scan(ReadOnlyMemory<byte> utf8, CdaOptions options, FindingList findings)
    {
        var scanner = new XmlScanner(utf8, options, findings);
        return scanner.Run() ? scanner.table : null;
    }

    private bool Run()
    {
        var bytes = memory.Span;
        while (at < bytes.Length)
        {
            var angle = bytes[at..].IndexOf((byte)'<');
            var end = angle < 0 ? bytes.Length : at + angle;
            if (!Text(bytes, end))
            {
                return false;
            }

            at = end;
            if (at < bytes.Length && !Markup(bytes))
            {
                return false;
            }
        }

        if (open.Count > 0)
        {
            return Fail(CdaFindings.Truncated, at, table.At(open[^1]).Name);
        }

        if (table.Count == 0)
        {
            return Fail(CdaFindings.NotXml, 0, "there is no element");
        }

        if (!hasNamespace)
        {
            Warn(CdaFindings.Namespace, 0);
        }

        return true;
    }

    private bool Text(ReadOnlySpan<byte> bytes, int end)
    {
        var piece = bytes[at..end];
        var isBlank = piece.Trim(" \t\r\n"u8).IsEmpty;
        if (open.Count > 0)
        {
            return isBlank || AddText(at, end - at, isRaw: false);
        }

        // Bytes of zero behind the end come from buffers sent whole; they say nothing.
        return isBlank || piece.Trim(" \t\r\n\0"u8).IsEmpty || Fail(CdaFindings.NotXml, at, "text outside the root element");
    }

    private bool AddText(int start, int length, bool isRaw)
    {
        if (length == 0)
        {
            return true;
        }

        var isEscaped = !isRaw && memory.Span.Slice(start, length).Contains((byte)'&');
        if (isEscaped)
        {
            CheckAmpersands(start, length);
        }

        return Add(new XmlTable.Node { Name = "", Start = start, TextStart = start, TextLength = length, IsEscaped = isEscaped }) >= 0;
    }

    private void CheckAmpersands(int start, int length)
    {
        if (isSoundSoFar && !XmlEscapes.IsSound(memory.Span.Slice(start, length)))
        {
            isSoundSoFar = false;
            Warn(CdaFindings.Ampersand, start);
        }
    }

    private int Add(XmlTable.Node node)
    {
        if (table.Count >= options.MaxNodes)
        {
            Fail(CdaFindings.TooMany, node.Start, options.MaxNodes.ToString(), "elements");
            return -1;
        }

        node.FirstChild = node.LastChild = node.Next = -1;
        node.Parent = open.Count == 0 ? -1 : open[^1];
        var index = table.Add(node);
        if (node.Parent >= 0)
        {
            ref var parent = ref table.At(node.Parent);
            if (parent.LastChild < 0)
            {
                parent.FirstChild = index;
            }
            else
            {
                table.At(parent.LastChild).Next = index;
            }

            parent.LastChild = index;
        }

        return index;
    }

    private bool Markup(ReadOnlySpan<byte> bytes)
    {
        var rest = bytes[at..];
        if (rest.StartsWith("<!--"u8))
        {
            return Skip(rest, 4, "-->"u8, "a comment does not end");
        }

        if (rest.StartsWith("<![CDATA["u8))
        {
            var start = at + 9;
            var length = bytes[start..].IndexOf("]]>"u8);
            if (length < 0 || open.Count == 0)
            {
                return Fail(CdaFindings.NotXml, at, "a CDATA section does not end or stands outside the root element");
            }

            at = start + length + 3;
            return AddText(start, length, isRaw: true);
        }

        if (rest.StartsWith("<!"u8))
        {
            return Fail(CdaFindings.DocumentType, at);
        }

        if (rest.StartsWith("<?"u8))
        {
            return Skip(rest, 2, "?>"u8, "a processing instruction does not end");
        }

        return rest.Length > 1 && rest[1] == '/' ? Close(bytes) : Open(bytes);
    }

    private bool Skip(ReadOnlySpan<byte> rest, int head, ReadOnlySpan<byte> end, string fault)
    {
        var length = rest[head..].IndexOf(end);
        if (length < 0)
        {
            return open.Count > 0 ? Fail(CdaFindings.Truncated, at, table.At(open[^1]).Name) : Fail(CdaFindings.NotXml, at, fault);
        }

        at += head + length + end.Length;
        return true;
    }

    private bool Close(ReadOnlySpan<byte> bytes)
    {
        var length = bytes[at..].IndexOf((byte)'>');
        if (length < 0)
        {
            return open.Count > 0 ? Fail(CdaFindings.Truncated, at, table.At(open[^1]).Name) : Fail(CdaFindings.NotXml, at, "a tag does not end");
        }

        var name = XmlNames.Local(bytes.Slice(at + 2, length - 2).TrimEnd(" \t\r\n"u8), out _);
        if (open.Count == 0 || table.At(open[^1]).Name != name)
        {
            return Fail(CdaFindings.NotXml, at, open.Count == 0 ? $"</{name}> closes nothing" : $"</{name}> stands where </{table.At(open[^1]).Name}> is due");
        }

        open.RemoveAt(open.Count - 1);
        at += length + 1;
        return true;
    }

    private bool Open(ReadOnlySpan<byte> bytes)
    {
        var start = at;
        var nameEnd = start + 1;
        while (nameEnd < bytes.Length && !IsBlank(bytes[nameEnd]) && bytes[nameEnd] is not ((byte)'>' or (byte)'/'))
        {
            nameEnd++;
        }

        var written = bytes[(start + 1)..nameEnd];
        if (written.IsEmpty || written.Length > 256 || !IsNameStart(written[0]) || written.ContainsAny("<&\"'="u8))
        {
            return StrayAngle(bytes, start);
        }

        if (open.Count == 0 && table.Count > 0)
        {
            return Fail(CdaFindings.NotXml, start, "there is a second root element");
        }

        if (open.Count >= options.MaxDepth)
        {
            return Fail(CdaFindings.TooDeep, start, options.MaxDepth.ToString());
        }

        var index = Add(new XmlTable.Node { Name = Local(written, start), Start = start, FirstAttribute = table.AttributeCount });
        if (index < 0)
        {
            return false;
        }

        at = nameEnd;
        return Attributes(bytes, index);
    }

    /// <summary>"血钾&lt;3.5": an angle that begins no tag, read as the text it was meant to be.</summary>
    private bool StrayAngle(ReadOnlySpan<byte> bytes, int start)
    {
        if (open.Count == 0 || start + 1 >= bytes.Length)
        {
            return open.Count > 0
                ? Fail(CdaFindings.Truncated, start, table.At(open[^1]).Name)
                : Fail(CdaFindings.NotXml, start, "this is no element");
        }

        if (isSoundSoFar)
        {
            isSoundSoFar = false;
            Warn(CdaFindings.Ampersand, start);
        }

        at = start + 1;
        return AddText(start, 1, isRaw: true);
    }

    private bool Attributes(ReadOnlySpan<byte> bytes, int index)
    {
        while (true)
        {
            while (at < bytes.Length && IsBlank(bytes[at]))
            {
                at++;
            }

            if (at >= bytes.Length)
            {
                return Fail(CdaFindings.Truncated, at, table.At(index).Name);
            }

            if (bytes[at] == '>')
            {
                at++;
                open.Add(index);
                return true;
            }

            if (bytes[at] == '/')
            {
                if (at + 1 >= bytes.Length)
                {
                    return Fail(CdaFindings.Truncated, at, table.At(index).Name);
                }

                at += 2;
                return bytes[at - 1] == '>' || Fail(CdaFindings.NotXml, at, "a slash stands inside a tag");
            }

            if (!OneAttribute(bytes, index))
            {
                return false;
            }
        }
    }

    private bool OneAttribute(ReadOnlySpan<byte> bytes, int index)
    {
        var start = at;
        var rest = bytes[at..];
        // A name longer than this is none, and is not searched for its end again and again.
        var equals = rest[..Math.Min(rest.Length, 256)].IndexOfAny("=<>\"'"u8);
        if (equals <= 0 || rest[equals] != '=')
        {
            return rest.Length <= 256 ? Fail(CdaFindings.Truncated, at, table.At(index).Name) : Fail(CdaFindings.NotXml, at, "an attribute has no value");
        }

        var name = rest[..equals].TrimEnd(" \t\r\n"u8);
        at += equals + 1;
        while (at < bytes.Length && IsBlank(bytes[at]))
        {
            at++;
        }

        if (at >= bytes.Length)
        {
            return Fail(CdaFindings.Truncated, at, table.At(index).Name);
        }

        var quote = bytes[at];
        if (quote is not ((byte)'"' or (byte)'\''))
        {
            return Fail(CdaFindings.NotXml, at, "an attribute's value is not in quotes");
        }

        at++;
        var length = bytes[at..].IndexOf(quote);
        if (length < 0)
        {
            return Fail(CdaFindings.Truncated, at, table.At(index).Name);
        }

        var value = at;
        at += length + 1;
        return AddAttribute(bytes, index, name, start, value, length);
    }

    private bool AddAttribute(ReadOnlySpan<byte> bytes, int index, ReadOnlySpan<byte> name, int start, int value, int length)
    {
        var slice = bytes.Slice(value, length);
        if (name.StartsWith("xmlns"u8) && (name.Length == 5 || name[5] == ':'))
        {
            hasNamespace |= slice.SequenceEqual("urn:hl7-org:v3"u8);
            return true;
        }

        ref var node = ref table.At(index);
        if (node.AttributeCount >= options.MaxAttributes)
        {
            return Fail(CdaFindings.TooMany, start, options.MaxAttributes.ToString(), "attributes");
        }

        var isEscaped = slice.Contains((byte)'&');
        if (isEscaped)
        {
            CheckAmpersands(value, length);
        }

        var local = Local(name, start);
        for (var i = node.FirstAttribute; i < node.FirstAttribute + node.AttributeCount; i++)
        {
            if (table.AttributeAt(i).Name == local && !name.Contains((byte)':'))
            {
                return Fail(CdaFindings.NotXml, start, $"the attribute {local} stands twice");
            }
        }

        table.Add(new XmlTable.Attribute { Name = local, Start = value, Length = length, IsEscaped = isEscaped });
        node.AttributeCount++;
        return true;
    }

    private string Local(ReadOnlySpan<byte> written, int start)
    {
        var name = XmlNames.Local(written, out var wrong);
        if (wrong is not null && misspelt.Add(wrong))
        {
            Warn(CdaFindings.Misspelt, start, wrong, name);
        }

        return name;
    }

    private static bool IsBlank(byte b) => b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';

    private static bool IsNameStart(byte b) => char.IsAsciiLetter((char)b) || b is (byte)'_' or (byte)':' or >= 0x80;

    private void Warn(FindingKind kind, int place, params string[] arguments) => Report(kind, place, arguments);

    private bool Fail(FindingKind kind, int place, params string[] arguments)
    {
        Report(kind, place, arguments);
        return false;
    }

    private void Report(FindingKind kind, int place, string[] arguments)
    {
        var (line, column) = table.Position(place);
        var path = open.Count == 0 ? "/" : new XmlElement(table, open[^1]).Path();
        findings.Add(new Finding(kind, kind.Severity, path, arguments, line, column));
    }
}
