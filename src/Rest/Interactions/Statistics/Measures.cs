namespace Kangqiao.Rest.Interactions.Statistics;

/// <summary>
/// The statistics of http://terminology.hl7.org/CodeSystem/observation-statistics that are plain numbers about numbers. Null where
/// there are too few values. Standard deviation and variance are those of a sample; between two values a quantile is interpolated.
/// </summary>
internal static class Measures
{
    public static IReadOnlyDictionary<string, Func<IReadOnlyList<double>, double?>> All { get; } =
        new Dictionary<string, Func<IReadOnlyList<double>, double?>>(StringComparer.Ordinal)
        {
            ["average"] = v => v.Count == 0 ? null : v.Average(),
            ["maximum"] = v => v.Count == 0 ? null : v.Max(),
            ["minimum"] = v => v.Count == 0 ? null : v.Min(),
            ["count"] = v => v.Count,

            // Of all observations, with a value or without: counted where they are found.
            ["total-count"] = _ => null,
            ["median"] = v => Quantile(v, 0.5),
            ["std-dev"] = v => Variance(v) is { } variance ? Math.Sqrt(variance) : null,
            ["sum"] = v => v.Sum(),
            ["variance"] = Variance,
            ["20-percent"] = v => Quantile(v, 0.2),
            ["80-percent"] = v => Quantile(v, 0.8),
            ["4-lower"] = v => Quantile(v, 0.25),
            ["4-upper"] = v => Quantile(v, 0.75),
            ["4-dev"] = v => Quantile(v, 0.75) - Quantile(v, 0.25),
            ["5-1"] = v => Quantile(v, 0.2),
            ["5-2"] = v => Quantile(v, 0.4),
            ["5-3"] = v => Quantile(v, 0.6),
            ["5-4"] = v => Quantile(v, 0.8),
            ["skew"] = v => Moment(v, 3),
            ["kurtosis"] = v => Moment(v, 4) - 3,
        };

    /// <summary>True for those that have the values' unit; the others are counts or ratios.</summary>
    public static bool HasUnit(string statistic) => statistic is not ("count" or "total-count" or "skew" or "kurtosis" or "variance");

    private static double? Quantile(IReadOnlyList<double> values, double part)
    {
        if (values.Count == 0)
        {
            return null;
        }

        var sorted = values.Order().ToArray();
        var at = part * (sorted.Length - 1);
        var low = (int)Math.Floor(at);
        var high = Math.Min(low + 1, sorted.Length - 1);
        return sorted[low] + ((at - low) * (sorted[high] - sorted[low]));
    }

    private static double? Variance(IReadOnlyList<double> values)
    {
        if (values.Count < 2)
        {
            return null;
        }

        var mean = values.Average();
        return values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1);
    }

    private static double? Moment(IReadOnlyList<double> values, int power)
    {
        if (values.Count < 2)
        {
            return null;
        }

        var mean = values.Average();
        var spread = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
        return spread == 0 ? null : values.Average(v => Math.Pow((v - mean) / spread, power));
    }
}
