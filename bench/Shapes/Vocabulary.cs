using System.Globalization;
using System.Text;

namespace Kangqiao.Bench.Shapes;

/// <summary>A measured thing: its code, its unit as JSON, and the range values come from.</summary>
internal sealed class Measure(Concept code, string unit, string ucum, int low, int high, int decimals)
{
    public Concept Code { get; } = code;

    public Figure Value(ref SplitMix64 random) => new(random.Between(low, high), decimals);

    /// <summary>What follows the number in a Quantity.</summary>
    public byte[] Unit { get; } = Encoding.UTF8.GetBytes($$""","unit":"{{unit}}","system":"http://unitsofmeasure.org","code":"{{ucum}}"}""");
}

/// <summary>A report of several laboratory values.</summary>
/// <param name="First">Position in <see cref="Vocabulary.Laboratory"/>.</param>
internal sealed record Panel(Concept Code, int First, int Count);

/// <summary>
/// The codes of the shaped city, in number and skew as in a city's records. The few frequent ones are real LOINC (those of
/// R4's vital signs profiles and of everyday laboratory panels); the long tail is made up, has systems of its own under
/// shaped.example, and only looks like LOINC, SNOMED CT and RxNorm.
/// </summary>
internal static class Vocabulary
{
    private const string Loinc = "http://loinc.org";
    private const string ShapedLoinc = "https://shaped.example/loinc";
    private const string ShapedSnomed = "https://shaped.example/sct";
    private const string ShapedDrugs = "https://shaped.example/rxnorm";
    private const string ShapedVaccines = "https://shaped.example/cvx";

    public static readonly Measure[] VitalSigns =
    [
        Vital("8302-2", "Body Height", "cm", "cm", 500, 1950, 1),
        Vital("29463-7", "Body Weight", "kg", "kg", 32, 1100, 1),
        Vital("39156-5", "Body Mass Index", "kg/m2", "kg/m2", 1350, 3900, 2),
        Vital("8867-4", "Heart rate", "/min", "/min", 52, 120, 0),
        Vital("9279-1", "Respiratory rate", "/min", "/min", 10, 28, 0),
        Vital("8310-5", "Body temperature", "Cel", "Cel", 3580, 3990, 2),
        Vital("2708-6", "Oxygen saturation", "%", "%", 88, 100, 0),
        Vital("9843-4", "Head circumference", "cm", "cm", 300, 620, 1),
    ];

    public static readonly Concept BloodPressure = new(Loinc, "85354-9", "Blood pressure panel");
    public static readonly Concept Systolic = new(Loinc, "8480-6", "Systolic Blood Pressure");
    public static readonly Concept Diastolic = new(Loinc, "8462-4", "Diastolic Blood Pressure");

    /// <summary>The first 23 are the members of the three common panels and HbA1c; then the tail, 8 to each further panel.</summary>
    public static readonly Measure[] Laboratory =
    [
        Lab("2339-0", "Glucose", "mg/dL", "mg/dL", 6500, 18000, 2),
        Lab("6299-2", "Urea Nitrogen", "mg/dL", "mg/dL", 700, 2500, 2),
        Lab("38483-4", "Creatinine", "mg/dL", "mg/dL", 50, 380, 2),
        Lab("49765-1", "Calcium", "mg/dL", "mg/dL", 850, 1020, 2),
        Lab("2947-0", "Sodium", "mmol/L", "mmol/L", 13600, 14400, 2),
        Lab("6298-4", "Potassium", "mmol/L", "mmol/L", 370, 520, 2),
        Lab("2069-3", "Chloride", "mmol/L", "mmol/L", 10100, 11100, 2),
        Lab("20565-8", "Carbon Dioxide", "mmol/L", "mmol/L", 2000, 2900, 2),
        Lab("2093-3", "Total Cholesterol", "mg/dL", "mg/dL", 15000, 29000, 2),
        Lab("2571-8", "Triglycerides", "mg/dL", "mg/dL", 10000, 35000, 2),
        Lab("18262-6", "Low Density Lipoprotein Cholesterol", "mg/dL", "mg/dL", 6000, 19000, 2),
        Lab("2085-9", "High Density Lipoprotein Cholesterol", "mg/dL", "mg/dL", 3000, 8000, 2),
        Lab("6690-2", "Leukocytes [#/volume] in Blood by Automated count", "10*3/uL", "10*3/uL", 35, 105, 1),
        Lab("789-8", "Erythrocytes [#/volume] in Blood by Automated count", "10*6/uL", "10*6/uL", 39, 57, 1),
        Lab("718-7", "Hemoglobin [Mass/volume] in Blood", "g/dL", "g/dL", 115, 177, 1),
        Lab("4544-3", "Hematocrit [Volume Fraction] of Blood by Automated count", "%", "%", 350, 505, 1),
        Lab("787-2", "MCV [Entitic volume] by Automated count", "fL", "fL", 780, 980, 1),
        Lab("785-6", "MCH [Entitic mass] by Automated count", "pg", "pg", 265, 335, 1),
        Lab("786-4", "MCHC [Mass/volume] by Automated count", "g/dL", "g/dL", 320, 362, 1),
        Lab("21000-5", "Erythrocyte distribution width [Entitic volume] by Automated count", "fL", "fL", 390, 467, 1),
        Lab("777-3", "Platelets [#/volume] in Blood by Automated count", "10*3/uL", "10*3/uL", 1350, 4400, 1),
        Lab("32207-3", "Platelet distribution width [Entitic volume] in Blood by Automated count", "fL", "fL", 1500, 5000, 1),
        Lab("4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", "%", "%", 40, 118, 1),
        .. LaboratoryTail(27 * 8),
    ];

