using System.Text;
using Kangqiao.City.Chances;
using Kangqiao.City.Content;
using Kangqiao.City.Lives;
using Kangqiao.City.Sending;
using Kangqiao.City.Sending.Fhir;
using Kangqiao.City.Sending.Hl7v2;
using Kangqiao.City.Truths;

namespace Kangqiao.City;

/// <summary>Some families in a row: which, and the number of their first member.</summary>
internal readonly record struct BlockAsk(long FirstFamily, int Families, int FirstPerson, int Persons);

/// <summary>What a block of families leaves in the records.</summary>
internal sealed class FamilyBlock(int plants)
{
    public Outbox Outbox { get; } = new();

    public FamilyTally Tally { get; } = new(plants);

    public StringBuilder Persons { get; } = new();

    public StringBuilder Records { get; } = new();

    public StringBuilder Mistakes { get; } = new();

    public long MistakeCount { get; set; }

    public long Patients { get; set; }
}

/// <summary>Lets a block of families live and writes it down; one for each thread.</summary>
internal sealed class BlockMaking : IDisposable
{
    private readonly CityPlan city;
    private readonly Weighted<MistakeShare> mistakes;
    private readonly double mistakePercent;
    private readonly FhirInstitutionWriter fhir;
    private readonly FhirInstitutionWriter bundles;
    private readonly Dictionary<string, IInstitutionWriter> writers;

    public BlockMaking(CityPlan city)
    {
        this.city = city;
        mistakes = new(city.Content.Mistakes.Select(m => (m, m.Percent)));
        mistakePercent = city.Content.Rates["mistakes"];
        fhir = new(bundles: false, city.Map.Name);
        bundles = new(bundles: true, city.Map.Name);
        writers = new(StringComparer.Ordinal)
        {
            ["fhir"] = fhir,
            ["fhir-bundle"] = bundles,
            ["hl7v2"] = Hl7InstitutionWriter.InUtf8(city.Map.Name),
            ["hl7v2-gb18030"] = Hl7InstitutionWriter.InGb18030(city.Map.Name),
        };
    }

    public FamilyBlock Make(BlockAsk ask)
    {
        var block = new FamilyBlock(city.Plants.All.Count);
        var person = ask.FirstPerson;
        for (var i = 0; i < ask.Families; i++)
        {
            var family = city.Families.Make(ask.FirstFamily + i, person, ask.FirstPerson + ask.Persons - person);
            family.ForEach(p => TruthFiles.Person(block.Persons, p));
            foreach (var happening in FamilyLife.Live(city, family, block.Tally))
            {
                Send(happening, block);
            }

            person += family.Count;
        }

        return block;
    }

    public void Dispose()
    {
        fhir.Dispose();
        bundles.Dispose();
    }

    private void Send(Happening happening, FamilyBlock block)
    {
        var patient = happening.Patient;
        var institution = happening.Institution;
        var writer = writers[institution.System];
        var day = DateOnly.FromDateTime(happening.At);
        var isNew = !patient.IsIntroduced;
        if (isNew)
        {
            RegistrationBook.Introduce(patient, day);
            block.Patients++;
            TruthFiles.Record(block.Records, institution.Code, "Patient", SourceId("Patient", patient.LocalId), patient.Person);
        }

        if (RegistrationBook.Refresh(patient, day) || isNew)
        {
            writer.Introduce(patient, happening.SaidAt, isNew, block.Outbox);
        }

        writer.Write(happening, block.Outbox);
        if (happening is Visit visit)
        {
            TruthFiles.Record(block.Records, institution.Code, "Encounter", SourceId("Encounter", visit.Number), patient.Person);
            Blunder(visit, writer, block);
        }

        string SourceId(string type, string number) => writer is FhirInstitutionWriter ? (type == "Patient" ? "pt" : "en") + number : number;
    }

    private void Blunder(Visit visit, IInstitutionWriter writer, FamilyBlock block)
    {
        var chance = Chance.Of(city.Ask.Seed, "mistake-" + visit.Number, visit.Institution.Number);
        if (!chance.Percent(mistakePercent))
        {
            return;
        }

        var mistake = mistakes.Draw(chance);
        var source = writer.Mistake(mistake.Kind, visit, visit.Number, block.Outbox);
        TruthFiles.Mistake(block.Mistakes, visit.Institution.Code, source, writer is FhirInstitutionWriter ? mistake.FhirCode : mistake.Hl7Code);
        block.MistakeCount++;
        // A wrong number makes a patient more; a code that HL7 v2 cannot place is let through with a warning, and so is its patient.
        if (mistake.Kind == "id-check-digit" || (mistake.Kind == "unknown-code" && writer is not FhirInstitutionWriter))
        {
            var id = writer is FhirInstitutionWriter ? "xx" + visit.Number : visit.Number;
            TruthFiles.Record(block.Records, visit.Institution.Code, "Patient", id, visit.Patient.Person);
        }
    }
}
