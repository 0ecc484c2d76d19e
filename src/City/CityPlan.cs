using Kangqiao.City.Chances;
using Kangqiao.City.Content;
using Kangqiao.City.People;
using Kangqiao.City.Places;
using Kangqiao.City.Planting;

namespace Kangqiao.City;

/// <summary>The city before anybody lives in it: as large as its institutions, not as its people; shared by all threads.</summary>
internal sealed class CityPlan
{
    private readonly Dictionary<string, Institution> primary;
    private readonly Dictionary<string, Institution[]> districtHospitals;
    private readonly Dictionary<string, Institution[]> others;
    private readonly Shuffle patientNumbers;

    public CityPlan(CityContent content, CityAsk ask)
    {
        (Content, Ask) = (content, ask);
        Map = new(content, ask);
        Institutions = InstitutionMaking.Found(content, Map, ask);
        Plants = new(content, Map, Institutions, ask);
        Families = new(content, Map, ask);
        patientNumbers = new(ask.Seed, "patient-numbers", Math.Max(10_000_000, (2L * ask.Residents) + 256));
        primary = Institutions.Where(i => i.IsPrimary && i.Kind.Name != "village-station").ToDictionary(i => i.Township!.Code, StringComparer.Ordinal);
        districtHospitals = Map.Districts.ToDictionary(d => d.Code, d => Institutions.Where(i => i.District == d && i.IsHospital && i.Kind.Seat == "district").ToArray(), StringComparer.Ordinal);
        others = content.Departments.Keys.ToDictionary(
            d => d,
            d => Institutions.Where(i => i.IsHospital && i.Kind.Seat == "city" && i.Doctors.ContainsKey(d)).ToArray(),
            StringComparer.Ordinal);
    }

    public CityContent Content { get; }

    public CityAsk Ask { get; }

    public CityMap Map { get; }

    public List<Institution> Institutions { get; }

    public PlantPlan Plants { get; }

    public FamilyMaking Families { get; }

    public Institution PrimaryOf(Address home) => primary[home.Township.Code];

    /// <summary>A hospital that has the department: the district's own more often, the city's large ones for the rest.</summary>
    public Institution? HospitalFor(Address home, string department, Chance chance, double ownDistrict = 62)
    {
        var near = Array.FindAll(districtHospitals[home.District.Code], h => h.Doctors.ContainsKey(department));
        var far = others[department];
        var isNear = near.Length > 0 && (far.Length == 0 || chance.Percent(ownDistrict));
        return isNear ? chance.Pick(near) : far.Length > 0 ? chance.PickEarly(far) : null;
    }

    /// <summary>The number a person has in an institution's own system.</summary>
    /// <param name="second">A second registration of the same person.</param>
    public string PatientNumber(Institution institution, Person person, bool second)
    {
        var place = patientNumbers[(2L * person.Number) + (second ? 1 : 0)];
        return ((place + (institution.Number * 7919L)) % patientNumbers.Size).ToString("D8");
    }
}
