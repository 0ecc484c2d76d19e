namespace Kangqiao.Bench.Shapes;

/// <summary>
/// Patients, and all a city's institutions know of them over ten years, in the mix, sizes and references of Synthea. Seed and
/// number decide every byte; any patient can be made alone, so many threads may share a city, each with its own
/// <see cref="ShapedPatient"/>. Memory does not grow with the number of patients.
/// </summary>
/// <remarks>
/// Mix measured on the twelve Synthea bundles in shared/conformance/synthea (2,272 resources, mean 1,387 bytes minified):
/// per encounter 5.4 observations, 1.25 claims, 1 explanation of benefit, 1 immunization, 0.45 procedures, 0.28 conditions,
/// 0.25 prescriptions, 0.23 reports, 0.15 allergies, 0.1 care plans; 17 encounters a patient.
/// </remarks>
internal sealed class ShapedCity
{
    private const int OrganizationCount = 120;
    private const int PractitionersEach = 20;
    private const int LocationsEach = 3;

    private readonly ulong seed;

    public ShapedCity(ulong seed)
    {
        this.seed = seed;
        Places = new CityPlaces(seed, OrganizationCount, PractitionersEach, LocationsEach);
    }

    internal CityPlaces Places { get; }

    /// <summary>Organizations, practitioners and locations: what patients' records refer to and what must be loaded first.</summary>
    public ShapedRecords MasterData()
    {
        var records = new ShapedRecords();
        MasterShapes.Write(records, Places, seed);
        return records;
    }

    /// <summary>Patients one after another. One object is filled again for each: copy what is to be kept.</summary>
    public IEnumerable<ShapedPatient> Patients(long count, long first = 0)
    {
        var patient = new ShapedPatient();
        for (var number = first; number < first + count; number++)
        {
            Fill(patient, number);
            yield return patient;
        }
    }

    /// <summary>Makes patient <paramref name="number"/> in <paramref name="into"/>, whatever that held before.</summary>
    public void Fill(ShapedPatient into, long number)
    {
        var random = SplitMix64.Of(seed, (ulong)number);
        new Chart(into, Places, random).Write(number);
    }
}

/// <summary>The institutions of a city by id; how they look is <see cref="MasterShapes"/>.</summary>
internal sealed class CityPlaces
{
    public CityPlaces(ulong seed, int organizations, int practitionersEach, int locationsEach)
    {
        var random = SplitMix64.Of(seed, ulong.MaxValue);
        Organizations = new MasterLink[organizations];
        Practitioners = new MasterLink[organizations][];
        Locations = new MasterLink[organizations][];
        for (var i = 0; i < organizations; i++)
        {
            Organizations[i] = new MasterLink(ShapeType.Organization, random.Id());
            Practitioners[i] = Make(ref random, ShapeType.Practitioner, practitionersEach);
            Locations[i] = Make(ref random, ShapeType.Location, locationsEach);
        }

        Use = new Skew(organizations, 6);
    }

    public MasterLink[] Organizations { get; }

    public MasterLink[][] Practitioners { get; }

    public MasterLink[][] Locations { get; }

    /// <summary>A few hospitals see most patients.</summary>
    public Skew Use { get; }

    private static MasterLink[] Make(ref SplitMix64 random, ShapeType type, int count)
    {
        var made = new MasterLink[count];
        for (var i = 0; i < count; i++)
        {
            made[i] = new MasterLink(type, random.Id());
        }

        return made;
    }
}
