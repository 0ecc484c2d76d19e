namespace Kangqiao.Fhir.FhirPath;

/// <summary>
/// The parts of dates and times: yearOf() to timezoneOffsetOf(), dateOf(), timeOf(); and duration() and difference()
/// between two (FHIRPath 3.0, after CQL). A part that is not stated is empty.
/// </summary>
internal static class TimeFunctions
{
    public static readonly Function[] All =
    [
        Part("yearOf", TimePrecision.Year, static at => at.Year),
        Part("monthOf", TimePrecision.Month, static at => at.Month),
        Part("dayOf", TimePrecision.Day, static at => at.Day),
        Part("hourOf", TimePrecision.Hour, static at => at.Hour),
        Part("minuteOf", TimePrecision.Minute, static at => at.Minute),
        Part("secondOf", TimePrecision.Second, static at => at.Second),
        Part("millisecondOf", TimePrecision.Second, static at => at.Millisecond),
        new("timezoneOffsetOf", 0, 0, Zone),
        new("dateOf", 0, 0, static (in call, ref frame, input, output) => Cut(call, input, output, ItemKind.Date)),
        new("timeOf", 0, 0, static (in call, ref frame, input, output) => Cut(call, input, output, ItemKind.Time)),
        new("duration", 2, 2, static (in call, ref frame, input, output) => Between(call, ref frame, input, output, areBoundaries: false)),
        new("difference", 2, 2, static (in call, ref frame, input, output) => Between(call, ref frame, input, output, areBoundaries: true)),
    ];

    private static bool TryMoment(in Invocation call, FhirPathResults input, out FhirPathItem moment, out bool isThere)
    {
        if (!call.TryInputValue(input, out moment, out isThere) || !isThere)
        {
            return call.Env.Problem is null;
        }

        return moment.Kind is ItemKind.Date or ItemKind.DateTime or ItemKind.Time || call.Unsuitable("a date or time", moment);
    }

    private static Function Part(string name, TimePrecision precision, Func<DateTime, int> part) =>
        new(name, 0, 0, (in call, ref _, input, output) =>
        {
            if (!TryMoment(call, input, out var moment, out var isThere) || !isThere)
            {
                return call.Env.Problem is null;
            }

            var value = moment.Temporal;
            var isStated = value.Precision >= precision
                && (call.Name != "millisecondOf" || value.FractionDigits > 0)
                && (moment.Kind != ItemKind.Time || precision >= TimePrecision.Hour);
            if (isStated)
            {
                output.Add(FhirPathItem.Of(part(value.Local)));
            }

            return true;
        });

    private static bool Zone(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output)
    {
        if (!TryMoment(call, input, out var moment, out var isThere) || !isThere)
        {
            return call.Env.Problem is null;
        }

        if (moment.Temporal.HasOffset)
        {
            output.Add(FhirPathItem.Of(moment.Temporal.Offset / 60m));
        }

        return true;
    }

    private static bool Cut(in Invocation call, FhirPathResults input, FhirPathResults output, ItemKind wanted)
    {
        if (!TryMoment(call, input, out var moment, out var isThere) || !isThere)
        {
            return call.Env.Problem is null;
        }

        var value = moment.Temporal;
        if (wanted == ItemKind.Date && moment.Kind != ItemKind.Time)
        {
            var precision = value.Precision > TimePrecision.Day ? TimePrecision.Day : value.Precision;
            output.Add(FhirPathItem.Of(ItemKind.Date, new Temporal(Temporal.Truncate(value.Ticks, precision), precision, 0, null)));
        }
        else if (wanted == ItemKind.Time && value.Precision >= TimePrecision.Hour)
        {
            output.Add(FhirPathItem.Of(
                ItemKind.Time, new Temporal(value.Ticks % TimeSpan.TicksPerDay, value.Precision, value.FractionDigits, null)));
        }

        return true;
    }

    /// <summary>Whole units from the input to the argument: those that went by (duration), or the boundaries crossed (difference).</summary>
    private static bool Between(in Invocation call, ref Frame frame, FhirPathResults input, FhirPathResults output, bool areBoundaries)
    {
        if (!TryMoment(call, input, out var start, out var isThere)
            || !call.TryValue(0, ref frame, out var end, out var endIsThere)
            || !call.TryText(1, ref frame, out var word))
        {
            return false;
        }

        if (!isThere || !endIsThere || word is null)
        {
            return true;
        }

        if (end.Kind is not (ItemKind.Date or ItemKind.DateTime or ItemKind.Time) || (start.Kind == ItemKind.Time) != (end.Kind == ItemKind.Time))
        {
            return call.Unsuitable("two dates or two times", end);
        }

        if (!Units.CalendarUnit.TryParse(word, out var unit))
        {
            return call.Env.Fail(FhirPathProblems.Unsuitable(call.Name + "()", "a calendar word", word));
        }

        var needed = unit.Word switch
        {
            "year" => TimePrecision.Year,
            "month" => TimePrecision.Month,
            "week" or "day" => TimePrecision.Day,
            "hour" => TimePrecision.Hour,
            "minute" => TimePrecision.Minute,
            _ => TimePrecision.Second,
        };
        var from = start.Temporal;
        var to = end.Temporal;
        if (from.Precision < needed || to.Precision < needed || (start.Kind == ItemKind.Time && needed < TimePrecision.Hour))
        {
            return true;
        }

        var bothZoned = from.HasOffset && to.HasOffset;
        var count = Count(bothZoned ? from.UtcTicks : from.Ticks, bothZoned ? to.UtcTicks : to.Ticks, unit.Word, needed, areBoundaries);
        if (count is >= int.MinValue and <= int.MaxValue)
        {
            output.Add(FhirPathItem.Of((int)count));
        }

        return true;
    }

    private static long Count(long from, long to, string word, TimePrecision precision, bool areBoundaries)
    {
        if (word is not ("year" or "month"))
        {
            var unit = (long)(Quantities.Milliseconds(word) * TimeSpan.TicksPerMillisecond);
            if (!areBoundaries || word == "millisecond")
            {
                return (to - from) / unit;
            }

            // Weeks turn on Sunday; 0001-01-01, where ticks begin, was a Monday.
            var shift = word == "week" ? TimeSpan.TicksPerDay : 0;
            return ((to + shift) / unit) - ((from + shift) / unit);
        }

        var start = new DateTime(Math.Clamp(from, 0, DateTime.MaxValue.Ticks));
        var end = new DateTime(Math.Clamp(to, 0, DateTime.MaxValue.Ticks));
        long months = ((end.Year - start.Year) * 12) + end.Month - start.Month;
        if (areBoundaries)
        {
            return precision == TimePrecision.Year ? end.Year - start.Year : months;
        }

        var startRest = start.Ticks - new DateTime(start.Year, start.Month, 1, 0, 0, 0, DateTimeKind.Unspecified).Ticks;
        var endRest = end.Ticks - new DateTime(end.Year, end.Month, 1, 0, 0, 0, DateTimeKind.Unspecified).Ticks;
        months -= months > 0 && endRest < startRest ? 1 : months < 0 && endRest > startRest ? -1 : 0;
        return precision == TimePrecision.Year ? months / 12 : months;
    }
}
