using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace Kangqiao.Fhir.FhirPath;

/// <summary>http://hl7.org/fhirpath/#string-manipulation. An empty input or argument gives nothing.</summary>
internal static class TextFunctions
{
    public static readonly Function[] All =
    [
        new("indexOf", 1, 1, static (in call, ref frame, input, output) => Place(call, ref frame, input, output, isLast: false)),
        new("lastIndexOf", 1, 1, static (in call, ref frame, input, output) => Place(call, ref frame, input, output, isLast: true)),
        new("substring", 1, 2, Substring),
        Question("startsWith", static (text, part) => text.StartsWith(part, StringComparison.Ordinal)),
        Question("endsWith", static (text, part) => text.EndsWith(part, StringComparison.Ordinal)),
        Question("contains", static (text, part) => text.Contains(part, StringComparison.Ordinal)),
        new("upper", 0, 0, static (in call, ref frame, input, output) => Change(call, input, output, static text => text.ToUpperInvariant())),
        new("lower", 0, 0, static (in call, ref frame, input, output) => Change(call, input, output, static text => text.ToLowerInvariant())),
        new("trim", 0, 0, static (in call, ref frame, input, output) => Change(call, input, output, static text => text.Trim())),
        new("replace", 2, 2, Replace),
        new("matches", 1, 1, static (in call, ref frame, input, output) => Matches(call, ref frame, input, output, isWhole: false)),
        new("matchesFull", 1, 1, static (in call, ref frame, input, output) => Matches(call, ref frame, input, output, isWhole: true)),
        new("replaceMatches", 2, 2, ReplaceMatches),
        new("length", 0, 0, Length),
        new("toChars", 0, 0, ToChars),
        new("split", 1, 1, Split),
        new("join", 0, 1, Join),
        new("encode", 1, 1, static (in call, ref frame, input, output) => Recode(call, ref frame, input, output, Encode)),
        new("decode", 1, 1, static (in call, ref frame, input, output) => Recode(call, ref frame, input, output, Decode)),
        new("escape", 1, 1, static (in call, ref frame, input, output) => Recode(call, ref frame, input, output, Escape)),
        new("unescape", 1, 1, static (in call, ref frame, input, output) => Recode(call, ref frame, input, output, Unescape)),
    ];

    private static bool TryTexts(in Invocation call, ref Frame frame, FhirPathResults input, out string? text, out string? argument)
    {
        argument = null;
        return call.TryInputText(input, out text) && call.TryText(0, ref frame, out argument) && call.Env.Spend(1 + ((text?.Length ?? 0) >> 6));
    }

    private static bool Place(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output, bool isLast)
    {
        if (!TryTexts(call, ref frame, input, out var text, out var part))
        {
            return false;
        }

        if (text is not null && part is not null)
        {
            output.Add(FhirPathItem.Of(isLast
                ? text.LastIndexOf(part, StringComparison.Ordinal)
                : text.IndexOf(part, StringComparison.Ordinal)));
        }

        return true;
    }

    private static bool Substring(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        if (!call.TryInputText(input, out var text)
            || !call.TryInteger(0, ref frame, out var start)
            || !call.TryInteger(1, ref frame, out var length))
        {
            return false;
        }

        if (text is null || start is not { } from || from < 0 || from >= text.Length)
        {
            return true;
        }

        var count = Math.Clamp(length ?? text.Length, 0, text.Length - from);
        return Texts.Add(call.Env, text.Substring(from, count), output);
    }

    private static Function Question(string name, Func<string, string, bool> ask) =>
        new(name, 1, 1, (in call, ref frame, input, output) =>
            TryTexts(call, ref frame, input, out var text, out var part)
            && (text is null || part is null || ExistenceFunctions.Yes(ask(text, part), output)));

    private static bool Change(in Invocation call, FhirPathResults input, FhirPathResults output, Func<string, string> change) =>
        call.TryInputText(input, out var text) && (text is null || Texts.Add(call.Env, change(text), output));

