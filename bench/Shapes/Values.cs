using System.Text;
using System.Text.Json;

namespace Kangqiao.Bench.Shapes;

/// <summary>A resource type with its name as it stands in a reference.</summary>
internal sealed class ShapeType(string name)
{
    public static readonly ShapeType Patient = new("Patient");
    public static readonly ShapeType Organization = new("Organization");
    public static readonly ShapeType Practitioner = new("Practitioner");
    public static readonly ShapeType Location = new("Location");
    public static readonly ShapeType Encounter = new("Encounter");
    public static readonly ShapeType Condition = new("Condition");
    public static readonly ShapeType Observation = new("Observation");
    public static readonly ShapeType Procedure = new("Procedure");
    public static readonly ShapeType MedicationRequest = new("MedicationRequest");
    public static readonly ShapeType Immunization = new("Immunization");
    public static readonly ShapeType DiagnosticReport = new("DiagnosticReport");
    public static readonly ShapeType Claim = new("Claim");
    public static readonly ShapeType ExplanationOfBenefit = new("ExplanationOfBenefit");
    public static readonly ShapeType CarePlan = new("CarePlan");
    public static readonly ShapeType CareTeam = new("CareTeam");
    public static readonly ShapeType Goal = new("Goal");
    public static readonly ShapeType ImagingStudy = new("ImagingStudy");
    public static readonly ShapeType Device = new("Device");
    public static readonly ShapeType DocumentReference = new("DocumentReference");
    public static readonly ShapeType AllergyIntolerance = new("AllergyIntolerance");

    public string Name { get; } = name;

    /// <summary>"Observation/".</summary>
    public byte[] Prefix { get; } = Encoding.UTF8.GetBytes(name + "/");

    public override string ToString() => Name;
}

/// <summary>A reference to another resource of the same patient: in a transaction it may become "urn:uuid:…".</summary>
internal readonly record struct Link(ShapeType Type, Guid Id);

/// <summary>A reference to master data, which is loaded before and keeps its id.</summary>
internal readonly record struct MasterLink(ShapeType Type, Guid Id);

/// <summary>A calendar day; day 0 is 0001-01-01 as in <see cref="DateOnly.DayNumber"/>.</summary>
internal readonly record struct Day(int Number)
{
    public static Day Of(int year, int month, int day) => new(new DateOnly(year, month, day).DayNumber);
}

/// <summary>A second in China Standard Time (+08:00), counted from the start of day 0.</summary>
internal readonly record struct Moment(long Seconds)
{
    public Day Day => new((int)(Seconds / 86_400));

    public Moment Plus(int minutes) => new(Seconds + (minutes * 60L));
}

/// <summary>A decimal number: 1370 with one decimal is written 137.0.</summary>
internal readonly record struct Figure(long Units, int Decimals);

/// <summary>A code with its JSON made once: what a hospital's resources are full of.</summary>
internal sealed class Concept
{
    public Concept(string system, string code, string display)
    {
        Code = code;
        Display = display;
        Coding = Encoding.UTF8.GetBytes(
            $$"""{"system":"{{JsonEncodedText.Encode(system)}}","code":"{{code}}","display":"{{display}}"}""");
        Json = Encoding.UTF8.GetBytes($$"""{"coding":[{{Encoding.UTF8.GetString(Coding)}}],"text":"{{display}}"}""");
    }

    public string Code { get; }

    public string Display { get; }

    /// <summary>A Coding.</summary>
    public byte[] Coding { get; }

    /// <summary>A CodeableConcept.</summary>
    public byte[] Json { get; }
}
