using System.Text;
using Kangqiao.Rest.Asking;

namespace Kangqiao.Rest.Interactions;

/// <summary>Addresses of pages.</summary>
internal static class Links
{
    /// <summary>The address asked, with one parameter set to another value.</summary>
    public static string With(Ask ask, string name, string value) => Of(ask, name, value, []);

    /// <param name="without">Parameters that had no effect.</param>
    public static string Of(Ask ask, string? name, string? value, IReadOnlyList<string> without)
    {
        var query = ask.Address.IndexOf('?', StringComparison.Ordinal);
        var text = new StringBuilder(ask.Base).Append('/').Append(query < 0 ? ask.Address : ask.Address[..query]);
        var mark = '?';
        foreach (var pair in ask.Parameters.Pairs)
        {
            if (pair.Key != name && !without.Contains(pair.Key))
            {
                Append(text, ref mark, pair.Key, pair.Value);
            }
        }

        if (name is not null)
        {
            Append(text, ref mark, name, value!);
        }

        return text.ToString();
    }

    // Colons, commas and bars are what FHIR queries are full of, and are legal in a query (RFC 3986 3.4) but for the bar.
    private static void Append(StringBuilder text, ref char mark, string name, string value)
    {
        text.Append(mark).Append(Escaped(name)).Append('=').Append(Escaped(value));
        mark = '&';
    }

    private static string Escaped(string text) => Uri.EscapeDataString(text)
        .Replace("%3A", ":", StringComparison.Ordinal)
        .Replace("%2C", ",", StringComparison.Ordinal)
        .Replace("%2F", "/", StringComparison.Ordinal);
}
