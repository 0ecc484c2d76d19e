namespace Kangqiao.Ingest.Csv.Content;

/// <summary>What a column's values are.</summary>
internal enum ColumnKind
{
    Text,

    /// <summary>The number of a document: without blanks, in capitals.</summary>
    Number,

    /// <summary>Of a value domain, or of an open system of codes.</summary>
    Code,

    /// <summary>As precise as it is written.</summary>
    Date,

    /// <summary>A date with a time of day; a date alone is taken too.</summary>
    Moment,

    /// <summary>A time of day.</summary>
    Time,

    Integer,
    Decimal,

    /// <summary>A number, or words where there is none: a laboratory's result.</summary>
    Result,

    Flag,
}

/// <summary>A column of a data set.</summary>
/// <param name="Index">Place in the data set.</param>
/// <param name="Name">Of [a-z0-9_].</param>
/// <param name="Title">In Chinese, as the standard has it.</param>
internal sealed record Column(int Index, string Name, string Title, ColumnKind Kind)
{
    /// <summary>Other names that a header may have for it.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Data element of WS 363, where it is one.</summary>
    public string? Element { get; init; }

    /// <summary>Characters at most, by the standard.</summary>
    public int? Length { get; init; }

    /// <summary>A row without it is refused, and a file without the column too.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Value domain of a coded column, the current edition first.</summary>
    public IReadOnlyList<CodeTable> Tables { get; init; } = [];

    /// <summary>What senders write in place of codes (男 for 1), besides the names that the table has.</summary>
    public IReadOnlyDictionary<string, string> Spellings { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>System of a coded column that has no table: an address, or "local:NAME" for a table of the sender's own.</summary>
    public string? System { get; init; }

    /// <summary>A value outside the domain refuses the row, since what it says changes what the row means.</summary>
    public bool IsClosed { get; init; }

    public decimal? Least { get; init; }

    public decimal? Most { get; init; }

    public string? Unit { get; init; }

    public string? Example { get; init; }

    public string? Remark { get; init; }

    /// <summary>As findings name the place.</summary>
    public string Place { get; } = "column " + Name;
}
