using Kangqiao.City.Chances;
using Kangqiao.City.Places;
using Kangqiao.City.Planting;

namespace Kangqiao.City.Facilities;

/// <summary>
/// What institutions report of themselves: medical waste by day, drug stock by week, drinking and pool water by the hour. The
/// planted gaps, breaches and shortages are in it.
/// </summary>
internal sealed class FacilityReadings(CityPlan city, int[] tally)
{
    private const int WasteDays = 180;
    private const int StockWeeks = 40;
    private const int WaterDays = 60;
    private static readonly string[] StockedDrugs = ["amlodipine", "metformin", "entecavir", "insulin", "amoxicillin", "aspirin"];
    private static readonly (string Name, double Mean, double Spread, string Unit, double Low, double High)[] Drinking =
        [("pH", 7.3, 0.12, "[pH]", 6.6, 8.4), ("浑浊度", 0.42, 0.12, "[NTU]", 0.1, 0.95), ("游离氯", 0.62, 0.14, "mg/L", 0.1, 1.9)];

    private static readonly (string Name, double Mean, double Spread, string Unit, double Low, double High)[] Pool =
        [("pH", 7.35, 0.1, "[pH]", 7.05, 7.75), ("浑浊度", 0.45, 0.12, "[NTU]", 0.1, 0.95), ("游离性余氯", 0.62, 0.1, "mg/L", 0.33, 0.97), ("水温", 26.5, 0.6, "Cel", 23.5, 29.5)];

    /// <summary>One institution's, in order of time.</summary>
    public IEnumerable<Reading> Of(Institution institution)
    {
        var chance = Chance.Of(city.Ask.Seed, "facility", institution.Number);
        return institution.Kind.Name == "cdc" ? Water(institution, chance)
            : institution.IsHospital ? Waste(institution, chance).Concat(Stock(institution, chance))
            : institution.IsPrimary && institution.Kind.Name != "village-station" ? Stock(institution, chance)
            : [];
    }

    private IEnumerable<Reading> Waste(Institution institution, Chance chance)
    {
        var size = institution.Kind.Level == "三级" ? 420 : 110;
        for (var day = city.Ask.AsOf.AddDays(-WasteDays); day < city.Ask.AsOf; day = day.AddDays(1))
        {
            foreach (var (kind, share) in new[] { ("感染性废物", 0.82), ("损伤性废物", 0.18) })
            {
                var weight = Math.Max(1, chance.Normal(size * share, size * share * 0.12));
                if (city.Plants.At(institution, "waste-gap", day) is { } gap)
                {
                    tally[gap.Number]++;
                    continue;
                }

                if (!Silent(institution, day))
                {
                    yield return Make(institution, "W", "医疗废物暂存处", "medical-waste", "医疗废物重量", kind, weight, 1, "kg", day.ToDateTime(new(17, 30)));
                }
            }
        }
    }

    private IEnumerable<Reading> Stock(Institution institution, Chance chance)
    {
        for (var day = city.Ask.AsOf.AddDays(-7 * StockWeeks); day < city.Ask.AsOf; day = day.AddDays(7))
        {
            foreach (var id in StockedDrugs)
            {
                var days = Math.Max(12, chance.Normal(32, 6));
                if (!city.Content.Drugs.TryGetValue(id, out var drug) || Silent(institution, day))
                {
                    continue;
                }

                if (city.Plants.At(institution, "drug-shortage", day, id) is { } shortage)
                {
                    tally[shortage.Number]++;
                    days = shortage.Strength * chance.Next();
                }

                yield return Make(institution, "D", "药房", "drug-stock-days", "药品库存可用天数", drug.Name, days, 0, "d", day.ToDateTime(new(8, 0)));
            }
        }
    }

    private IEnumerable<Reading> Water(Institution institution, Chance chance)
    {
        var cdcs = city.Institutions.Where(i => i.Kind.Name == "cdc").ToList();
        foreach (var district in city.Map.Districts.Where((_, i) => cdcs[i % cdcs.Count] == institution))
        {
            for (var day = city.Ask.AsOf.AddDays(-WaterDays); day < city.Ask.AsOf; day = day.AddDays(1))
            {
                for (var hour = 8; hour <= 20; hour += 6)
                {
                    foreach (var reading in At(institution, district, day, hour, chance))
                    {
                        yield return reading;
                    }
                }
            }
        }
    }

    private IEnumerable<Reading> At(Institution institution, District district, DateOnly day, int hour, Chance chance)
    {
        foreach (var (kind, kindName, parameters, point) in new[]
        {
            ("drinking-water", "生活饮用水在线监测", Drinking, "末梢水监测点"), ("pool-water", "游泳池水在线监测", Pool, "游泳馆"),
        })
        {
            foreach (var (name, mean, spread, unit, low, high) in parameters)
            {
                var value = Math.Clamp(chance.Normal(mean, spread), low, high);
                if (city.Plants.InRegion(kind == "pool-water" ? "pool-breach" : "drinking-water-breach", district.Code, day, name) is { } breach)
                {
                    tally[breach.Number]++;
                    value = breach.Strength == 0 ? 0.05 + (0.1 * chance.Next()) : high * breach.Strength * (0.7 + (0.6 * chance.Next()));
                }

                yield return Make(institution, $"{(kind == "pool-water" ? "P" : "T")}{district.Code}", district.Name + point, kind, kindName, name, value, 2, unit, day.ToDateTime(new(hour, 0)));
            }
        }
    }

    private bool Silent(Institution institution, DateOnly day) => city.Plants.At(institution, "silent-institution", day) is not null;

    private static Reading Make(Institution sender, string point, string pointName, string kind, string kindName, string of, double value, int decimals, string unit, DateTime at) =>
        new(sender, $"{sender.Code}-{point}", pointName.StartsWith('药') || pointName.StartsWith('医') ? sender.Name + pointName : pointName, kind, kindName, of, decimal.Round((decimal)value, decimals), unit, at, $"{point}{at:yyMMddHH}");
}
