using Kangqiao.City.Chances;
using Kangqiao.City.Content;

namespace Kangqiao.City.Places;

/// <summary>The city's divisions as far as this many residents fill them; every district has at least one inhabited street or town.</summary>
internal sealed class CityMap
{
    private const int ResidentsPerTownship = 250;
    private readonly Weighted<Township> whereToLive;
    private readonly string[] roads;

    public CityMap(CityContent content, CityAsk ask)
    {
        var city = content.Regions[0];
        (Code, Name) = (city.Code, city.Name);
        roads = content.People.Words["road"];
        var rows = content.Regions[1..];
        var wanted = Math.Max(rows.Length, ask.Residents / ResidentsPerTownship);
        for (var round = 0; round < rows.Max(r => r.Parts.Length); round++)
        {
            for (var i = 0; i < rows.Length; i++)
            {
                if (round == 0)
                {
                    Districts.Add(new(rows[i].Code, rows[i].Name, rows[i].Kind));
                }

                if (round < rows[i].Parts.Length && (round == 0 || Townships.Count < wanted))
                {
                    Add(Districts[i], rows[i].Parts[round], round, content.People, ask.Seed);
                }
            }
        }

        whereToLive = new(Townships.Select(t => (t, (t.IsStreet ? 1.6 : 0.8) / (1 + (0.12 * t.District.Townships.IndexOf(t))))));
    }

    public string Code { get; }

    public string Name { get; }

    public List<District> Districts { get; } = [];

    public List<Township> Townships { get; } = [];

    public Address SomewhereToLive(Chance chance) => SomewhereIn(whereToLive.Draw(chance), chance);

    public Address SomewhereIn(Township township, Chance chance)
    {
        var community = chance.PickEarly(township.Communities);
        var line = township.IsStreet
            ? $"{chance.Pick(roads)}路{chance.Between(1, 399)}号{chance.Between(1, 30)}栋{chance.Between(1, 4)}单元{(chance.Between(1, 24) * 100) + chance.Between(1, 4)}室"
            : $"{chance.Between(1, 18)}组{chance.Between(1, 160)}号";
        return new(community, line);
    }

    public string SomeRoad(Chance chance) => $"{chance.Pick(roads)}路{chance.Between(1, 399)}号";

    private void Add(District district, string name, int round, PeopleContent people, long seed)
    {
        var township = new Township($"{district.Code}{(name.EndsWith("街道", StringComparison.Ordinal) ? 1 : 100) + round:D3}", name, district);
        var chance = Chance.Of(seed, "communities", long.Parse(township.Code));
        var words = township.IsStreet ? people.Words["community"] : people.Words["village"];
        var kind = township.IsStreet ? "社区居委会" : "村委会";
        foreach (var word in words.OrderBy(_ => chance.Next()).Take(chance.Between(4, 8)))
        {
            township.Communities.Add(new($"{township.Code}{township.Communities.Count + (township.IsStreet ? 1 : 201):D3}", word + kind, township));
        }

        district.Townships.Add(township);
        Townships.Add(township);
    }
}
