using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Kangqiao.Fhir.Narrative;

/// <summary>
/// Whether Narrative.div is safe XHTML (R4 narrative.html, invariants txt-1 and txt-2): one pass over the text, no parser
/// behind it, nothing kept but the open elements. What passes is also read by browsers' HTML parsers as it is read here.
/// </summary>
public static class NarrativeCheck
{
    public const int MaxDepth = 128;

    private const int MaxDetail = 40;

    /// <summary>The first fault, or null. Offsets count UTF-16 characters.</summary>
    public static NarrativeFault? Check(ReadOnlySpan<char> div)
    {
        var rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(Math.Min(div.Length, int.MaxValue / 4)));
        try
        {
            if (Utf8.FromUtf16(div, rented, out _, out var written, replaceInvalidSequences: false) != OperationStatus.Done)
            {
                return new NarrativeFault(NarrativeReason.NotWellFormed, "unpaired surrogate", 0);
            }

            return CheckUtf8(rented.AsSpan(0, written)) is { } fault
                ? fault with { Offset = Encoding.UTF8.GetCharCount(rented, 0, fault.Offset) }
                : null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }

    /// <summary>The first fault, or null.</summary>
    /// <param name="div">The unescaped value in UTF-8; offsets count bytes.</param>
    public static NarrativeFault? Check(ReadOnlySpan<byte> div) =>
        Utf8.IsValid(div) ? CheckUtf8(div) : new NarrativeFault(NarrativeReason.NotWellFormed, "not UTF-8", 0);

    private static NarrativeFault? CheckUtf8(ReadOnlySpan<byte> div)
    {
        var pass = new Pass(div, stackalloc byte[MaxDepth]);
        return pass.Run() ? null : pass.Fault;
    }

