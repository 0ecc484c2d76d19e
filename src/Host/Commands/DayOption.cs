using System.CommandLine;
using System.Globalization;

namespace Kangqiao.Host.Commands;

/// <summary>The <c>--as-of</c> of commands that take a day.</summary>
internal static class DayOption
{
    public static Option<DateOnly?> AsOf() => new("--as-of")
    {
        Description = "The day on which the records end; today if not given",
        HelpName = "DATE",
        CustomParser = result =>
        {
            if (DateOnly.TryParseExact(result.Tokens[0].Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            {
                return day;
            }

            result.AddError("--as-of is a date such as 2026-06-30.");
            return null;
        },
    };
}
