using System.Buffers;
using Kangqiao.City.Lives;

namespace Kangqiao.City.Sending.Fhir;

/// <summary>Institutions whose systems speak FHIR: a resource a line, or a transaction of a whole visit a line.</summary>
internal sealed class FhirInstitutionWriter(bool bundles, string city) : IInstitutionWriter, IDisposable
{
    public const string Suffix = ".ndjson";
    private readonly ResourceWriter to = new();

    public void Introduce(SourcePatient patient, DateTime said, bool isNew, Outbox outbox)
    {
        var file = outbox.FileOf(patient.Institution, said, Suffix);
        Told(patient.Institution, $"b{patient.LocalId}{said:yyyyMMddHHmm}", said, file, outbox, () => FhirPatients.Write(to, patient, said, city, file));
    }

    public void Write(Happening happening, Outbox outbox)
    {
        var file = outbox.FileOf(happening.Institution, happening.SaidAt, Suffix);
        Told(happening.Institution, "b" + NumberOf(happening), happening.SaidAt, file, outbox, () => Body(happening, file));
    }

    public string Mistake(string kind, Visit after, string number, Outbox outbox)
    {
        var before = to.Resources;
        var source = FhirMistakes.Write(to, kind, after, number, outbox.FileOf(after.Institution, after.SaidAt, Suffix));
        outbox.Units += to.Resources - before;
        return source;
    }

    public void Dispose() => to.Dispose();

    private static string NumberOf(Happening happening) => happening switch
    {
        Visit v => v.Number,
        Vaccination v => v.Number,
        Enrolment e => e.Number,
        DeathNotice d => d.Number,
        _ => throw new InvalidOperationException(happening.GetType().Name),
    };

    private void Told(Places.Institution institution, string number, DateTime said, ArrayBufferWriter<byte> file, Outbox outbox, Action body)
    {
        var before = to.Resources;
        if (bundles)
        {
            to.BeginBundle(institution, number, said);
        }

        body();
        if (bundles)
        {
            to.EndBundle(file);
        }

        outbox.Units += to.Resources - before;
    }

    private void Body(Happening happening, ArrayBufferWriter<byte> file)
    {
        switch (happening)
        {
            case Visit visit:
                FhirVisits.Write(to, visit, file);
                FhirResults.Write(to, visit, file);
                FhirMedication.Write(to, visit, file);
                FhirMoney.Write(to, visit, file);
                break;
            case Vaccination vaccination:
                FhirMedication.Write(to, vaccination, file);
                break;
            case Enrolment enrolment:
                FhirVisits.Write(to, enrolment, file);
                break;
            case DeathNotice death:
                FhirPatients.Write(to, death.Patient, death.SaidAt, city, file);
                FhirResults.Write(to, death, file);
                break;
        }
    }
}
