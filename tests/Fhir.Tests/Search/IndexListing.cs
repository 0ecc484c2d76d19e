using System.Globalization;
using System.Text;
using Kangqiao.Fhir.Search;

namespace Kangqiao.Fhir.Tests.Search;

/// <summary>Index values as a person reads them: one line a value, by parameter.</summary>
internal static class IndexListing
{
    public static string Of(IndexValues values)
    {
        var lines = new List<(string Code, string Line)>();
        foreach (ref readonly var value in values.Items)
        {
            var code = values.Plan.Parameters[value.Parameter].Code;
            lines.Add((code, $"{code}  {Describe(values, value)}"));
        }

        return string.Join('\n', lines.OrderBy(l => l.Code, StringComparer.Ordinal).Select(l => l.Line)) + "\n";
    }

    public static string Describe(IndexValues values, in IndexValue value)
    {
        var first = values.TextOf(value.First);
        var second = values.TextOf(value.Second);
        var third = values.TextOf(value.Third);
        var fourth = values.TextOf(value.Fourth);
        return value.Kind switch
        {
            IndexKind.String => first == second ? $"string '{first}'" : $"string '{first}' as '{second}'",
            IndexKind.StringKey => $"key '{second}'",
            IndexKind.Token => $"token {first}|{second}" + (third.Length > 0 ? $" \"{third}\"" : "")
                + (value.Flags.HasFlag(IndexFlags.SystemImplied) ? " (system implied)" : ""),
            IndexKind.TokenText => $"text \"{third}\"",
            IndexKind.TokenOfType => $"of-type {first}|{second}|{third}",
            IndexKind.Reference => $"reference {(first.Length > 0 ? first + "/" : "")}{second}"
                + (third.Length > 0 ? $" version {third}" : "")
                + (fourth.Length > 0 ? $" url {fourth}" : "")
                + (value.Flags.HasFlag(IndexFlags.Contained) ? " (contained)" : ""),
            IndexKind.ReferenceIdentifier => $"identifier {first}|{second}" + (third.Length > 0 ? $" of {third}" : ""),
            IndexKind.Date => $"date {Tick(value.LowTicks)} .. {Tick(value.HighTicks)} {value.Precision.ToString().ToLowerInvariant()}",
            IndexKind.Number => $"number {Interval(value)}",
            IndexKind.Quantity => $"quantity {Interval(value)} {first}|{second} \"{third}\""
                + (value.Flags.HasFlag(IndexFlags.HasCanonical)
                    ? string.Create(CultureInfo.InvariantCulture, $" = {value.CanonicalLow:R}..{value.CanonicalHigh:R} {fourth}")
                    : ""),
            IndexKind.Uri => first == fourth ? $"uri {fourth}" : $"uri {fourth} = {first} version {third}",
            IndexKind.Position => string.Create(CultureInfo.InvariantCulture, $"position {value.Low} north, {value.High} east"),
            _ => Tuple(values, value),
        };
    }

    private static string Tuple(IndexValues values, in IndexValue value)
    {
        var builder = new StringBuilder("composite");
        foreach (ref readonly var part in values.PartsOf(value))
        {
            builder.Append("\n    ").Append('$').Append(part.Component + 1).Append(' ').Append(Describe(values, part));
        }

        return builder.ToString();
    }

    private static string Tick(long ticks) => ticks switch
    {
        long.MinValue => "open",
        long.MaxValue => "open",
        _ => new DateTime(ticks, DateTimeKind.Utc).ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture) + "Z",
    };

    private static string Interval(in IndexValue value)
    {
        var low = value.Low == decimal.MinValue ? "open" : value.Low.ToString(CultureInfo.InvariantCulture);
        var high = value.High == decimal.MaxValue ? "open" : value.High.ToString(CultureInfo.InvariantCulture);
        return value.Low == value.High
            ? low
            : $"{(value.Flags.HasFlag(IndexFlags.LowOpen) ? "(" : "[")}{low}, {high}{(value.Flags.HasFlag(IndexFlags.HighOpen) ? ")" : "]")}";
    }
}
