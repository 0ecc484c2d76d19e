namespace Kangqiao.City;

/// <summary>Which city to build. The same ask gives the same bytes.</summary>
/// <param name="Residents">People who live in it at some time in the two years before <paramref name="AsOf"/>.</param>
/// <param name="Seed">Any number: another city of the same kind.</param>
/// <param name="AsOf">The day on which the records end.</param>
public sealed record CityAsk(int Residents, long Seed, DateOnly AsOf)
{
    public const int MostResidents = 8_000_000;

    /// <summary>Where records of visits begin; immunisations and chronic conditions reach further back.</summary>
    public DateOnly From => AsOf.AddYears(-2);
}
