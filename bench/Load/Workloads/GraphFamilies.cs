using Kangqiao.Bench.Load.Truth;
using Kangqiao.Bench.Shapes;

namespace Kangqiao.Bench.Load.Workloads;

/// <summary>Questions that go from record to record.</summary>
internal static class GraphFamilies
{
    // As many as servers give at once without further asking; a patient has about 190 records.
    private const int EverythingPage = 1000;

    public static IReadOnlyList<QuestionFamily> Of(CityTruth truth)
    {
        var questions = new Questions(truth);
        return
        [
            new("$everything", (ref SplitMix64 random) =>
            {
                var patient = questions.Patient(ref random);
                return new($"/Patient/{patient.ServerId}/$everything?_count={EverythingPage}", patient.Count, EverythingPage) { IsAtLeast = true };
            }),
            new("_include", (ref SplitMix64 random) => Include(questions, ref random)),
            new("_revinclude", (ref SplitMix64 random) =>
            {
                var patient = questions.Patient(ref random);
                return questions.Ask($"Patient?_id={patient.ServerId}&_revinclude=Observation:subject", 1) with { Included = patient.Records["Observation"] };
            }),
            new("chained", (ref SplitMix64 random) => Chained(questions, ref random)),
            new("_has", (ref SplitMix64 random) =>
            {
                var code = Vocabulary.DiagnosisUse.Pick(ref random);
                return questions.Ask($"Patient?_has:Condition:patient:code={CityTruth.Diagnoses.Token(code)}", truth.PatientsWithCondition[code]);
            }),
        ];
    }

    private static Question Include(Questions questions, ref SplitMix64 random)
    {
        if (random.Chance(500))
        {
            // All of one patient's: exactly one Patient comes along, if anything does.
            var patient = questions.Patient(ref random);
            var count = patient.Records["Condition"];
            return questions.Ask($"Condition?patient={patient.ServerId}&_include=Condition:patient", count) with { Included = count > 0 ? 1 : 0 };
        }

        var code = Questions.ObservationCode(ref random);
        return questions.Ask($"Observation?code={Questions.CodeToken(code)}&_include=Observation:subject", questions.Truth.ObservationsOf[code]);
    }

    private static Question Chained(Questions questions, ref SplitMix64 random)
    {
        if (random.Chance(500))
        {
            var patient = questions.Patient(ref random);
            return questions.Ask(
                $"Encounter?subject:Patient.identifier={Escape.Token("https://shaped.example/synthetic", patient.Id.ToString())}",
                patient.Records["Encounter"]);
        }

        var family = Questions.Family(ref random);
        return questions.Ask($"Condition?patient.family={Escape.Text(family)}", Questions.Beginning(questions.Truth.ConditionsOfFamily, family));
    }
}
