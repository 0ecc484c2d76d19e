using System.Text.Json.Nodes;
using Kangqiao.Ingest.Csv.Content;

namespace Kangqiao.Ingest.Csv.Templates;

/// <summary>Text with columns in braces: "pid|{patient_id}". {column:display} is the name of a code, {column:date} the date of a time.</summary>
internal sealed class Words
{
    private readonly (string Before, Column? Column, string Part)[] pieces;
    private readonly string end;

    private Words((string, Column?, string)[] pieces, string end) => (this.pieces, this.end) = (pieces, end);

    /// <summary>The column, where the text is nothing else than it.</summary>
    public Column? Only => pieces is [("", { } column, "")] && end.Length == 0 ? column : null;

    public bool IsConstant => pieces.Length == 0;

    public IEnumerable<Column> Columns => pieces.Select(p => p.Column).OfType<Column>();

    /// <exception cref="TemplateException">A column is not one of the data set.</exception>
    public static Words Parse(string text, Func<string, Column?> find)
    {
        var found = new List<(string, Column?, string)>();
        var at = 0;
        while (text.IndexOf('{', at) is var open and >= 0)
        {
            var close = text.IndexOf('}', open);
            if (close < 0)
            {
                throw new TemplateException($"'{text}' has a brace that is not closed", text);
            }

            var name = text[(open + 1)..close].Split(':', 2);
            var part = name.Length > 1 ? name[1] : "";
            if (part is not ("" or "display" or "date"))
            {
                throw new TemplateException($"'{part}' is no part of a column; there are display and date", text);
            }

            var column = name[0] == "." ? null : find(name[0]) ?? throw new TemplateException($"'{name[0]}' is no column of the data set", text);
            found.Add((text[at..open], column, part));
            at = close + 1;
        }

        return new Words([.. found], text[at..]);
    }

    /// <summary>Null where one of the columns says nothing.</summary>
    public string? Fill(Row row)
    {
        if (pieces.Length == 1 && end.Length == 0)
        {
            var (before, column, part) = pieces[0];
            return Value(row, column, part) is { } only ? before + only : null;
        }

        var parts = new string[(pieces.Length * 2) + 1];
        for (var i = 0; i < pieces.Length; i++)
        {
            var (before, column, part) = pieces[i];
            if (Value(row, column, part) is not { } value)
            {
                return null;
            }

            parts[2 * i] = before;
            parts[(2 * i) + 1] = value;
        }

        parts[^1] = end;
        return string.Concat(parts);
    }

    private static string? Value(Row row, Column? column, string part) =>
        column is null ? row.Listed
        : part == "display" ? row.CodeOf(column)?.Display
        : part == "date" ? row[column] is { } moment ? moment[..Math.Min(10, moment.Length)] : null
        : row[column];
}

/// <summary>A template says what there is not; it is named at start with its file and line.</summary>
/// <param name="near">Text of the file by which the line is found.</param>
internal sealed class TemplateException(string why, string near) : Exception(why)
{
    public string Near { get; } = near;
}

/// <summary>Reading content, where what is missing is named rather than fallen over.</summary>
internal static class SaidInContent
{
    /// <exception cref="TemplateException">There is none.</exception>
    public static string Text(this JsonNode? said, string name) =>
        said?.ToString() ?? throw new TemplateException($"'{name}' is missing", $"\"{name}\"");

    /// <exception cref="TemplateException">There is none.</exception>
    public static JsonArray Items(this JsonNode? said, string name) =>
        said as JsonArray ?? throw new TemplateException($"'{name}' is no list", $"\"{name}\"");
}
