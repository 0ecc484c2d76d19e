using System.Globalization;

namespace Kangqiao.Bench.Shapes;

/// <summary>One patient's records being made: the course of ten years here, the shape of each resource in the other parts.</summary>
/// <remarks>The chances are those that give Synthea's mix; see <see cref="ShapedCity"/>.</remarks>
internal sealed partial class Chart(ShapedPatient records, CityPlaces places, SplitMix64 random)
{
    private static readonly Day FirstDay = Day.Of(2015, 1, 1);
    private static readonly Day LastDay = Day.Of(2024, 12, 31);

    private readonly ShapeWriter writer = records.Start();
    private readonly List<(Link Link, Concept Code)> conditions = [];
    private readonly List<(Link Link, Concept Code)> procedures = [];
    private readonly List<(Link Link, Concept Code)> vaccinations = [];
    private readonly List<(Link Link, Concept Code)> reports = [];
    private SplitMix64 random = random;
    private Link patient;
    private Visit visit;

    private static ReadOnlySpan<byte> Tag =>
        "\"meta\":{\"tag\":[{\"system\":\"https://shaped.example/tags\",\"code\":\"shaped-1\"}]}"u8;

    public void Write(long number)
    {
        var born = new Day(random.Between(Day.Of(1930, 1, 1).Number, Day.Of(2022, 12, 31).Number));
        var visits = new Moment[IsVeryIll(number)
            ? 200 + random.Below(16)
            : 3 + random.Below(14) + random.Below(14) + (random.Chance(125) ? random.Below(28) : 0)];
        var from = Math.Max(FirstDay.Number, born.Number);
        for (var i = 0; i < visits.Length; i++)
        {
            var opening = random.Between(from, LastDay.Number) * 86_400L;
            visits[i] = new Moment(opening + random.Between(8 * 3600, 18 * 3600));
        }

        Array.Sort(visits, (left, right) => left.Seconds.CompareTo(right.Seconds));
        var home = places.Use.Pick(ref random);
        records.Number = number;
        records.Id = random.Id();
        patient = new Link(ShapeType.Patient, records.Id);
        WritePatient(number, born, visits[^1], places.Organizations[home]);
        var allergic = random.Chance(400);
        for (var i = 0; i < visits.Length; i++)
        {
            // Three of four visits are to the patient's usual institution.
            WriteVisit(visits[i], random.Chance(750) ? home : places.Use.Pick(ref random));
            if (allergic && i == 0)
            {
                WriteAllergies();
            }
        }
    }

    /// <summary>
    /// One in a thousand has some 2,400 records, as the largest bundles of the published workloads. Told by the number alone, so
    /// that all others stay as they were measured before.
    /// </summary>
    public static bool IsVeryIll(long number) => number % 1_000 == 777;

    private void WriteVisit(Moment start, int institution)
    {
        conditions.Clear();
        procedures.Clear();
        vaccinations.Clear();
        reports.Clear();
        visit = new Visit(
            new Link(ShapeType.Encounter, random.Id()),
            Vocabulary.Visits[Vocabulary.VisitUse.Pick(ref random)],
            start,
            start.Plus(random.Between(10, 75)),
            places.Organizations[institution],
            places.Practitioners[institution][random.Below(places.Practitioners[institution].Length)],
            places.Locations[institution][random.Below(places.Locations[institution].Length)]);
        WriteEncounter();
        Repeat(random.Chance(240) ? random.Between(1, 1) + (random.Chance(150) ? 1 : 0) : 0, WriteCondition);
        if (random.Chance(570))
        {
            WriteVitalSigns();
        }

        if (random.Chance(230))
        {
            WritePanel();
        }

        Repeat(random.Chance(160) ? 1 : 0, WriteSingleLaboratoryValue);
        Repeat(random.Chance(350) ? random.Between(1, 2) - (random.Chance(400) ? 1 : 0) : 0, WriteProcedure);
        Repeat(random.Chance(330) ? random.Between(1, 5) : 0, WriteImmunization);
        if (random.Chance(250))
        {
            WritePrescriptionWithClaim();
        }

        if (random.Chance(105))
        {
            WritePlan();
        }

        Repeat(random.Chance(20) ? 1 : 0, WriteImagingStudy);
        Repeat(random.Chance(15) ? 1 : 0, WriteDevice);
        Repeat(random.Chance(100) ? 1 : 0, WriteDocument);
        WriteClaimAndExplanation();
    }

    private static void Repeat(int times, Action write)
    {
        for (var i = 0; i < times; i++)
        {
            write();
        }
    }

    private Link Begin(ShapeType type)
    {
        var link = new Link(type, random.Id());
        Begin(link);
        return link;
    }

    private void Begin(Link link) => writer.Write($$$"""{"resourceType":"{{{link.Type.Name}}}","id":"{{{link.Id}}}",{{{Tag}}},""");

    private void End(Link link) => records.Add(link.Type, link.Id);

    /// <summary>"123456" with leading zeros, for identifiers that institutions give.</summary>
    private string Digits(int count) => random.Below(100_000_000).ToString("D8", CultureInfo.InvariantCulture)[..count];

    private T One<T>(T[] of) => of[random.Below(of.Length)];

    /// <summary>An encounter and what all its records share.</summary>
    private readonly record struct Visit(
        Link Encounter, Concept Kind, Moment Start, Moment End, MasterLink Organization, MasterLink Practitioner, MasterLink Location);
}
