using Kangqiao.Bench.Load.Truth;
using Kangqiao.Bench.Shapes;

namespace Kangqiao.Bench.Load.Workloads;

/// <summary>One family for each kind of search parameter, pages of 20, no totals asked.</summary>
internal static class SearchFamilies
{
    public static IReadOnlyList<QuestionFamily> Of(CityTruth truth)
    {
        var questions = new Questions(truth);
        return
        [
            new("string", (ref SplitMix64 random) => random.Below(3) switch
            {
                0 => questions.ByFamily(ref random),
                1 => questions.ByName(ref random),
                _ => ByAddress(questions, ref random),
            }),
            new("date", (ref SplitMix64 random) => random.Below(4) switch
            {
                0 => questions.BornIn(ref random),
                1 => questions.VisitedOn(ref random),
                2 => questions.OnsetIn(ref random),
                _ => questions.ObservedOn(ref random),
            }),
            new("token", (ref SplitMix64 random) => Token(questions, ref random)),
            new("quantity", questions.ByValue),
            new("composite", (ref SplitMix64 random) => random.Chance(700) ? questions.ByCodeAndValue(ref random) : questions.ByPressure(ref random)),
            new("reference", (ref SplitMix64 random) => Reference(questions, ref random)),
        ];
    }

    private static Question ByAddress(Questions questions, ref SplitMix64 random)
    {
        var district = Questions.District(ref random);
        return questions.Ask($"Patient?address={Escape.Text(district)}", questions.Truth.Districts[district]);
    }

    private static Question Token(Questions questions, ref SplitMix64 random)
    {
        var truth = questions.Truth;
        switch (random.Below(7))
        {
            case 0:
                var diagnosis = Vocabulary.DiagnosisUse.Pick(ref random);
                return questions.Ask($"Condition?code={CityTruth.Diagnoses.Token(diagnosis)}", truth.ConditionsOf[diagnosis]);
            case 1:
                var procedure = Vocabulary.ProcedureUse.Pick(ref random);
                return questions.Ask($"Procedure?code={CityTruth.Procedures.Token(procedure)}", truth.ProceduresOf[procedure]);
            case 2:
                var vaccine = Vocabulary.VaccineUse.Pick(ref random);
                return questions.Ask($"Immunization?vaccine-code={CityTruth.Vaccines.Token(vaccine)}", truth.VaccinationsOf[vaccine]);
            case 3:
                var kind = Questions.Class(ref random);
                return questions.Ask($"Encounter?class={Questions.ClassToken(kind)}", truth.EncounterClasses[kind]);
            case 4:
                return questions.ByMedicalRecord(ref random);
            default:
                var code = Questions.ObservationCode(ref random);
                return questions.Ask($"Observation?code={Questions.CodeToken(code)}", truth.ObservationsOf[code]);
        }
    }

    private static Question Reference(Questions questions, ref SplitMix64 random)
    {
        var patient = questions.Patient(ref random);
        var (type, parameter) = random.Below(5) switch
        {
            0 => ("Encounter", "patient"),
            1 => ("Condition", "subject"),
            2 => ("Immunization", "patient"),
            3 => ("Claim", "patient"),
            _ => ("Observation", "subject"),
        };
        return questions.Ask($"{type}?{parameter}=Patient/{patient.ServerId}", patient.Records[type]);
    }
}
