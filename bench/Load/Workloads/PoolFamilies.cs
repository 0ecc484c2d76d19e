using System.Globalization;
using Kangqiao.Bench.Load.Truth;
using Kangqiao.Bench.Shapes;

namespace Kangqiao.Bench.Load.Workloads;

/// <summary>Thirty everyday queries, each a family of its own, all with an accurate total.</summary>
internal static class PoolFamilies
{
    public static IReadOnlyList<QuestionFamily> Of(CityTruth truth)
    {
        var questions = new Questions(truth) { NeedsTotal = true };
        return [.. PatientQueries(questions), .. ObservationQueries(questions), .. ConditionQueries(questions), .. OtherQueries(questions)];
    }

    private static IEnumerable<QuestionFamily> PatientQueries(Questions questions)
    {
        var truth = questions.Truth;
        yield return new("01 Patient family", questions.ByFamily);
        yield return new("02 Patient name", questions.ByName);
        yield return new("03 Patient birthdate, a day", (ref SplitMix64 random) =>
        {
            var day = random.Between(new DateOnly(1930, 1, 1).DayNumber, new DateOnly(2022, 12, 31).DayNumber);
            return questions.Ask($"Patient?birthdate={DateOnly.FromDayNumber(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}", truth.BirthDays[day]);
        });
        yield return new("04 Patient birthdate, a year", questions.BornIn);
        yield return new("05 Patient gender + address", (ref SplitMix64 random) =>
        {
            var (gender, district) = (Questions.Gender(ref random), Questions.District(ref random));
            return questions.Ask($"Patient?gender={gender}&address={Escape.Text(district)}", truth.GenderDistricts[(gender, district)]);
        });
        yield return new("06 Patient family + birthdate", (ref SplitMix64 random) =>
        {
            var (family, year) = (Questions.Family(ref random), Questions.BirthYear(ref random));
            return questions.Ask($"Patient?family={Escape.Text(family)}&{Questions.Year("birthdate", year)}", truth.FamilyBirthYears[(family, year)]);
        });
        yield return new("07 Patient identifier", questions.ByMedicalRecord);
        yield return new("08 Patient gender, sorted by birthdate", (ref SplitMix64 random) =>
        {
            var gender = Questions.Gender(ref random);
            return questions.Ask($"Patient?gender={gender}&_sort=birthdate", truth.Genders[gender]);
        });
    }

    private static IEnumerable<QuestionFamily> ObservationQueries(Questions questions)
    {
        var truth = questions.Truth;
        yield return new("09 Observation code", (ref SplitMix64 random) =>
        {
            var code = Questions.ObservationCode(ref random);
            return questions.Ask($"Observation?code={Questions.CodeToken(code)}", truth.ObservationsOf[code]);
        });
        yield return new("10 Observation code + date", (ref SplitMix64 random) =>
        {
            var (code, month) = (Questions.ObservationCode(ref random), Questions.Month(ref random));
            return questions.Ask($"Observation?code={Questions.CodeToken(code)}&{Questions.InMonth("date", month)}", truth.ObservationsOfIn[(code, month)]);
        });
        yield return new("11 Observation code + value-quantity", questions.ByValue);
        yield return new("12 Observation patient + code, sorted by date", (ref SplitMix64 random) =>
        {
            var patient = questions.Patient(ref random);
            var code = patient.ObservationCodes.Count > 0 ? patient.ObservationCodes[random.Below(patient.ObservationCodes.Count)] : 0;
            return questions.Ask($"Observation?patient={patient.ServerId}&code={Questions.CodeToken(code)}&_sort=-date", patient.Observations[code]);
        });
        yield return new("13 Observation category", (ref SplitMix64 random) =>
        {
            var category = Questions.CategoryCode(ref random);
            return questions.Ask($"Observation?category={Questions.CategoryToken(category)}", truth.Categories[category]);
        });
        yield return new("14 Observation category + date", (ref SplitMix64 random) =>
        {
            var (category, month) = (Questions.CategoryCode(ref random), Questions.Month(ref random));
            return questions.Ask($"Observation?category={Questions.CategoryToken(category)}&{Questions.InMonth("date", month)}", truth.CategoriesIn[(category, month)]);
        });
        yield return new("15 Observation patient + category", (ref SplitMix64 random) =>
        {
            var (patient, category) = (questions.Patient(ref random), Questions.CategoryCode(ref random));
            return questions.Ask($"Observation?patient={patient.ServerId}&category={Questions.CategoryToken(category)}", patient.Categories[category]);
        });
        yield return new("16 Observation code-value-quantity", questions.ByCodeAndValue);
        yield return new("17 Observation component-code-value-quantity", questions.ByPressure);
        yield return new("18 Observation value-concept", (ref SplitMix64 random) =>
        {
            var answer = random.Below(CityTruth.Answers.Count);
            return questions.Ask($"Observation?value-concept={CityTruth.Answers.Token(answer)}", truth.AnswersGiven[answer]);
        });
        yield return new("19 Observation date, a day", questions.ObservedOn);
    }

