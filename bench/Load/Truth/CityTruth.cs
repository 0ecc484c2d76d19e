using Kangqiao.Bench.Shapes;

namespace Kangqiao.Bench.Load.Truth;

/// <summary>
/// What a server that holds the first so many patients of a city must find. Counted by making them all again: memory depends on
/// the vocabulary and the sample, not on the number of patients.
/// </summary>
internal sealed partial class CityTruth
{
    private const int MostSampled = 256;

    private readonly HashSet<int> conditionsOfPatient = [];
    private string family = "";

    private CityTruth()
    {
    }

    public static CodeList ObservationCodes { get; } = new(
        Vocabulary.VitalSigns.Select(v => v.Code), Vocabulary.Laboratory.Select(v => v.Code), [Vocabulary.BloodPressure], Vocabulary.Survey);

    public static CodeList Diagnoses { get; } = new(Vocabulary.Diagnoses);

    public static CodeList Drugs { get; } = new(Vocabulary.Drugs);

    public static CodeList Visits { get; } = new(Vocabulary.Visits);

    public static CodeList Procedures { get; } = new(Vocabulary.Procedures);

    public static CodeList Vaccines { get; } = new(Vocabulary.Vaccines);

    public static CodeList Answers { get; } = new(Vocabulary.Answers);

    public long Patients { get; private set; }

    public long Resources { get; private set; }

    public Counts<string> Families { get; } = new();

    public Counts<string> GivenNames { get; } = new();

    public Counts<string> Genders { get; } = new();

    public Counts<(string Gender, string District)> GenderDistricts { get; } = new();

    public Counts<string> Districts { get; } = new();

    public Counts<int> BirthYears { get; } = new();

    public Counts<int> BirthDays { get; } = new();

    public Counts<(string Family, int Year)> FamilyBirthYears { get; } = new();

    public Counts<int> ObservationsOf { get; } = new();

    public Counts<(int Code, int Month)> ObservationsOfIn { get; } = new();

    public Counts<int> ObservationDays { get; } = new();

    public Counts<string> Categories { get; } = new();

    public Counts<(string Category, int Month)> CategoriesIn { get; } = new();

    public Counts<int> AnswersGiven { get; } = new();

    public MeasuredValues[] ValuesOf { get; } = [.. Enumerable.Range(0, ObservationCodes.Count).Select(_ => new MeasuredValues())];

    public MeasuredValues Systolic { get; } = new();

    public MeasuredValues Diastolic { get; } = new();

    public Counts<int> ConditionsOf { get; } = new();

    public Counts<(int Code, bool Active)> ConditionsOfBeing { get; } = new();

    public Counts<(int Code, int Year)> ConditionsOfIn { get; } = new();

    public Counts<int> OnsetMonths { get; } = new();

    public Counts<string> ConditionsOfFamily { get; } = new();

    public Counts<int> PatientsWithCondition { get; } = new();

    public Counts<string> PrescriptionStates { get; } = new();

    public Counts<(int Code, string Status)> PrescriptionsOfBeing { get; } = new();

    public Counts<int> PrescriptionMonths { get; } = new();

    public Counts<int> EncounterDays { get; } = new();

    public Counts<string> EncounterClasses { get; } = new();

    public Counts<(string Class, int Type)> EncounterClassTypes { get; } = new();

    public Counts<(string Class, int Month)> EncounterClassesIn { get; } = new();

    public Counts<int> ProceduresOf { get; } = new();

    public Counts<int> VaccinationsOf { get; } = new();

    /// <summary>Patients from all over the city whose own records are known one by one.</summary>
    public List<SampledPatient> Sample { get; } = [];

    /// <summary>Months of all years, counted through.</summary>
    public static int MonthOf(int day)
    {
        var date = DateOnly.FromDayNumber(day);
        return (date.Year * 12) + date.Month - 1;
    }

    public static CityTruth Of(ShapedCity city, int patients)
    {
        var truth = new CityTruth();
        var step = Math.Max(1, patients / MostSampled);
        foreach (var patient in city.Patients(patients))
        {
            truth.Add(patient, patient.Number % step == 0 && truth.Sample.Count < MostSampled);
        }

        foreach (var values in truth.ValuesOf.Append(truth.Systolic).Append(truth.Diastolic))
        {
            values.Close();
        }

        return truth;
    }

    private void Add(ShapedPatient patient, bool isSampled)
    {
        Patients++;
        Resources += patient.Count;
        conditionsOfPatient.Clear();
        var sampled = isSampled ? new SampledPatient(patient.Id, patient.Number) : null;
        for (var i = 0; i < patient.Count; i++)
        {
            var (type, _, record) = patient[i];
            var json = record.Span;
            sampled?.Records.Add(type.Name);
            if (type == ShapeType.Observation)
            {
                AddObservation(json, sampled);
            }
            else if (type == ShapeType.Encounter)
            {
                AddEncounter(json);
            }
            else if (type == ShapeType.Condition)
            {
                AddCondition(json);
            }
            else if (type == ShapeType.MedicationRequest)
            {
                AddPrescription(json);
            }
            else if (type == ShapeType.Procedure)
            {
                ProceduresOf.Add(Procedures.Find(RecordGlance.Code(json, RecordGlance.CodeMark)));
            }
            else if (type == ShapeType.Immunization)
            {
                VaccinationsOf.Add(Vaccines.Find(RecordGlance.Code(json, "\"vaccineCode\":{\"coding\":[{\"system\":\""u8)));
            }
            else if (type == ShapeType.Patient)
            {
                AddPatient(json, sampled);
            }
        }

        if (sampled is not null)
        {
            sampled.Count = patient.Count;
            Sample.Add(sampled);
        }
    }
}

/// <summary>A patient whose records are counted by type and by code.</summary>
internal sealed class SampledPatient(Guid id, long number)
{
    /// <summary>The value of an identifier that only this patient has; also the id on a server that kept it.</summary>
    public Guid Id { get; } = id;

    public long Number { get; } = number;

    /// <summary>The id on the server, once it was asked for.</summary>
    public string? ServerId { get; set; }

    public string Family { get; set; } = "";

    /// <summary>All records, the Patient too.</summary>
    public int Count { get; set; }

    public Counts<string> Records { get; } = new();

    public Counts<string> Categories { get; } = new();

    public Counts<int> Observations { get; } = new();

    /// <summary>Codes of observations in the order first seen.</summary>
    public List<int> ObservationCodes { get; } = [];
}
