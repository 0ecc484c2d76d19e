using System.Text;
using System.Text.Json;

namespace Kangqiao.Bench.Load.Wire;

/// <summary>What an answer says went wrong, in words that may stand in a table: quoted values and long numbers are left out.</summary>
internal static class Mishap
{
    private const int MostCharacters = 200;

    public static string Of(Reply reply) => reply.Fault ?? Cleaned(Said(reply.Body));

    /// <summary>The first issue of an OperationOutcome, or of a response in it; otherwise that there is none.</summary>
    private static string Said(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var json = JsonDocument.ParseValue(ref reader);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("issue", out var issues) || issues.GetArrayLength() == 0)
            {
                return "no OperationOutcome";
            }

            var issue = issues[0];
            var said = new StringBuilder(Text(issue, "code"));
            if (issue.TryGetProperty("details", out var details))
            {
                said.Append(' ').Append(details.TryGetProperty("coding", out var codings) ? Text(codings[0], "code") : "").Append(' ').Append(Text(details, "text"));
            }

            return said.Append(' ').Append(Text(issue, "diagnostics")).ToString().Trim();
        }
        catch (JsonException)
        {
            return "no JSON";
        }
    }

    internal static string Cleaned(string said)
    {
        var clean = new StringBuilder();
        for (var i = 0; i < said.Length && clean.Length < MostCharacters; i++)
        {
            var close = said[i] switch { '"' => '"', '“' => '”', '「' => '」', '\'' => '\'', _ => '\0' };
            var end = close == '\0' ? -1 : said.IndexOf(close, i + 1);
            var digits = i;
            while (digits < said.Length && char.IsAsciiDigit(said[digits]))
            {
                digits++;
            }

            if (end > 0)
            {
                clean.Append(said[i]).Append('…').Append(close);
                i = end;
            }
            else if (digits - i >= 6)
            {
                clean.Append('…');
                i = digits - 1;
            }
            else
            {
                clean.Append(char.IsControl(said[i]) || said[i] == '|' ? ' ' : said[i]);
            }
        }

        return clean.ToString();
    }

    private static string Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
