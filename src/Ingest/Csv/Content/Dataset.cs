using System.Collections.Frozen;
using Kangqiao.Ingest.Csv.Templates;

namespace Kangqiao.Ingest.Csv.Content;

/// <summary>Where a data set comes from.</summary>
/// <param name="Mark">How far it can be trusted: L law, F found, S seed, K own knowledge, P our own proposal.</param>
internal sealed record DatasetSource(string Standard, string? Clause, string Mark);

/// <summary>One data set: its columns, and what a row of it says in FHIR. Compiled once from content/datasets/NAME/dataset.json.</summary>
internal sealed class Dataset
{
    private readonly FrozenDictionary<string, Column> byHeading;

    public Dataset(string name, IReadOnlyList<Column> columns, IReadOnlyList<RecordTemplate> records)
    {
        Name = name;
        Columns = columns;
        Records = records;
        var headings = new Dictionary<string, Column>(StringComparer.Ordinal);
        foreach (var column in columns)
        {
            headings.TryAdd(Heading(column.Name), column);
        }

        foreach (var column in columns)
        {
            foreach (var other in column.Aliases.Append(column.Title))
            {
                headings.TryAdd(Heading(other), column);
            }
        }

        // A data element may stand in several columns; then it names none.
        foreach (var only in columns.Where(c => c.Element is not null).GroupBy(c => c.Element!, StringComparer.Ordinal).Where(g => g.Count() == 1))
        {
            headings.TryAdd(Heading(only.Key), only.Single());
        }

        byHeading = headings.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public string Name { get; }

    public required string Title { get; init; }

    /// <summary>One of the ten collection domains of the ordinance.</summary>
    public required string Domain { get; init; }

    public required IReadOnlyList<DatasetSource> Sources { get; init; }

    /// <summary>Columns that tell a row from others.</summary>
    public required IReadOnlyList<string> Key { get; init; }

    public IReadOnlyList<Column> Columns { get; }

    public IReadOnlyList<RecordTemplate> Records { get; }

    /// <summary>When the sender said it.</summary>
    public Column? SaidAt { get; init; }

    /// <summary>A flag: the row was never so.</summary>
    public Column? Void { get; init; }

    /// <summary>What the sender's people look a row up by; never personal.</summary>
    public Column? Source { get; init; }

    /// <summary>The column that a heading names: its name, its Chinese title, an alias or its data element.</summary>
    public Column? ColumnOf(string heading) => byHeading.GetValueOrDefault(Heading(heading));

    /// <summary>Without what people write differently: case, blanks, the width of brackets, a remark in brackets on the unit is kept.</summary>
    private static string Heading(string text)
    {
        Span<char> kept = text.Length <= 128 ? stackalloc char[text.Length] : new char[text.Length];
        var count = 0;
        foreach (var c in text)
        {
            if (!char.IsWhiteSpace(c) && c is not ('_' or '-' or '\uFEFF' or '*'))
            {
                kept[count++] = c switch { '（' => '(', '）' => ')', '／' => '/', '：' => ':', _ => char.ToLowerInvariant(c) };
            }
        }

        return kept[..count].ToString();
    }
}
