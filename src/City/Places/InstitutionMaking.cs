using Kangqiao.City.Chances;
using Kangqiao.City.Content;
using Kangqiao.City.People;

namespace Kangqiao.City.Places;

/// <summary>Founds the city's institutions: as many of each kind as this many residents need, with their doctors.</summary>
internal static class InstitutionMaking
{
    private static readonly (string Title, string Code)[] Titles =
        [("主任医师", "1"), ("副主任医师", "2"), ("主治医师", "3"), ("住院医师", "4")];

    public static List<Institution> Found(CityContent content, CityMap map, CityAsk ask)
    {
        var all = new List<Institution>();
        foreach (var kind in content.Institutions)
        {
            foreach (var (district, township, index) in Seats(kind, map, ask.Residents))
            {
                all.Add(Found(kind, district, township, index, all.Count, content, map, ask.Seed));
            }
        }

        var leaders = all.Where(i => i.Kind.Name == "district-hospital").ToDictionary(i => i.District.Code, StringComparer.Ordinal);
        foreach (var institution in all.Where(i => i.IsPrimary || i.Kind.Name is "district-tcm" or "district-maternity"))
        {
            institution.Leader = leaders.GetValueOrDefault(institution.District.Code);
        }

        var cityHospitals = all.Where(i => i.Kind.Name == "city-hospital").ToList();
        foreach (var leader in leaders.Values.Where(_ => cityHospitals.Count > 0))
        {
            leader.Leader = cityHospitals[leader.Number % cityHospitals.Count];
        }

        return all;
    }

    private static IEnumerable<(District District, Township? Township, int Index)> Seats(InstitutionKind kind, CityMap map, int residents)
    {
        if (kind.Seat is "street" or "town" && kind.ResidentsPer == 1)
        {
            return map.Townships.Where(t => t.IsStreet == (kind.Seat == "street")).Select((t, i) => (t.District, (Township?)t, i));
        }

        var count = Math.Clamp(residents / kind.ResidentsPer, kind.Least, kind.Full);
        var places = kind.Seat is "town" ? map.Townships.Where(t => !t.IsStreet).ToList() : [];
        return Enumerable.Range(0, places.Count > 0 || kind.Seat != "town" ? count : 0).Select(i =>
            places.Count > 0 ? (places[i % places.Count].District, (Township?)places[i % places.Count], i) : (map.Districts[i % map.Districts.Count], null, i));
    }

    private static Institution Found(InstitutionKind kind, District district, Township? township, int index, int number, CityContent content, CityMap map, long seed)
    {
        var chance = Chance.Of(seed, "institution-" + kind.Name, index);
        var organisation = CheckedCodes.Organisation(chance.Between(10_000_000, 99_999_999));
        var division = kind.Seat == "city" ? map.Code : district.Code;
        var institution = new Institution(number, $"{kind.Prefix}{index + 1:D3}", NameOf(kind, district, township, index, map), kind, district)
        {
            Township = township,
            System = kind.Systems[index % kind.Systems.Length],
            OrganisationCode = organisation,
            SocialCreditCode = CheckedCodes.SocialCredit(kind.Owner == "private" ? "91" : "12", division, organisation),
            Ws218Code = organisation + division + kind.Ownership + kind.Class + (kind.Owner == "private" ? '2' : '1'),
            Licence = $"PDY{chance.Between(10000, 99999)}{division}{kind.Class[1..]}{kind.Class[0]}{index + 1:D3}1",
            Line = map.SomeRoad(chance),
        };
        foreach (var department in kind.Departments)
        {
            var size = kind.Level switch { "三级" => 6, "二级" => 4, "一级" => 3, _ => 2 };
            institution.Doctors[department.Code] = [.. Enumerable.Range(0, size).Select(i => Doctor(institution, department, i, content, chance))];
        }

        return institution;
    }

    private static string NameOf(InstitutionKind kind, District district, Township? township, int index, CityMap map)
    {
        var pattern = kind.Names[index % kind.Names.Length];
        var again = index / kind.Names.Length;
        var place = again == 0 || pattern.Contains('{', StringComparison.Ordinal) && kind.Seat != "city" ? "" : $"{map.Districts[index % map.Districts.Count].Name}院区";
        var name = pattern.Replace("{d}", district.Name, StringComparison.Ordinal)
            .Replace("{t}", township is null ? "" : district.Name + township.Name, StringComparison.Ordinal)
            .Replace("{c}", map.Name, StringComparison.Ordinal);
        return name + place + (kind.Name == "village-station" && again > 0 ? $"第{index + 1}室" : "");
    }

    private static Practitioner Doctor(Institution institution, Department department, int index, CityContent content, Chance chance)
    {
        var sex = chance.Percent(52) ? Sex.Female : Sex.Male;
        var (title, code) = Titles[Math.Min(index, Titles.Length - 1)];
        var name = content.People.Surnames.Draw(chance) + Naming.Given(content.People, sex, chance.Between(1964, 1996), chance);
        var staff = $"{department.Code.Replace(".", "", StringComparison.Ordinal)}{index + 1:D2}";
        return new(institution.Code, staff, name, sex, department, title, code, $"1{chance.Between(10, 99)}{chance.Between(100_000, 999_999)}{chance.Between(100_000, 999_999)}");
    }
}
