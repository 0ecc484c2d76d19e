using Kangqiao.City.People;

namespace Kangqiao.City.Lives;

/// <summary>How tall and heavy somebody is at an age: near the medians that Chinese children grow by, scaled to the person.</summary>
internal static class Growth
{
    private static readonly (double Months, double Height, double Weight)[] Median =
    [
        (0, 50, 3.3), (1, 54.5, 4.4), (3, 61.5, 6.5), (6, 67.5, 8.1), (8, 70.5, 8.8), (12, 76, 9.9), (18, 82, 11), (24, 88, 12.4),
        (30, 92.5, 13.5), (36, 96.5, 14.5), (48, 104, 16.6), (60, 111, 18.9), (72, 117.5, 21.3), (96, 129, 27), (120, 140, 34), (144, 152, 43),
        (168, 162, 52), (216, 169, 62),
    ];

    public static (double Height, double Weight) At(Person person, double months)
    {
        var height = person.Height / (person.Sex == Content.Sex.Male ? 169 : 158);
        var weight = person.Weight / (person.Sex == Content.Sex.Male ? 69 : 58);
        if (months >= 216)
        {
            return (Math.Clamp(person.Height, 138, 200), Math.Clamp(person.Weight, 36, 130));
        }

        var at = 1;
        while (Median[at].Months < months)
        {
            at++;
        }

        var (low, high) = (Median[at - 1], Median[at]);
        var along = (months - low.Months) / (high.Months - low.Months);
        var female = person.Sex == Content.Sex.Female ? 1 - (0.06 * Math.Max(0, (months - 120) / 96)) : 1;
        return (
            (low.Height + ((high.Height - low.Height) * along)) * Math.Clamp(height, 0.92, 1.08) * female,
            (low.Weight + ((high.Weight - low.Weight) * along)) * Math.Clamp(weight, 0.8, 1.25) * female);
    }
}
