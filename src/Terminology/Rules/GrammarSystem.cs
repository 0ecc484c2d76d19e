using System.Text;
using Kangqiao.Fhir.Units;

namespace Kangqiao.Terminology.Rules;

/// <summary>A code system that is a grammar: its codes can be told but not listed (R4 terminologies-systems.html).</summary>
internal sealed class GrammarSystem
{
    private const int MaxLength = 256;

    public static readonly GrammarSystem[] All =
    [
        new("http://unitsofmeasure.org", "UCUM", static code => Ucum.Parse(code) is not null),
        new("urn:ietf:bcp:47", "BCP-47", LanguageTag.IsWellFormed),
        new("urn:ietf:bcp:13", "MIME types (BCP-13)", MediaType.IsWellFormed),
    ];

    public static GrammarSystem MediaTypes => All[2];

    private readonly Func<ReadOnlySpan<char>, bool> isValid;

    private GrammarSystem(string url, string name, Func<ReadOnlySpan<char>, bool> isValid)
    {
        Url = url;
        Name = name;
        this.isValid = isValid;
    }

    public string Url { get; }

    public string Name { get; }

    public static GrammarSystem? Find(string url) => Array.Find(All, s => s.Url == url);

    /// <summary>True if the code follows the grammar; codes above 256 characters do not.</summary>
    public bool IsValid(ReadOnlySpan<char> code) => !code.IsEmpty && code.Length <= MaxLength && isValid(code);

    public bool IsValid(ReadOnlySpan<byte> code)
    {
        Span<char> text = stackalloc char[MaxLength];
        return Encoding.UTF8.TryGetChars(code, text, out var length) && IsValid(text[..length]);
    }
}

/// <summary>RFC 5646 section 2.1. The registry of subtags is not here: xx is well formed, whether or not there is such a language.</summary>
internal static class LanguageTag
{
    public static bool IsWellFormed(ReadOnlySpan<char> tag)
    {
        var part = 0;
        var stage = 0;
        var isPrivate = false;
        var isAfterSingleton = false;
        foreach (var range in tag.Split('-'))
        {
            var sub = tag[range];
            if (sub.Length is 0 or > 8 || !IsAlphanumeric(sub))
            {
                return false;
            }

            if (part++ == 0)
            {
                isPrivate = sub.Length == 1 && (sub[0] | 0x20) == 'x';
                if (!isPrivate && (sub.Length < 2 || !IsAlphabetic(sub)))
                {
                    return false;
                }

                isAfterSingleton = isPrivate;
                continue;
            }

            if (isPrivate)
            {
                isAfterSingleton = false;
                continue;
            }

            if (sub.Length == 1)
            {
                if (isAfterSingleton)
                {
                    return false;
                }

                isPrivate = (sub[0] | 0x20) == 'x';
                isAfterSingleton = true;
                stage = 5;
                continue;
            }

            isAfterSingleton = false;
            var next = Stage(sub, stage);
            if (next < 0)
            {
                return false;
            }

            stage = next;
        }

        return part > 0 && !isAfterSingleton;
    }

    // 0 language, 1 extended language, 2 script, 3 region, 4 variants, 5 within an extension.
    private static int Stage(ReadOnlySpan<char> sub, int stage) => sub.Length switch
    {
        _ when stage == 5 => 5,
        3 when stage <= 1 && IsAlphabetic(sub) => 1,
        4 when stage <= 1 && IsAlphabetic(sub) => 2,
        2 when stage <= 2 && IsAlphabetic(sub) => 3,
        3 when stage <= 2 && IsNumeric(sub) => 3,
        4 when char.IsAsciiDigit(sub[0]) => 4,
        >= 5 => 4,
        _ => -1,
    };

    private static bool IsAlphabetic(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetter(c))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsNumeric(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsAlphanumeric(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>RFC 6838 section 4.2 names, with parameters as RFC 2045 section 5.1 writes them. Top-level types are those registered.</summary>
internal static class MediaType
{
    private static readonly string[] TopLevel =
        ["application", "audio", "chemical", "example", "font", "haptics", "image", "message", "model", "multipart", "text", "video"];

    public static bool IsWellFormed(ReadOnlySpan<char> type)
    {
        var semicolon = type.IndexOf(';');
        var name = (semicolon < 0 ? type : type[..semicolon]).TrimEnd(' ');
        var slash = name.IndexOf('/');
        if (slash <= 0 || !IsName(name[(slash + 1)..]))
        {
            return false;
        }

        var isKnown = false;
        foreach (var top in TopLevel)
        {
            isKnown |= name[..slash].Equals(top, StringComparison.OrdinalIgnoreCase);
        }

        // An equals sign must stand in every parameter; quoted values may hold anything.
        return isKnown && (semicolon < 0 || type[(semicolon + 1)..].IndexOf('=') > 0);
    }

    private static bool IsName(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > 127 || !char.IsAsciiLetterOrDigit(name[0]))
        {
            return false;
        }

        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !"!#$&-^_.+".Contains(c, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }
}
