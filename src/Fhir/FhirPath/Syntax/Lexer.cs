using System.Globalization;
using System.Text;
using Kangqiao.Kernel;

namespace Kangqiao.Fhir.FhirPath;

/// <summary>Cuts an expression into words, after the official grammar (http://hl7.org/fhirpath/grammar.html). One pass, no look back.</summary>
internal sealed class Lexer(string text)
{
    private int at;

    public Problem? Problem { get; private set; }

    /// <summary>All the words with an End last, or null and a <see cref="Problem"/>.</summary>
    public List<Token>? Run()
    {
        var tokens = new List<Token>();
        while (true)
        {
            if (!SkipSpace())
            {
                return null;
            }

            if (at >= text.Length)
            {
                tokens.Add(new Token(TokenKind.End, "end of expression", at));
                return tokens;
            }

            var token = Next();
            if (Problem is not null)
            {
                return null;
            }

            tokens.Add(token);
        }
    }

    private char Here => at < text.Length ? text[at] : '\0';

    private char Ahead => at + 1 < text.Length ? text[at + 1] : '\0';

    private bool SkipSpace()
    {
        while (at < text.Length)
        {
            if (Here is ' ' or '\t' or '\r' or '\n' or '\f' or '\v' or '\u00A0')
            {
                at++;
            }
            else if (Here == '/' && Ahead == '/')
            {
                while (at < text.Length && Here is not ('\n' or '\r'))
                {
                    at++;
                }
            }
            else if (Here == '/' && Ahead == '*')
            {
                var end = text.IndexOf("*/", at + 2, StringComparison.Ordinal);
                if (end < 0)
                {
                    Problem = FhirPathProblems.Syntax(at, "the comment is not closed.");
                    return false;
                }

                at = end + 2;
            }
            else
            {
                break;
            }
        }

        return true;
    }

    private Token Next()
    {
        var start = at;
        var c = Here;
        if (char.IsAsciiLetter(c) || c == '_')
        {
            return new Token(TokenKind.Identifier, Word(), start);
        }

        if (char.IsAsciiDigit(c))
        {
            return Number();
        }

        switch (c)
        {
            case '\'':
            case '"':
                // R4 texts of before the normative FHIRPath quote strings doubly too (STU1); nothing else uses the sign.
                return Quoted(TokenKind.String);
            case '`':
                return Quoted(TokenKind.Delimited);
            case '@':
                return DateOrTime();
            case '%':
                at++;
                if (Here is '`' or '\'' or '"')
                {
                    return Quoted(TokenKind.External) with { Position = start };
                }

                return char.IsAsciiLetter(Here) || Here == '_'
                    ? new Token(TokenKind.External, Word(), start)
                    : Fail(start, "a name must follow %.");
            case '$':
                at++;
                var name = char.IsAsciiLetter(Here) ? Word() : string.Empty;
                return name is "this" or "index" or "total"
                    ? new Token(TokenKind.Variable, name, start)
                    : Fail(start, "after $ only this, index and total are known.");
            case '<' or '>' when Ahead == '=':
            case '!' when Ahead is '=' or '~':
                at += 2;
                return new Token(TokenKind.Symbol, text.Substring(start, 2), start);
            case '.' or ',' or '(' or ')' or '[' or ']' or '{' or '}' or '+' or '-' or '*' or '/' or '|' or '&' or '=' or '~' or '<' or '>':
                at++;
                return new Token(TokenKind.Symbol, c.ToString(CultureInfo.InvariantCulture), start);
            default:
                return Fail(start, $"the character {(char.IsControl(c) || char.IsSurrogate(c) ? $"U+{(int)c:X4}" : c)} has no meaning here.");
        }
    }

    private Token Fail(int position, string what)
    {
        Problem = FhirPathProblems.Syntax(position, what);
        return default;
    }

    private string Word()
    {
        var start = at;
        while (char.IsAsciiLetterOrDigit(Here) || Here == '_')
        {
            at++;
        }

        return text[start..at];
    }

    private void Digits()
    {
        while (char.IsAsciiDigit(Here))
        {
            at++;
        }
    }

    private Token Number()
    {
        var start = at;
        Digits();
        if (Here == '.' && char.IsAsciiDigit(Ahead))
        {
            at++;
            Digits();
            return new Token(TokenKind.Decimal, text[start..at], start);
        }

        if (Here == 'L' && !char.IsAsciiLetterOrDigit(Ahead))
        {
            return new Token(TokenKind.Long, text[start..at++], start);
        }

        return new Token(TokenKind.Integer, text[start..at], start);
    }

    private Token DateOrTime()
    {
        var start = at++;
        var kind = TokenKind.Date;
        var from = at;
        if (Here == 'T')
        {
            at++;
            kind = TokenKind.Time;
            ClockPart();
        }
        else
        {
            Digits();
            for (var part = 0; part < 2 && Here == '-' && char.IsAsciiDigit(Ahead); part++)
            {
                at++;
                Digits();
            }

            if (Here == 'T')
            {
                at++;
                kind = TokenKind.DateTime;
                if (char.IsAsciiDigit(Here))
                {
                    ClockPart();
                    ZonePart();
                }
            }
        }

        return new Token(kind, text[from..at], start);
    }

    private void ClockPart()
    {
        Digits();
        for (var part = 0; part < 2 && Here == ':' && char.IsAsciiDigit(Ahead); part++)
        {
            at++;
            Digits();
        }

        if (Here == '.' && char.IsAsciiDigit(Ahead))
        {
            at++;
            Digits();
        }
    }

    private void ZonePart()
    {
        if (Here == 'Z')
        {
            at++;
        }
        else if (Here is '+' or '-' && at + 5 < text.Length
            && char.IsAsciiDigit(text[at + 1]) && char.IsAsciiDigit(text[at + 2]) && text[at + 3] == ':'
            && char.IsAsciiDigit(text[at + 4]) && char.IsAsciiDigit(text[at + 5]))
        {
            at += 6;
        }
    }

    private Token Quoted(TokenKind kind)
    {
        var start = at;
        var quote = text[at++];
        var builder = new StringBuilder();
        while (true)
        {
            if (at >= text.Length)
            {
                return Fail(start, "the quote is not closed.");
            }

            var c = text[at++];
            if (c == quote)
            {
                return new Token(kind, builder.ToString(), start);
            }

            if (c != '\\')
            {
                builder.Append(c);
            }
            else if (!Escape(builder))
            {
                return default;
            }
        }
    }

    private bool Escape(StringBuilder builder)
    {
        var c = Here;
        at++;
        switch (c)
        {
            case '\'' or '"' or '`' or '\\' or '/':
                builder.Append(c);
                return true;
            case 'f':
                builder.Append('\f');
                return true;
            case 'n':
                builder.Append('\n');
                return true;
            case 'r':
                builder.Append('\r');
                return true;
            case 't':
                builder.Append('\t');
                return true;
            case 'u' when at + 4 <= text.Length
                && ushort.TryParse(text.AsSpan(at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit):
                builder.Append((char)unit);
                at += 4;
                return true;
            default:
                Problem = FhirPathProblems.Syntax(at - 2, "no such escape.");
                return false;
        }
    }
}
