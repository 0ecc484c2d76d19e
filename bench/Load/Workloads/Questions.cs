using System.Globalization;
using Kangqiao.Bench.Load.Truth;
using Kangqiao.Bench.Shapes;

namespace Kangqiao.Bench.Load.Workloads;

/// <summary>
/// Questions about a shaped city, with values drawn as often as the records have them. Moments carry the city's offset: which
/// day a moment is on must not depend on the server's time zone.
/// </summary>
internal sealed class Questions(CityTruth truth)
{
    private const string Loinc = "http%3A%2F%2Floinc.org%7C";
    private const string Ucum = "%7Chttp%3A%2F%2Funitsofmeasure.org%7C";
    private const string ActCode = "http%3A%2F%2Fterminology.hl7.org%2FCodeSystem%2Fv3-ActCode%7C";
    private const string Category = "http%3A%2F%2Fterminology.hl7.org%2FCodeSystem%2Fobservation-category%7C";

    private static readonly string[] Categories = ["vital-signs", "laboratory", "survey"];
    private static readonly string[] Classes = ["AMB", "AMB", "EMER", "IMP", "HH", "VR"];
    private static readonly string[] Genders = ["female", "male"];
    private static readonly string[] States = ["active", "stopped"];

    // "Zhou" is left out: a server that knows pinyin finds 周 by it too, and rightly.
    private static readonly string[] Families = [.. Words.ChineseFamilies, .. Words.LatinFamilies.Where(f => f != "Zhou")];
    private static readonly string[] GivenNames = [.. Words.ChineseGiven, .. Words.LatinGiven];

    private readonly string[] ucumOf = UnitsInOrder();

    /// <summary>Matches to a page.</summary>
    public int Page { get; init; } = 20;

    public bool NeedsTotal { get; init; }

    public CityTruth Truth => truth;

    public Question Ask(string path, long matches) =>
        new($"/{path}&_count={Page}{(NeedsTotal ? "&_total=accurate" : "")}", matches, Page) { NeedsTotal = NeedsTotal };

    public SampledPatient Patient(ref SplitMix64 random) => truth.Sample[random.Below(truth.Sample.Count)];

    public static string Family(ref SplitMix64 random) => One(Families, ref random);

    public static string Gender(ref SplitMix64 random) => One(Genders, ref random);

    public static string District(ref SplitMix64 random) => One(Words.Districts, ref random);

    public static string CategoryCode(ref SplitMix64 random) => One(Categories, ref random);

    public static string State(ref SplitMix64 random) => One(States, ref random);

    public static string Class(ref SplitMix64 random) => One(Classes, ref random);

    public static string CategoryToken(string code) => Category + code;

    public static string ClassToken(string code) => ActCode + code;

    public static int BirthYear(ref SplitMix64 random) => random.Between(1930, 2022);

    /// <summary>An observation code, the frequent ones more often.</summary>
    public static int ObservationCode(ref SplitMix64 random)
    {
        var vital = Vocabulary.VitalSigns.Length;
        var laboratory = Vocabulary.Laboratory.Length;
        return random.Below(10) switch
        {
            < 4 => random.Below(vital),
            < 8 => vital + Vocabulary.LaboratoryUse.Pick(ref random),
            < 9 => vital + laboratory,
            _ => vital + laboratory + 1 + Vocabulary.SurveyUse.Pick(ref random),
        };
    }

    /// <summary>The code of something that has a number and a unit.</summary>
    public static int MeasureCode(ref SplitMix64 random) =>
        random.Chance(500) ? random.Below(Vocabulary.VitalSigns.Length) : Vocabulary.VitalSigns.Length + Vocabulary.LaboratoryUse.Pick(ref random);

    public static string CodeToken(int code) => CityTruth.ObservationCodes.Token(code);

    /// <summary>Family or given name from its beginning (R4 search.html#string), as a whole word.</summary>
    public Question ByName(ref SplitMix64 random)
    {
        var given = One(GivenNames, ref random);
        return Ask($"Patient?name={Escape.Text(given)}", Beginning(truth.GivenNames, given));
    }

    public Question ByFamily(ref SplitMix64 random)
    {
        var family = Family(ref random);
        return Ask($"Patient?family={Escape.Text(family)}", Beginning(truth.Families, family));
    }

