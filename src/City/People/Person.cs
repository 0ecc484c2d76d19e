using Kangqiao.City.Content;
using Kangqiao.City.Places;

namespace Kangqiao.City.People;

internal enum Marital
{
    Single,
    Married,
    Divorced,
    Widowed,
}

/// <summary>One resident and what is true of them. Number: from 0, in order of families.</summary>
internal sealed class Person
{
    public required int Number { get; init; }

    /// <summary>As truth/persons.csv has it.</summary>
    public string Id => $"P{Number + 1:D8}";

    public required Sex Sex { get; init; }

    public required DateOnly Birth { get; init; }

    public required string Surname { get; init; }

    public required string Given { get; init; }

    public required string Name { get; init; }

    public required EthnicGroup Ethnic { get; init; }

    /// <summary>Citizen's number, or null for a foreigner.</summary>
    public string? IdCard { get; init; }

    /// <summary>The number they had until it was corrected, with the day of correction.</summary>
    public (string Number, DateOnly Until)? FormerIdCard { get; init; }

    public string? Passport { get; init; }

    /// <summary>ISO 3166 alpha-3.</summary>
    public string Country { get; init; } = "CHN";

    public string? Phone { get; set; }

    public required Insurance Insurance { get; init; }

    public required Occupation Occupation { get; init; }

    public Person? Mother { get; init; }

    public Person? Father { get; init; }

    public Person? Spouse { get; set; }

    /// <summary>1 or 2 for twins, else 0.</summary>
    public int BirthOrder { get; init; }

    public DateOnly? Death { get; set; }

    public DeathCause? Cause { get; set; }

    /// <summary>Homes from the earliest on; the first has no beginning.</summary>
    public List<(DateOnly From, Address Home)> Homes { get; } = [];

    /// <summary>From the earliest on; before the first they are single.</summary>
    public List<(DateOnly From, Marital Status)> Statuses { get; } = [];

    public string BloodGroup { get; init; } = "A";

    public bool RhNegative { get; init; }

    /// <summary>Centimetres and kilograms when grown.</summary>
    public double Height { get; init; }

    public double Weight { get; init; }

    public Person? Guardian => Mother ?? Father;

    public int AgeOn(DateOnly day) => day.Year - Birth.Year - (day.DayOfYear < Birth.DayOfYear ? 1 : 0);

    public bool LivesOn(DateOnly day) => day >= Birth && (Death is null || day <= Death);

    public Address HomeOn(DateOnly day) => Homes.FindLast(h => h.From <= day).Home ?? Homes[0].Home;

    public Marital MaritalOn(DateOnly day) => Statuses.FindLast(s => s.From <= day) is { From.Year: > 1 } found ? found.Status : Marital.Single;
}