    private static bool Replace(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        if (!TryTexts(call, ref frame, input, out var text, out var part) || !call.TryText(1, ref frame, out var by))
        {
            return false;
        }

        if (text is null || part is null || by is null)
        {
            return true;
        }

        if ((long)by.Length * (1 + (text.Length / Math.Max(1, part.Length))) > FhirPathEnvironment.MaxText * 4L)
        {
            return call.Env.Fail(FhirPathProblems.TooCostly(FhirPathEnvironment.MaxText));
        }

        if (part.Length > 0)
        {
            return Texts.Add(call.Env, text.Replace(part, by, StringComparison.Ordinal), output);
        }

        // 'abc'.replace('', 'x') is 'xaxbxcx'.
        var builder = new StringBuilder(by);
        foreach (var c in text)
        {
            builder.Append(c).Append(by);
        }

        return Texts.Add(call.Env, builder.ToString(), output);
    }

    private static bool Matches(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output, bool isWhole)
    {
        if (!TryTexts(call, ref frame, input, out var text, out var pattern))
        {
            return false;
        }

        if (text is null || pattern is null)
        {
            return true;
        }

        if (call.Env.Pattern(pattern, isWhole) is not { } regex)
        {
            return false;
        }

        return TryMatch(call.Env, () => regex.IsMatch(text), out var isMatch) && ExistenceFunctions.Yes(isMatch, output);
    }

