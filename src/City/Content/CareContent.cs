namespace Kangqiao.City.Content;

internal enum DiseaseKind
{
    Acute,
    Chronic,
    Injury,
}

/// <summary>Which of the five columns of rates a person is in.</summary>
internal static class AgeBand
{
    public const int Count = 5;

    public static readonly string[] Columns = ["0-5", "6-17", "18-44", "45-64", "65+"];

    public static int Of(int age) => age < 6 ? 0 : age < 18 ? 1 : age < 45 ? 2 : age < 65 ? 3 : 4;
}

/// <summary>What brings a person to a doctor: content/city/diseases.tsv.</summary>
internal sealed record Disease(string Code, string Name, Department Department, DiseaseKind Kind, string? Sex, double[] Rates)
{
    /// <summary>Month from 1, or 0 where the seasons do not matter.</summary>
    public int Peak { get; init; }

    public double Strength { get; init; }

    public double Emergency { get; init; }

    public double Admitted { get; init; }

    public int Days { get; init; }

    public required string Complaint { get; init; }

    public required string ComplaintUnit { get; init; }

    public (Panel Panel, double Percent)[] Labs { get; init; } = [];

    public (Examination Examination, double Percent)[] Imaging { get; init; } = [];

    public Drug[] Drugs { get; init; } = [];

    public (Operation Operation, double Percent)? Operation { get; init; }

    /// <summary>Its name in 传染病防治法 article 3, if it must be reported.</summary>
    public string? Notify { get; init; }

    public string? Syndrome { get; init; }

    /// <summary>Usual temperature, if it brings fever.</summary>
    public double? Fever { get; init; }

    public Dictionary<string, double> Shifts { get; } = new(StringComparer.Ordinal);

    /// <summary>How the season changes the rate on a day of the year: 1 in the mean of the year.</summary>
    public double SeasonOn(int dayOfYear) =>
        Peak == 0 ? 1 : 1 + (Strength * Math.Cos(2 * Math.PI * (dayOfYear - ((Peak - 0.5) * 30.4)) / 365.25));
}

internal sealed record Department(string Code, string Name, decimal Fee);

internal sealed record Operation(string Code, string Name, decimal Price);

internal sealed record Panel(string Id, string Name, string? Loinc, string Specimen, decimal Price)
{
    public List<Analyte> Items { get; } = [];
}

internal enum Scale
{
    Quantity,
    Negative,
    Abo,
    RhD,
}

/// <summary>What a panel measures; ranges of men and women, the healthy's mean and spread.</summary>
internal sealed record Analyte(string Id, string Name, string? Loinc, string Unit, Scale Scale, double Mean, double Spread, int Decimals)
{
    public (double Low, double High) Men { get; init; }

    public (double Low, double High) Women { get; init; }
}

internal sealed record Examination(string Id, string Name, string? Code, string Modality, decimal Price)
{
    public required (string Finding, string Conclusion) Normal { get; init; }

    public required (string Finding, string Conclusion) Abnormal { get; init; }
}

internal sealed record Drug(string Id, string Name, string Spec, string Form, string Kind, decimal Dose, string Unit, int PerDay, int Days, double DosesInPack, string Pack, decimal Price)
{
    public bool IsAntibiotic { get; init; }
}

/// <summary>A decoction: grams of each herb and their price a gram.</summary>
internal sealed record Decoction(string Name, string[] For, (string Herb, int Grams, decimal Price)[] Herbs);

internal sealed record Dose(string Vaccine, string Name, int Number, int Months, int? Before, string? Sex, string Disease, string Maker);

internal sealed record DeathCause(string Code, string Name, double[] Weights);

internal sealed record PlantKind(string Kind, int ResidentsPer, int Least, int Most, int Days, double Strength, string? What);

internal sealed record MistakeShare(string Kind, double Percent, string FhirCode, string Hl7Code);
