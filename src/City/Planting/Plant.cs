using Kangqiao.City.Content;
using Kangqiao.City.Places;

namespace Kangqiao.City.Planting;

/// <summary>Something hidden in the records for the watchers to find: one line of truth/plants.csv.</summary>
/// <param name="Key">What is strange: a disease, an item, a drug, a parameter.</param>
internal sealed record Plant(int Number, string Kind, Institution? Institution, string Region, DateOnly From, DateOnly To, string Key, double Strength)
{
    public bool Covers(DateOnly day) => day >= From && day <= To;
}
