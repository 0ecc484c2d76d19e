using System.Globalization;
using Kangqiao.Store.Search;

namespace Kangqiao.Store.Terms;

/// <summary>Minutes (UTC, since year 1) of the store's own term: when a record was last updated.</summary>
internal static class MinuteAxis
{
    /// <summary>The last minute that is asked for: no clock of ours has been beyond, and a narrower range needs fewer prefixes.</summary>
    public static readonly long Latest = (new DateTime(2100, 1, 1).Ticks / TimeSpan.TicksPerMinute) - 1;

    private const string Largest = "999919392959";

    private static readonly long Earliest = new DateTime(1900, 1, 1).Ticks / TimeSpan.TicksPerMinute;

    public static long Of(long ticks) => ticks <= 0 ? 0 : ticks / TimeSpan.TicksPerMinute;

    public static bool IsStart(long ticks) => ticks % TimeSpan.TicksPerMinute == 0;

    public static TermQuery Terms(SlotSet minutes)
    {
        var found = new List<TermQuery>();
        foreach (var (low, high) in minutes.And(SlotSet.Between(Earliest, Latest)).Intervals)
        {
            DigitCover.Add("l", First(low), Last(high), Largest, found);
        }

        return TermQuery.AnyOf(found);
    }

    private static string First(long minute)
    {
        var start = new DateTime(minute * TimeSpan.TicksPerMinute, DateTimeKind.Utc);
        var text = Stamp(minute);
        return start.TimeOfDay != TimeSpan.Zero || start.Day != 1 ? text
            : start.Month != 1 ? text[..6] + "000000"
            : text[..4] + "00000000";
    }

    private static string Last(long minute)
    {
        var next = new DateTime((minute + 1) * TimeSpan.TicksPerMinute, DateTimeKind.Utc);
        var text = Stamp(minute);
        return next.Minute != 0 ? text
            : next.Hour != 0 ? text[..10] + "59"
            : next.Day != 1 ? text[..8] + "2959"
            : next.Month != 1 ? text[..6] + "392959"
            : text[..4] + "19392959";
    }

    private static string Stamp(long minute) =>
        new DateTime(minute * TimeSpan.TicksPerMinute, DateTimeKind.Utc).ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture);
}
