using System.Globalization;
using Kangqiao.Fhir.Search;

namespace Kangqiao.Store.Tests.Queries;

/// <summary>What a user would ask to find the record that has a value again.</summary>
internal static class ValueQuestions
{
    public static List<(string Name, string Value)> Of(IndexValues values)
    {
        var all = new List<(string, string)>();
        foreach (ref readonly var value in values.Items)
        {
            var code = values.Plan.Parameters[value.Parameter].Code;
            if (code is "_id" or "_lastUpdated")
            {
                continue;
            }

            Add(values, value, code, all);
        }

        return all;
    }

    private static void Add(IndexValues values, in IndexValue value, string code, List<(string, string)> all)
    {
        var first = Escape(values.TextOf(value.First));
        var second = Escape(values.TextOf(value.Second));
        var third = Escape(values.TextOf(value.Third));
        var fourth = Escape(values.TextOf(value.Fourth));
        switch (value.Kind)
        {
            case IndexKind.String when second.Length > 0:
                all.Add((code, first));
                all.Add((code + ":exact", first));
                all.Add((code + ":contains", Middle(values.TextOf(value.First))));
                break;
            case IndexKind.StringKey:
                all.Add((code, second));
                break;
            case IndexKind.Token when second.Length > 0:
                all.Add((code, second));
                all.Add((code, first.Length > 0 ? $"{first}|{second}" : $"|{second}"));
                if (first.Length > 0)
                {
                    all.Add((code, first + "|"));
                }

                break;
            case IndexKind.TokenOfType when first.Length > 0 && second.Length > 0:
                all.Add((code + ":of-type", $"{first}|{second}|{third}"));
                break;
            case IndexKind.Reference when (value.Flags & IndexFlags.Contained) == 0:
                AddReference(value, code, first, second, fourth, all);
                break;
            case IndexKind.ReferenceIdentifier when second.Length > 0:
                all.Add((code + ":identifier", first.Length > 0 ? $"{first}|{second}" : second));
                break;
            case IndexKind.Date when value.LowTicks > DateTime.MinValue.Ticks:
                var day = new DateTime(Math.Max(0, value.LowTicks) + (8 * TimeSpan.TicksPerHour)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
                all.Add((code, "ge" + day));
                all.Add((code, "ap" + day));
                if (value.HighTicks != long.MaxValue && value.HighTicks - value.LowTicks <= TimeSpan.TicksPerDay)
                {
                    all.Add((code, day));
                    all.Add((code, "le" + new DateTime(value.HighTicks).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)));
                }

                break;
            case IndexKind.Number or IndexKind.Quantity:
                AddNumber(values, value, code, all);
                break;
            case IndexKind.Uri:
                all.Add((code, fourth));
                var slash = fourth.LastIndexOf('/');
                all.Add((code + ":below", slash > 0 ? fourth[..slash] : fourth));
                all.Add((code + ":above", fourth + "/x"));
                break;
            default:
                break;
        }
    }

    private static void AddReference(in IndexValue value, string code, string type, string id, string url, List<(string, string)> all)
    {
        if (value.Fourth.IsEmpty)
        {
            all.Add((code, id));
            all.Add((code, $"{type}/{id}"));
        }
        else if (url.Contains(':', StringComparison.Ordinal))
        {
            all.Add((code, url));
        }
    }

    private static void AddNumber(IndexValues values, in IndexValue value, string code, List<(string, string)> all)
    {
        var number = (value.Low == decimal.MinValue ? value.High : value.Low).ToString(CultureInfo.InvariantCulture);
        var unit = Escape(values.TextOf(value.Second));
        var tail = value.First.IsEmpty || unit.Length == 0 ? "" : $"|{Escape(values.TextOf(value.First))}|{unit}";
        if (value.Low == value.High)
        {
            all.Add((code, number + tail));
            all.Add((code, number));
            all.Add((code, $"le{number}{tail}"));
        }

        all.Add((code, $"ap{number}{tail}"));
        all.Add((code, $"gt{number}{tail}"));
        all.Add((code, $"ne{number}"));
        if (unit.Length > 0)
        {
            all.Add((code, $"ge{number}||{unit}"));
        }
    }

    private static string Middle(string text)
    {
        var half = text.Length / 2;
        var middle = text.Substring(half / 2, Math.Max(1, Math.Min(half, 20))).Trim();
        return Escape(middle.Length > 0 && !char.IsLowSurrogate(middle[0]) && !char.IsHighSurrogate(middle[^1]) ? middle : text);
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace(",", "\\,", StringComparison.Ordinal)
        .Replace("$", "\\$", StringComparison.Ordinal)
        .Replace("|", "\\|", StringComparison.Ordinal);
}
