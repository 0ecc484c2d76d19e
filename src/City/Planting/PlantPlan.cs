using Kangqiao.City.Chances;
using Kangqiao.City.Content;
using Kangqiao.City.Places;

namespace Kangqiao.City.Planting;

/// <summary>What is hidden where and when; decided before anybody lives, so that everybody lives with it.</summary>
internal sealed class PlantPlan
{
    private readonly Dictionary<string, List<Plant>> outbreaks = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Institution, string Kind), List<Plant>> byInstitution = [];

    public PlantPlan(CityContent content, CityMap map, List<Institution> institutions, CityAsk ask)
    {
        DuplicatePercent = content.Plants.Where(p => p.Kind == "duplicate-test").Sum(p => p.Strength);
        DuplicateDays = content.Plants.Where(p => p.Kind == "duplicate-test").Max(p => p.Days);
        var chance = Chance.Of(ask.Seed, "plants");
        var taken = new HashSet<Institution>();
        foreach (var kind in content.Plants.Where(p => p.Kind != "duplicate-test"))
        {
            var count = Math.Clamp(ask.Residents / kind.ResidentsPer, kind.Least, kind.Most);
            for (var i = 0; i < count; i++)
            {
                if (Make(kind, content, map, institutions, taken, ask, chance) is { } plant)
                {
                    Add(plant);
                }
            }
        }
    }

    public List<Plant> All { get; } = [];

    /// <summary>Of panels and examinations, how many are done again elsewhere within <see cref="DuplicateDays"/>.</summary>
    public double DuplicatePercent { get; }

    public int DuplicateDays { get; }

    public IReadOnlyList<Plant> OutbreaksIn(Township township) => outbreaks.TryGetValue(township.Code, out var found) ? found : [];

    public Plant? At(Institution institution, string kind, DateOnly day, string? key = null)
    {
        foreach (var plant in byInstitution.TryGetValue((institution.Number, kind), out var found) ? found : [])
        {
            if (plant.Covers(day) && (key is null || plant.Key == key))
            {
                return plant;
            }
        }

        return null;
    }

    public Plant? InRegion(string kind, string region, DateOnly day, string key) =>
        All.Find(p => p.Kind == kind && p.Region == region && p.Key == key && p.Covers(day));

    private Plant? Make(PlantKind kind, CityContent content, CityMap map, List<Institution> institutions, HashSet<Institution> taken, CityAsk ask, Chance chance)
    {
        var from = ask.AsOf.AddDays(-chance.Between(kind.Days + 5, kind.Kind is "drinking-water-breach" or "pool-breach" ? 55 : 420));
        if (kind.Kind == "outbreak")
        {
            var disease = content.DiseasesByCode[kind.What!];
            var township = chance.PickEarly(map.Townships);
            return new(All.Count, kind.Kind, null, township.Code, from, from.AddDays(kind.Days - 1), disease.Code, kind.Strength);
        }

        if (kind.Kind is "drinking-water-breach" or "pool-breach")
        {
            var district = chance.Pick(map.Districts);
            return new(All.Count, kind.Kind, null, district.Code, from, from.AddDays(kind.Days - 1), kind.What!, kind.Strength);
        }

        var open = institutions.Where(i => i.SeesPatients && !taken.Contains(i) && kind.Kind switch
        {
            "silent-institution" => i.IsPrimary && i.Kind.Name != "village-station",
            "price-outlier" or "late-infectious-report" => i.Kind.Name is "district-hospital" or "city-hospital",
            "waste-gap" => i.IsHospital,
            _ => i.Kind.Name != "village-station",
        }).ToList();
        if (open.Count == 0)
        {
            return null;
        }

        var institution = chance.Pick(open);
        taken.Add(institution);
        return new(All.Count, kind.Kind, institution, institution.District.Code, from, from.AddDays(kind.Days - 1), kind.What ?? "-", kind.Strength);
    }

    private void Add(Plant plant)
    {
        All.Add(plant);
        if (plant.Kind == "outbreak")
        {
            Under(outbreaks, plant.Region).Add(plant);
        }
        else if (plant.Institution is { } institution)
        {
            Under(byInstitution, (institution.Number, plant.Kind)).Add(plant);
        }
    }

    private static List<Plant> Under<TKey>(Dictionary<TKey, List<Plant>> lists, TKey key)
        where TKey : notnull =>
        lists.TryGetValue(key, out var list) ? list : lists[key] = [];
}