    private ref struct Pass(ReadOnlySpan<byte> text, Span<byte> open)
    {
        // Everything in text that needs a look: markup, references, "]]>", characters XML 1.0 section 2.2 does not have
        // (controls, and U+FFFE and U+FFFF, whose UTF-8 begins EF).
        private static readonly SearchValues<byte> Notable = SearchValues.Create(
            "<&]\0\x01\x02\x03\x04\x05\x06\x07\x08\x0B\x0C\x0E\x0F\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1A\x1B\x1C\x1D\x1E\x1F"u8
                .ToArray().Append((byte)0xEF).ToArray());

        private readonly ReadOnlySpan<byte> text = text;
        private readonly Span<byte> open = open;
        private int depth;
        private int at;
        private bool hasContent;

        public NarrativeFault Fault { get; private set; }

        public bool Run()
        {
            SkipBlanks();
            var start = at;
            if (!text[at..].StartsWith("<div"u8) || !Markup())
            {
                return start == at ? Refuse(NarrativeReason.WrongRoot, "", at) : false;
            }

            while (depth > 0)
            {
                if (at == text.Length)
                {
                    return Refuse(NarrativeReason.NotWellFormed, "element not closed", at);
                }

                if (text[at] == '<' ? !Markup() : !Text())
                {
                    return false;
                }
            }

            SkipBlanks();
            return at < text.Length
                ? Refuse(NarrativeReason.NotWellFormed, "content after the div", at)
                : hasContent || Refuse(NarrativeReason.Empty, "", 0);
        }

        private bool Text()
        {
            while (at < text.Length)
            {
                var notable = text[at..].IndexOfAny(Notable);
                var plain = text.Slice(at, notable < 0 ? text.Length - at : notable);
                hasContent = hasContent || plain.IndexOfAnyExcept(" \t\r\n"u8) >= 0;
                at += plain.Length;
                if (at == text.Length || text[at] == '<')
                {
                    return true;
                }

                if (text[at] == '&')
                {
                    var reference = at;
                    if (!Reference(text.Length))
                    {
                        return false;
                    }

                    hasContent = hasContent || !IsBlankReference(text[reference..at]);
                }
                else if (!Special())
                {
                    return false;
                }
                else
                {
                    hasContent = true;
                }
            }

            return true;
        }

        // XPath's normalize-space, by which txt-2 is written, knows four blanks; &#160; is content.
        private static bool IsBlankReference(ReadOnlySpan<byte> reference) =>
            reference.StartsWith("&#"u8) && CharacterReference.TryParse(reference[2..^1], out var code) && code <= ' ';

        /// <summary>At a notable byte that is neither markup nor a reference.</summary>
        private bool Special()
        {
            var rest = text[at..];
            if (rest[0] == 0xEF)
            {
                if (rest[1] == 0xBF && rest[2] >= 0xBE)
                {
                    return Refuse(NarrativeReason.NotWellFormed, "character not allowed in XML", at);
                }
            }
            else if (rest[0] < ' ')
            {
                return Refuse(NarrativeReason.NotWellFormed, "control character", at);
            }
            else if (rest.StartsWith("]]>"u8))
            {
                return Refuse(NarrativeReason.NotWellFormed, "]]>", at);
            }

            at++;
            return true;
        }

        private bool Reference(int end)
        {
            var start = at + 1;
            // The longest name has eight letters; a number of more than sixteen digits is none.
            var window = text[start..Math.Min(end, start + 20)];
            var length = window.IndexOf((byte)';');
            if (length <= 0)
            {
                return Refuse(NarrativeReason.NotWellFormed, "&", at);
            }

            var name = window[..length];
            if (name[0] == '#')
            {
                if (!CharacterReference.TryParse(name[1..], out _))
                {
                    return Refuse(NarrativeReason.NotWellFormed, Show(name), at);
                }
            }
            else if (!AllowedMarkup.IsEntity(name))
            {
                return Refuse(NarrativeReason.UnknownEntity, Show(name), at);
            }

            at = start + length + 1;
            return true;
        }

        private bool Markup()
        {
            var rest = text[at..];
            if (rest.StartsWith("</"u8))
            {
                return EndTag();
            }

            if (rest.StartsWith("<!--"u8))
            {
                return Comment();
            }

            return rest.StartsWith("<!"u8) || rest.StartsWith("<?"u8)
                ? Refuse(NarrativeReason.MarkupNotAllowed, rest[1] == '?' ? "<?" : rest.StartsWith("<![CDATA["u8) ? "<![CDATA[" : "<!", at)
                : StartTag();
        }

        private bool Comment()
        {
            var body = text[(at + 4)..];
            var end = body.IndexOf("--"u8);
            if (end < 0 || !body[end..].StartsWith("-->"u8))
            {
                return Refuse(NarrativeReason.NotWellFormed, "<!--", at);
            }

            // HTML ends a comment that begins so at once, XML does not: what follows would be live in a browser only.
            if (body.StartsWith(">"u8) || body.StartsWith("->"u8))
            {
                return Refuse(NarrativeReason.MarkupNotAllowed, "<!-->", at);
            }

            var stop = at + 4 + end;
            for (at += 4; at < stop;)
            {
                var notable = text[at..stop].IndexOfAny(Notable);
                if (notable < 0)
                {
                    break;
                }

                at += notable;
                if (text[at] is (byte)'<' or (byte)'&' or (byte)']')
                {
                    at++;
                }
                else if (!Special())
                {
                    return false;
                }
            }

            at = stop + 3;
            return true;
        }

        private bool EndTag()
        {
            var start = at;
            at += 2;
            var name = Name();
            SkipBlanks();
            if (!AllowedMarkup.TryElement(name, out var element) || element != open[depth - 1] || at == text.Length || text[at] != '>')
            {
                return Refuse(NarrativeReason.NotWellFormed, "</" + Show(name), start);
            }

            at++;
            depth--;
            return true;
        }

        private bool StartTag()
        {
            var start = at++;
            var name = Name();
            if (name.IsEmpty)
            {
                return Refuse(NarrativeReason.NotWellFormed, "<", start);
            }

            if (!AllowedMarkup.TryElement(name, out var element))
            {
                return Refuse(NarrativeReason.ElementNotAllowed, Show(name), start);
            }

            if (depth == 0 && element != AllowedMarkup.Div)
            {
                return Refuse(NarrativeReason.WrongRoot, Show(name), start);
            }

            var seen = 0UL;
            while (true)
            {
                var before = at;
                SkipBlanks();
                if (at == text.Length)
                {
                    return Refuse(NarrativeReason.NotWellFormed, Show(name), start);
                }

                var isEmpty = text[at..].StartsWith("/>"u8);
                if (isEmpty || text[at] == '>')
                {
                    at += isEmpty ? 2 : 1;
                    return Opened(element, seen, isEmpty, start);
                }

                if (at == before)
                {
                    return Refuse(NarrativeReason.NotWellFormed, Show(name), at);
                }

                if (!Attribute(ref seen))
                {
                    return false;
                }
            }
        }

        private bool Opened(byte element, ulong attributes, bool isEmpty, int start)
        {
            if (depth == 0 && (attributes & (1UL << AllowedMarkup.Xmlns)) == 0)
            {
                return Refuse(NarrativeReason.WrongRoot, "xmlns", start);
            }

            hasContent = hasContent || (element == AllowedMarkup.Image && (attributes & (1UL << AllowedMarkup.Source)) != 0);
            if (isEmpty)
            {
                return true;
            }

            if (depth == MaxDepth)
            {
                return Refuse(NarrativeReason.TooDeep, "", start);
            }

            open[depth++] = element;
            return true;
        }

        private bool Attribute(ref ulong seen)
        {
            var start = at;
            var name = Name();
            SkipBlanks();
            if (name.IsEmpty || at == text.Length || text[at] != '=')
            {
                return Refuse(NarrativeReason.NotWellFormed, Show(name), start);
            }

            at++;
            SkipBlanks();
            if (at == text.Length || text[at] is not ((byte)'"' or (byte)'\''))
            {
                return Refuse(NarrativeReason.NotWellFormed, Show(name), start);
            }

            var valueStart = at + 1;
            var length = text[valueStart..].IndexOf(text[at]);
            if (length < 0)
            {
                return Refuse(NarrativeReason.NotWellFormed, Show(name), start);
            }

            if (!AllowedMarkup.TryAttribute(name, out var attribute))
            {
                return Refuse(NarrativeReason.AttributeNotAllowed, Show(name), start);
            }

            if ((seen & (1UL << attribute)) != 0)
            {
                return Refuse(NarrativeReason.NotWellFormed, Show(name), start);
            }

            seen |= 1UL << attribute;
            at = valueStart;
            if (!Value(valueStart + length))
            {
                return false;
            }

            at = valueStart + length + 1;
            return Meaning(attribute, text.Slice(valueStart, length), start);
        }

        private bool Value(int end)
        {
            while (at < end)
            {
                var notable = text[at..end].IndexOfAny(Notable);
                if (notable < 0)
                {
                    return true;
                }

                at += notable;
                if (text[at] == '<')
                {
                    return Refuse(NarrativeReason.NotWellFormed, "<", at);
                }

                if (text[at] == ']')
                {
                    at++;
                }
                else if (text[at] == '&' ? !Reference(end) : !Special())
                {
                    return false;
                }
            }

            return true;
        }

        private bool Meaning(byte attribute, ReadOnlySpan<byte> value, int start)
        {
            if (attribute == AllowedMarkup.Xmlns)
            {
                return value.SequenceEqual("http://www.w3.org/1999/xhtml"u8)
                    || Refuse(depth == 0 ? NarrativeReason.WrongRoot : NarrativeReason.AttributeNotAllowed, "xmlns", start);
            }

            if (attribute == AllowedMarkup.Style)
            {
                return !AttributeValue.IsUnsafeStyle(value) || Refuse(NarrativeReason.UnsafeStyle, "style", start);
            }

            if (attribute == AllowedMarkup.Href || attribute == AllowedMarkup.Source
                || attribute == AllowedMarkup.Cite || attribute == AllowedMarkup.LongDescription)
            {
                var scheme = AttributeValue.UnsafeScheme(value, attribute == AllowedMarkup.Source, stackalloc byte[32]);
                return scheme.IsEmpty || Refuse(NarrativeReason.UnsafeAddress, Show(scheme), start);
            }

            return true;
        }

        /// <summary>Up to a blank or a delimiter; the lists of what is allowed decide whether it is a name.</summary>
        private ReadOnlySpan<byte> Name()
        {
            var length = text[at..].IndexOfAny(NameEnd);
            var name = text.Slice(at, length < 0 ? text.Length - at : length);
            at += name.Length;
            return name;
        }

        private static readonly SearchValues<byte> NameEnd = SearchValues.Create(" \t\r\n/>=<\"'&"u8);

        private void SkipBlanks()
        {
            while (at < text.Length && text[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                at++;
            }
        }

        private static string Show(ReadOnlySpan<byte> written) => Encoding.UTF8.GetString(written[..Math.Min(written.Length, MaxDetail)]);

        private bool Refuse(NarrativeReason reason, string detail, int offset)
        {
            Fault = new NarrativeFault(reason, detail, offset);
            return false;
        }
    }
}
