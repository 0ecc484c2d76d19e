using Kangqiao.City.Places;

namespace Kangqiao.City.Sending;

/// <summary>
/// The codes that institutions' own tables use. Five makers of systems have sold to the city, each with numbers of its own, so
/// that the same test goes by five codes.
/// </summary>
internal static class LocalCodes
{
    private const int Makers = 5;

    public static string Of(Institution institution, string item)
    {
        var maker = institution.Number % Makers;
        var hash = 2166136261u + (uint)maker;
        foreach (var c in item)
        {
            hash = (hash ^ c) * 16777619u;
        }

        return maker switch
        {
            0 => item.ToUpperInvariant(),
            1 => $"{hash % 900_000 + 100_000}",
            2 => $"F{hash % 90_000 + 10_000:D5}",
            3 => $"{hash % 9_000 + 1_000}.{(hash >> 16) % 90 + 10}",
            _ => $"XM{hash % 9_000_000 + 1_000_000}",
        };
    }
}