    private static IEnumerable<QuestionFamily> ConditionQueries(Questions questions)
    {
        var truth = questions.Truth;
        yield return new("20 Condition code", (ref SplitMix64 random) =>
        {
            var code = Vocabulary.DiagnosisUse.Pick(ref random);
            return questions.Ask($"Condition?code={CityTruth.Diagnoses.Token(code)}", truth.ConditionsOf[code]);
        });
        yield return new("21 Condition onset-date", questions.OnsetIn);
        yield return new("22 Condition code + onset-date", (ref SplitMix64 random) =>
        {
            var (code, year) = (Vocabulary.DiagnosisUse.Pick(ref random), random.Between(2015, 2024));
            return questions.Ask($"Condition?code={CityTruth.Diagnoses.Token(code)}&{Questions.InYear("onset-date", year)}", truth.ConditionsOfIn[(code, year)]);
        });
        yield return new("23 Condition code + clinical-status", (ref SplitMix64 random) =>
        {
            var (code, active) = (Vocabulary.DiagnosisUse.Pick(ref random), random.Chance(500));
            return questions.Ask($"Condition?code={CityTruth.Diagnoses.Token(code)}&clinical-status={(active ? "active" : "resolved")}", truth.ConditionsOfBeing[(code, active)]);
        });
        yield return new("24 Condition patient", (ref SplitMix64 random) =>
        {
            var patient = questions.Patient(ref random);
            return questions.Ask($"Condition?patient={patient.ServerId}", patient.Records["Condition"]);
        });
    }

    private static IEnumerable<QuestionFamily> OtherQueries(Questions questions)
    {
        var truth = questions.Truth;
        yield return new("25 MedicationRequest status + intent", (ref SplitMix64 random) =>
        {
            var status = Questions.State(ref random);
            return questions.Ask($"MedicationRequest?status={status}&intent=order", truth.PrescriptionStates[status]);
        });
        yield return new("26 MedicationRequest code + status", (ref SplitMix64 random) =>
        {
            var (drug, status) = (Vocabulary.DrugUse.Pick(ref random), Questions.State(ref random));
            return questions.Ask($"MedicationRequest?code={CityTruth.Drugs.Token(drug)}&status={status}", truth.PrescriptionsOfBeing[(drug, status)]);
        });
        yield return new("27 MedicationRequest authoredon", (ref SplitMix64 random) =>
        {
            var month = Questions.Month(ref random);
            return questions.Ask($"MedicationRequest?{Questions.InMonth("authoredon", month)}", truth.PrescriptionMonths[month]);
        });
        yield return new("28 Encounter date, a day", questions.VisitedOn);
        yield return new("29 Encounter class + type", (ref SplitMix64 random) =>
        {
            var (kind, type) = (Questions.Class(ref random), Vocabulary.VisitUse.Pick(ref random));
            return questions.Ask($"Encounter?class={Questions.ClassToken(kind)}&type={CityTruth.Visits.Token(type)}", truth.EncounterClassTypes[(kind, type)]);
        });
        yield return new("30 Encounter class + date", (ref SplitMix64 random) =>
        {
            var (kind, month) = (Questions.Class(ref random), Questions.Month(ref random));
            return questions.Ask($"Encounter?class={Questions.ClassToken(kind)}&{Questions.InMonth("date", month)}", truth.EncounterClassesIn[(kind, month)]);
        });
    }
}
