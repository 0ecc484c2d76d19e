namespace Kangqiao.City.Content;

/// <summary>A kind of institution: content/city/institutions.tsv.</summary>
internal sealed record InstitutionKind(string Name, string Prefix, string Class, string Level, string? Grade, string Ownership, string Owner, string Seat)
{
    public int Full { get; init; }

    public int ResidentsPer { get; init; }

    public int Least { get; init; }

    public string[] Systems { get; init; } = [];

    public Department[] Departments { get; init; } = [];

    public string[] Names { get; init; } = [];
}

/// <summary>The city or one of its districts as the table has it.</summary>
internal sealed record RegionRow(string Code, string Name, string Kind, string[] Parts);
