using Kangqiao.City.Chances;

namespace Kangqiao.City.Content;

internal enum Sex
{
    Male,
    Female,
}

/// <summary>Names of one sex in some years of birth.</summary>
internal sealed record GivenNames(int From, int To, Sex Sex)
{
    public string[] Single { get; set; } = [];

    public string[] First { get; set; } = [];

    public string[] Second { get; set; } = [];

    public List<(string Name, double Percent)> Whole { get; } = [];
}

internal sealed record EthnicGroup(string Code, string Name, string Style);

internal sealed record ForeignFamily(string Country, string Family, string[] Given);

/// <param name="Fund">Percent the fund pays of what is covered: outpatient, inpatient.</param>
internal sealed record Insurance(string Code, string Name, (double Outpatient, double Inpatient) Fund);

internal sealed record Occupation(string Code, string Name);

/// <summary>What people are called and what they are, as content/city has it.</summary>
internal sealed class PeopleContent
{
    public required Weighted<string> Surnames { get; init; }

    public required GivenNames[] GivenNames { get; init; }

    public required Weighted<EthnicGroup> EthnicGroups { get; init; }

    /// <summary>By style and part.</summary>
    public required Dictionary<(string Style, string Part), string[]> MinorityNames { get; init; }

    public required ForeignFamily[] Foreigners { get; init; }

    public required Dictionary<char, char> Slips { get; init; }

    /// <summary>Percent of registrations, by what goes wrong in them.</summary>
    public required Dictionary<string, double> Registration { get; init; }

    /// <summary>Of children, of working age, of the old.</summary>
    public required Weighted<Insurance>[] Insurance { get; init; }

    public required Weighted<Occupation> Occupations { get; init; }

    public required Dictionary<string, string[]> Words { get; init; }
}
