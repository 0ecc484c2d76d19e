namespace Kangqiao.PatientIndex.Rows;

/// <summary>What one source record says of a person, as text; empty where it says nothing.</summary>
public readonly record struct PersonValues()
{
    /// <summary>The whole name; empty when <see cref="Surname"/> and <see cref="Given"/> are given instead.</summary>
    public string Name { get; init; } = "";

    public string Surname { get; init; } = "";

    public string Given { get; init; } = "";

    /// <summary>1 or 2 as GB/T 2261.1, male or female, 男 or 女; anything else is unknown.</summary>
    public string Sex { get; init; } = "";

    /// <summary>yyyy-MM-dd, yyyyMMdd, yyyy/M/d or parts of it.</summary>
    public string Birth { get; init; } = "";

    /// <summary>Resident ID number (GB 11643), or another country's or scheme's number of the person.</summary>
    public string Number { get; init; } = "";

    public string Phone { get; init; } = "";

    /// <summary>All lines, from the largest division to the smallest or the other way round.</summary>
    public string Address { get; init; } = "";

    /// <summary>A parent or other guardian.</summary>
    public string GuardianName { get; init; } = "";

    public string GuardianNumber { get; init; } = "";
}