    public Question BornIn(ref SplitMix64 random)
    {
        var year = BirthYear(ref random);
        return Ask($"Patient?{Year("birthdate", year)}", truth.BirthYears[year]);
    }

    public Question ByMedicalRecord(ref SplitMix64 random) =>
        Ask($"Patient?identifier={Escape.Token("https://shaped.example/medical-record", "MR" + random.Below((int)truth.Patients).ToString(CultureInfo.InvariantCulture))}", 1);

    public Question ObservedOn(ref SplitMix64 random)
    {
        var day = Day(ref random);
        return Ask($"Observation?{OnDay("date", day)}", truth.ObservationDays[day]);
    }

    public Question VisitedOn(ref SplitMix64 random)
    {
        var day = Day(ref random);
        return Ask($"Encounter?{OnDay("date", day)}", truth.EncounterDays[day]);
    }

    public Question OnsetIn(ref SplitMix64 random)
    {
        var month = Month(ref random);
        return Ask($"Condition?{InMonth("onset-date", month)}", truth.OnsetMonths[month]);
    }

    public Question ByValue(ref SplitMix64 random)
    {
        var code = MeasureCode(ref random);
        var (limit, above) = truth.ValuesOf[code].High(ref random);
        return Ask($"Observation?code={CodeToken(code)}&value-quantity=gt{limit}{Ucum}{ucumOf[code]}", above);
    }

    public Question ByCodeAndValue(ref SplitMix64 random)
    {
        var code = MeasureCode(ref random);
        var (limit, above) = truth.ValuesOf[code].High(ref random);
        return Ask($"Observation?code-value-quantity={CodeToken(code)}$gt{limit}{Ucum}{ucumOf[code]}", above);
    }

    public Question ByPressure(ref SplitMix64 random)
    {
        var systolic = random.Chance(500);
        var (limit, above) = (systolic ? truth.Systolic : truth.Diastolic).High(ref random);
        return Ask($"Observation?component-code-value-quantity={Loinc}{(systolic ? "8480-6" : "8462-4")}$gt{limit}{Ucum}mm%5BHg%5D", above);
    }

    public static int Day(ref SplitMix64 random) => random.Between(new DateOnly(2015, 1, 1).DayNumber, new DateOnly(2024, 12, 31).DayNumber);

    public static int Month(ref SplitMix64 random) => random.Between(2015 * 12, (2024 * 12) + 11);

    public static string OnDay(string parameter, int day) => Between(parameter, DateOnly.FromDayNumber(day), DateOnly.FromDayNumber(day + 1));

    public static string InMonth(string parameter, int month)
    {
        var first = new DateOnly(month / 12, (month % 12) + 1, 1);
        return Between(parameter, first, first.AddMonths(1));
    }

    public static string InYear(string parameter, int year) => Between(parameter, new DateOnly(year, 1, 1), new DateOnly(year + 1, 1, 1));

    /// <summary>For dates, which have no time zone.</summary>
    public static string Year(string parameter, int year) => $"{parameter}=ge{year}-01-01&{parameter}=lt{year + 1}-01-01";

    public static long Beginning(Counts<string> counts, string text)
    {
        var sum = 0L;
        foreach (var (key, count) in counts.All)
        {
            sum += key.StartsWith(text, StringComparison.Ordinal) ? count : 0;
        }

        return sum;
    }

    private static string Between(string parameter, DateOnly from, DateOnly to) =>
        string.Create(CultureInfo.InvariantCulture, $"{parameter}=ge{from:yyyy-MM-dd}T00:00:00%2B08:00&{parameter}=lt{to:yyyy-MM-dd}T00:00:00%2B08:00");

    private static T One<T>(T[] of, ref SplitMix64 random) => of[random.Below(of.Length)];

    // The vocabulary keeps a unit as the JSON behind a value; its last text is the UCUM code.
    private static string[] UnitsInOrder() =>
        [.. Vocabulary.VitalSigns.Concat(Vocabulary.Laboratory).Select(m => Escape.Text(System.Text.Encoding.UTF8.GetString(m.Unit).Split('"')[^2]))];
}
