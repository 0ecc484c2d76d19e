using System.Text;
using System.Text.RegularExpressions;

namespace Kangqiao.Fhir.FhirPath;

/// <summary>Regular expressions that cannot run away: matched without backtracking where they allow it, else under a clock.</summary>
internal static class Patterns
{
    private const int MaxLength = 1000;
    private const long MaxRepetition = 10_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    /// <summary>http://hl7.org/fhirpath/#matchesregex--string--boolean: case counts, and a dot matches a line's end.</summary>
    public static Regex? TryMake(string pattern, bool isWhole, out string reason)
    {
        reason = string.Empty;
        if (pattern.Length > MaxLength || Repetitions(pattern) > MaxRepetition)
        {
            reason = "it is too long or repeats too often.";
            return null;
        }

        var plain = WithAsciiClasses(pattern);
        var text = isWhole ? $@"\A(?:{plain})\z" : plain;
        const RegexOptions options = RegexOptions.CultureInvariant | RegexOptions.Singleline;
        try
        {
            return new Regex(text, options | RegexOptions.NonBacktracking, Patience);
        }
        catch (NotSupportedException)
        {
            return new Regex(text, options, Patience);
        }
        catch (ArgumentException fault)
        {
            reason = fault.Message;
            return null;
        }
    }

    /// <summary>
    /// \d and \w mean ASCII, as in the engines the specification's authors write for; .NET's would take full-width digits and
    /// every letter for them.
    /// </summary>
    private static string WithAsciiClasses(string pattern)
    {
        var builder = new StringBuilder(pattern.Length + 16);
        var isInClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (c != '\\' || i + 1 == pattern.Length)
            {
                isInClass = c == '[' || (isInClass && c != ']');
                builder.Append(c);
                continue;
            }

            var escape = pattern[++i];
            _ = (escape, isInClass) switch
            {
                ('d', true) => builder.Append("0-9"),
                ('d', false) => builder.Append("[0-9]"),
                ('D', false) => builder.Append("[^0-9]"),
                ('w', true) => builder.Append("A-Za-z0-9_"),
                ('w', false) => builder.Append("[A-Za-z0-9_]"),
                ('W', false) => builder.Append("[^A-Za-z0-9_]"),
                _ => builder.Append('\\').Append(escape),
            };
        }

        return builder.ToString();
    }

    /// <summary>The product of all {n,m}: an upper bound of how large nested repetitions unfold.</summary>
    private static long Repetitions(string pattern)
    {
        long product = 1;
        for (var at = pattern.IndexOf('{', StringComparison.Ordinal); at >= 0; at = pattern.IndexOf('{', at + 1))
        {
            long most = 0;
            long number = 0;
            for (var i = at + 1; i < pattern.Length && (char.IsAsciiDigit(pattern[i]) || pattern[i] == ','); i++)
            {
                number = pattern[i] == ',' ? 0 : Math.Min((number * 10) + (pattern[i] - '0'), int.MaxValue);
                most = Math.Max(most, number);
            }

            product = Math.Min(product, int.MaxValue) * Math.Max(1, most);
        }

        return product;
    }
}