    /// <summary>Matching costs a step for each microsecond, so that many slow matches end like one endless one.</summary>
    private static bool TryMatch<T>(FhirPathEnvironment env, Func<T> match, [MaybeNullWhen(false)] out T result)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            result = match();
            return env.Spend((long)Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }
        catch (RegexMatchTimeoutException)
        {
            result = default;
            return env.Fail(FhirPathProblems.BadPattern("it took too long."));
        }
    }

    private static bool ReplaceMatches(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        if (!TryTexts(call, ref frame, input, out var text, out var pattern) || !call.TryText(1, ref frame, out var by))
        {
            return false;
        }

        if (text is null || pattern is null || by is null)
        {
            return true;
        }

        if (pattern.Length == 0)
        {
            return Texts.Add(call.Env, text, output);
        }

        if (call.Env.Pattern(pattern, isWhole: false) is not { } regex)
        {
            return false;
        }

        if ((long)by.Length * text.Length > FhirPathEnvironment.MaxText * 10L)
        {
            return call.Env.Fail(FhirPathProblems.TooCostly(FhirPathEnvironment.MaxText));
        }

        return TryMatch(call.Env, () => regex.Replace(text, by), out var replaced) && Texts.Add(call.Env, replaced, output);
    }

    private static bool Length(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        if (!call.TryInputText(input, out var text))
        {
            return false;
        }

        if (text is not null)
        {
            output.Add(FhirPathItem.Of(text.Length));
        }

        return true;
    }

    private static bool ToChars(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        if (!call.TryInputText(input, out var text))
        {
            return false;
        }

        for (var i = 0; text is not null && i < text.Length; i++)
        {
            var length = char.IsSurrogatePair(text, i) ? 2 : 1;
            output.Add(FhirPathItem.Of(text.Substring(i, length)));
            i += length - 1;
        }

        return call.Env.Spend(text?.Length ?? 0);
    }

    private static bool Split(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        if (!TryTexts(call, ref frame, input, out var text, out var separator))
        {
            return false;
        }

        if (text is null || separator is null)
        {
            return true;
        }

        if (separator.Length == 0)
        {
            return ToChars(call, ref frame, input, output);
        }

        if (!call.Env.Spend(text.Length / separator.Length))
        {
            return false;
        }

        foreach (var part in text.Split(separator))
        {
            output.Add(FhirPathItem.Of(part));
        }

        return true;
    }

    private static bool Join(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        if (!call.TryText(0, ref frame, out var separator))
        {
            return false;
        }

        if (input.Count == 0)
        {
            return true;
        }

        var builder = new StringBuilder();
        var one = call.Env.Rent();
        var isGood = true;
        for (var i = 0; isGood && i < input.Count; i++)
        {
            one.Clear();
            one.Add(input[i]);
            isGood = call.TryInputText(one, out var text) && call.Env.Spend(1);
            builder.Append(i > 0 ? separator : string.Empty).Append(text);
            isGood = isGood
                && (builder.Length <= FhirPathEnvironment.MaxText || call.Env.Fail(FhirPathProblems.TooCostly(FhirPathEnvironment.MaxText)));
        }

        call.Env.Return(one);
        return isGood && Texts.Add(call.Env, builder.ToString(), output);
    }

    private static bool Recode(
        in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output, Func<string, string, string?> recode)
    {
        if (!TryTexts(call, ref frame, input, out var text, out var format))
        {
            return false;
        }

        return text is null || format is null || recode(text, format) is not { } result || Texts.Add(call.Env, result, output);
    }

    private static string? Encode(string text, string format)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return format switch
        {
            "hex" => Convert.ToHexStringLower(bytes),
            "base64" => Convert.ToBase64String(bytes),
            "urlbase64" => Convert.ToBase64String(bytes).Replace('+', '-').Replace('/', '_'),
            _ => null,
        };
    }

    private static string? Decode(string text, string format)
    {
        var bytes = new byte[text.Length];
        int written;
        switch (format)
        {
            case "hex":
                return Convert.FromHexString(text, bytes, out _, out written) == System.Buffers.OperationStatus.Done ? Read() : null;
            case "base64":
                return Convert.TryFromBase64String(text, bytes, out written) ? Read() : null;
            case "urlbase64":
                var plain = text.Replace('-', '+').Replace('_', '/');
                plain = plain.PadRight((plain.Length + 3) / 4 * 4, '=');
                bytes = new byte[plain.Length];
                return Convert.TryFromBase64String(plain, bytes, out written) ? Read() : null;
            default:
                return null;
        }

        string? Read() => Utf8.IsValid(bytes.AsSpan(0, written)) ? Encoding.UTF8.GetString(bytes, 0, written) : null;
    }

    private static string? Escape(string text, string format)
    {
        if (format == "html")
        {
            return text.Replace("&", "&amp;", StringComparison.Ordinal)
                .Replace("<", "&lt;", StringComparison.Ordinal)
                .Replace(">", "&gt;", StringComparison.Ordinal)
                .Replace("\"", "&quot;", StringComparison.Ordinal)
                .Replace("'", "&#39;", StringComparison.Ordinal);
        }

        if (format != "json")
        {
            return null;
        }

        var builder = new StringBuilder();
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => builder.Append("\\\""),
                '\\' => builder.Append("\\\\"),
                '\n' => builder.Append("\\n"),
                '\r' => builder.Append("\\r"),
                '\t' => builder.Append("\\t"),
                '\f' => builder.Append("\\f"),
                '\b' => builder.Append("\\b"),
                < ' ' => builder.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => builder.Append(c),
            };
        }

        return builder.ToString();
    }

    private static string? Unescape(string text, string format)
    {
        return format switch
        {
            "html" => WebUtility.HtmlDecode(text),
            "json" => UnescapeJson(text),
            _ => null,
        };
    }

    /// <summary>Resolves backslash escapes and leaves all else, bare quotes too; null where an escape is none of JSON's.</summary>
    private static string? UnescapeJson(string text)
    {
        var builder = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                builder.Append(text[i]);
                continue;
            }

            var escape = ++i < text.Length ? text[i] : '\0';
            switch (escape)
            {
                case '"' or '\\' or '/':
                    builder.Append(escape);
                    break;
                case 'b':
                    builder.Append('\b');
                    break;
                case 'f':
                    builder.Append('\f');
                    break;
                case 'n':
                    builder.Append('\n');
                    break;
                case 'r':
                    builder.Append('\r');
                    break;
                case 't':
                    builder.Append('\t');
                    break;
                case 'u' when i + 4 < text.Length
                    && ushort.TryParse(text.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit):
                    builder.Append((char)unit);
                    i += 4;
                    break;
                default:
                    return null;
            }
        }

        return builder.ToString();
    }
}
