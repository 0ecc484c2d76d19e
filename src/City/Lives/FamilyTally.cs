using Kangqiao.City.Planting;

namespace Kangqiao.City.Lives;

/// <summary>How many records show each plant, and the plants that are found only in living: one pair of tests is one.</summary>
internal sealed class FamilyTally(int plants)
{
    public int[] Counts { get; } = new int[plants];

    public List<DuplicateTest> Duplicates { get; } = [];

    public void Count(Plant plant) => Counts[plant.Number]++;
}

/// <summary>The same test twice within days, the second time elsewhere.</summary>
internal sealed record DuplicateTest(string Institution, string Region, DateOnly From, DateOnly To, string Key);
