using System.Text;

namespace Kangqiao.Bench.Load.Truth;

internal sealed partial class CityTruth
{
    private static ReadOnlySpan<byte> CategoryMark => "\"category\":[{\"coding\":[{\"system\":\""u8;

    private void AddPatient(ReadOnlySpan<byte> json, SampledPatient? sampled)
    {
        family = RecordGlance.Text(json, "\"family\":\""u8);
        var gender = RecordGlance.Text(json, "\"gender\":\""u8);

        // The first district is that of the birth place, which is an extension.
        var address = json[json.IndexOf("\"address\":["u8)..];
        var district = RecordGlance.Text(address, "\"district\":\""u8);
        var born = RecordGlance.Day(RecordGlance.After(json, "\"birthDate\":\""u8));
        var year = DateOnly.FromDayNumber(born).Year;
        Families.Add(family);
        GivenNames.Add(RecordGlance.Text(json, "\"given\":[\""u8));
        Genders.Add(gender);
        Districts.Add(district);
        GenderDistricts.Add((gender, district));
        BirthDays.Add(born);
        BirthYears.Add(year);
        FamilyBirthYears.Add((family, year));
        if (sampled is not null)
        {
            sampled.Family = family;
        }
    }

    private void AddObservation(ReadOnlySpan<byte> json, SampledPatient? sampled)
    {
        var code = ObservationCodes.Find(RecordGlance.Code(json, RecordGlance.CodeMark));
        var day = RecordGlance.Day(RecordGlance.After(json, "\"effectiveDateTime\":\""u8));
        var month = MonthOf(day);
        var category = Encoding.UTF8.GetString(RecordGlance.Code(json, CategoryMark));
        ObservationsOf.Add(code);
        ObservationsOfIn.Add((code, month));
        ObservationDays.Add(day);
        Categories.Add(category);
        CategoriesIn.Add((category, month));
        if (RecordGlance.Figure(json, ",\"valueQuantity\":{\"value\":"u8, out var units, out var decimals) && json.IndexOf("\"component\":["u8) < 0)
        {
            ValuesOf[code].Add(units, decimals);
        }
        else if (Answers.Find(RecordGlance.Code(json, "\"valueCodeableConcept\":{\"coding\":[{\"system\":\""u8)) is >= 0 and var answer)
        {
            AnswersGiven.Add(answer);
        }
        else
        {
            AddPressure(json, "\"code\":\"8480-6\""u8, Systolic);
            AddPressure(json, "\"code\":\"8462-4\""u8, Diastolic);
        }

        if (sampled is not null)
        {
            sampled.Categories.Add(category);
            if (sampled.Observations[code] == 0)
            {
                sampled.ObservationCodes.Add(code);
            }

            sampled.Observations.Add(code);
        }
    }

    private static void AddPressure(ReadOnlySpan<byte> json, ReadOnlySpan<byte> code, MeasuredValues values)
    {
        var at = json.IndexOf(code);
        if (at >= 0 && RecordGlance.Figure(json[at..], "\"valueQuantity\":{\"value\":"u8, out var units, out var decimals))
        {
            values.Add(units, decimals);
        }
    }

    private void AddCondition(ReadOnlySpan<byte> json)
    {
        var code = Diagnoses.Find(RecordGlance.Code(json, RecordGlance.CodeMark));
        var day = RecordGlance.Day(RecordGlance.After(json, "\"onsetDateTime\":\""u8));
        var active = RecordGlance.Code(json, "\"clinicalStatus\":{\"coding\":[{\"system\":\""u8).SequenceEqual("active"u8);
        ConditionsOf.Add(code);
        ConditionsOfBeing.Add((code, active));
        ConditionsOfIn.Add((code, DateOnly.FromDayNumber(day).Year));
        OnsetMonths.Add(MonthOf(day));
        ConditionsOfFamily.Add(family);
        if (conditionsOfPatient.Add(code))
        {
            PatientsWithCondition.Add(code);
        }
    }

    private void AddPrescription(ReadOnlySpan<byte> json)
    {
        var code = Drugs.Find(RecordGlance.Code(json, "\"medicationCodeableConcept\":{\"coding\":[{\"system\":\""u8));
        var status = RecordGlance.Text(json, "\"status\":\""u8);
        PrescriptionStates.Add(status);
        PrescriptionsOfBeing.Add((code, status));
        PrescriptionMonths.Add(MonthOf(RecordGlance.Day(RecordGlance.After(json, "\"authoredOn\":\""u8))));
    }

    private void AddEncounter(ReadOnlySpan<byte> json)
    {
        var kind = Encoding.UTF8.GetString(RecordGlance.Code(json, "\"class\":{\"system\":\""u8));
        var type = Visits.Find(RecordGlance.Code(json, "\"type\":[{\"coding\":[{\"system\":\""u8));

        // Shaped visits begin between 8 and 18 o'clock and last at most 75 minutes: begin and end are on one day.
        var day = RecordGlance.Day(RecordGlance.After(json, "\"period\":{\"start\":\""u8));
        EncounterDays.Add(day);
        EncounterClasses.Add(kind);
        EncounterClassTypes.Add((kind, type));
        EncounterClassesIn.Add((kind, MonthOf(day)));
    }
}