    public static readonly Panel[] Panels =
    [
        new(new Concept(Loinc, "51990-0", "Basic Metabolic Panel"), 0, 8),
        new(new Concept(Loinc, "58410-2", "Complete blood count (hemogram) panel - Blood by Automated count"), 12, 10),
        new(new Concept(Loinc, "57698-3", "Lipid Panel"), 8, 4),
        .. Enumerable.Range(0, 27).Select(i => new Panel(new Concept(ShapedLoinc, Checked(80_000 + (i * 131)), $"检验组合 {i + 1}"), 23 + (i * 8), 8)),
    ];

    public static readonly Concept[] Survey =
    [
        new(Loinc, "72166-2", "Tobacco smoking status"),
        new(ShapedLoinc, Checked(90_101), "饮酒情况"),
        new(ShapedLoinc, Checked(90_202), "Pain severity"),
        new(ShapedLoinc, Checked(90_303), "身体活动"),
        new(ShapedLoinc, Checked(90_404), "睡眠质量"),
    ];

    public static readonly Concept[] Answers = Made(ShapedSnomed, 40, i => $"Answer grade {i % 8} 第{i + 1}项");
    public static readonly Concept[] Diagnoses = Made(ShapedSnomed, 1200, i => Words.Sites[i * 7 % 30] + Words.Findings[i * 3 % 20] + (i < 600 ? "" : " (disorder)"));
    public static readonly Concept[] Procedures = Made(ShapedSnomed, 320, i => Words.Sites[i * 11 % 30] + Words.Acts[i * 5 % 16] + (i % 2 == 0 ? "" : " (procedure)"));
    public static readonly Concept[] Visits = Made(ShapedSnomed, 24, i => $"{Words.Departments[i % 10]}就诊 Encounter for check up (procedure)");
    public static readonly Concept[] Drugs = Made(ShapedDrugs, 720, i => Words.Drugs[i % 30] + " " + Words.DrugForms[i / 30]);
    public static readonly Concept[] Vaccines = Made(ShapedVaccines, 22, i => Words.Vaccines[i]);
    public static readonly Concept[] Allergies = Made(ShapedSnomed, 14, i => Words.Allergens[i]);
    public static readonly Concept[] Plans = Made(ShapedSnomed, 30, i => Words.Sites[i] + "管理计划 management plan");
    public static readonly Concept[] PlanActs = Made(ShapedSnomed, 60, i => $"健康指导 education {i + 1}");
    public static readonly Concept[] Reasons = Made(ShapedSnomed, 90, i => "因" + Words.Sites[i % 30] + "不适");
    public static readonly Concept[] DeviceTypes = Made(ShapedSnomed, 12, i => $"Implantable device {i + 1}");
    public static readonly Concept[] DocumentTypes = Made(ShapedLoinc, 16, i => Words.Departments[i % 10] + "病历 note");

    public static readonly Skew DiagnosisUse = new(1200, 8);
    public static readonly Skew DrugUse = new(720, 6);
    public static readonly Skew ProcedureUse = new(320, 3);
    public static readonly Skew PanelUse = new(30, 2);
    public static readonly Skew LaboratoryUse = new(Laboratory.Length, 12);
    public static readonly Skew VaccineUse = new(22, 2);
    public static readonly Skew VisitUse = new(24, 1);
    public static readonly Skew SurveyUse = new(5, 1);

    private static Measure Vital(string code, string display, string unit, string ucum, int low, int high, int decimals) =>
        new(new Concept(Loinc, code, display), unit, ucum, low, high, decimals);

    private static Measure Lab(string code, string display, string unit, string ucum, int low, int high, int decimals) =>
        new(new Concept(Loinc, code, display), unit, ucum, low, high, decimals);

    private static IEnumerable<Measure> LaboratoryTail(int count)
    {
        (string Unit, string Ucum)[] units =
            [("U/L", "U/L"), ("g/L", "g/L"), ("mmol/L", "mmol/L"), ("ng/mL", "ng/mL"), ("umol/L", "umol/L"), ("mIU/L", "m[IU]/L"), ("%", "%"), ("s", "s")];
        for (var i = 0; i < count; i++)
        {
            var (unit, ucum) = units[i % units.Length];
            var code = new Concept(ShapedLoinc, Checked(10_000 + (i * 37)), $"{Words.Sites[i % 30]}指标 {i + 1} in Serum or Plasma");
            yield return new Measure(code, unit, ucum, 10 + (i * 3), 900 + (i * 11), i % 3);
        }
    }

    private static Concept[] Made(string system, int count, Func<int, string> display)
    {
        var random = SplitMix64.Of((ulong)system.Length, (ulong)count);
        var made = new Concept[count];
        for (var i = 0; i < count; i++)
        {
            // The position within keeps codes apart, the random part gives them the length and look of concept ids.
            var code = system == ShapedVaccines ? 200 + i : ((long)random.Between(20_000, 429_999) * 10_000) + (i * 7) + 3;
            made[i] = new Concept(system, code.ToString(CultureInfo.InvariantCulture), display(i));
        }

        return made;
    }

    /// <summary>A number with a check digit behind a hyphen, the look of a LOINC code.</summary>
    private static string Checked(int number)
    {
        var sum = 0;
        var twice = true;
        for (var rest = number; rest > 0; rest /= 10, twice = !twice)
        {
            var digit = rest % 10 * (twice ? 2 : 1);
            sum += (digit / 10) + (digit % 10);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{number}-{(10 - (sum % 10)) % 10}");
    }
}
