using Kangqiao.Fhir.Units;

namespace Kangqiao.Fhir.FhirPath;

/// <summary>Dates and times plus or minus durations (http://hl7.org/fhirpath/#datetime-arithmetic).</summary>
internal static class TemporalArithmetic
{
    public static bool Add(FhirPathEnvironment env, in FhirPathItem moment, in FhirPathItem duration, int sign, FhirPathResults output)
    {
        var word = duration.UnitKind switch
        {
            UnitKind.Calendar => duration.Unit,

            // A mean month or year of UCUM is no calendar step; the official suite wants it refused.
            UnitKind.Ucum when CalendarUnit.ForUcum(duration.Unit) is { EqualsUcum: true } unit => unit.Word,
            UnitKind.Recorded => CalendarUnit.ForUcum(duration.Unit)?.Word,
            _ => null,
        };
        if (word is null || (moment.Kind == ItemKind.Time && word is "year" or "month" or "week" or "day"))
        {
            return env.Fail(FhirPathProblems.Unsuitable(sign < 0 ? "-" : "+", "a duration that fits", Quantities.Format(duration)));
        }

        var value = moment.Temporal;

        // "For precisions above seconds, the decimal portion of the time-valued quantity is ignored"; the suite has it so for UCUM's s too.
        var amount = word == "second" && duration.UnitKind == UnitKind.Calendar ? duration.Decimal : decimal.Truncate(duration.Decimal);
        if (Math.Abs(amount) > 1e15m)
        {
            return true;
        }

        amount *= sign;
        var isThere = value.Precision < TimePrecision.Day || word is "year" or "month"
            ? TryAddMonths(value, amount, word, out var ticks)
            : TryAddTime(value, amount * Quantities.Milliseconds(word), moment.Kind, out ticks);
        if (isThere)
        {
            var digits = ticks % TimeSpan.TicksPerSecond == 0 ? value.FractionDigits : Math.Max(3, value.FractionDigits);
            output.Add(FhirPathItem.Of(moment.Kind, new Temporal(ticks, value.Precision, digits, value.OffsetOrNone)));
        }

        return true;
    }

    private static bool TryAddMonths(Temporal value, decimal amount, string word, out long ticks)
    {
        ticks = 0;
        var months = word switch
        {
            "year" => amount * 12,
            "month" => amount,

            // A finer quantity is brought to the value's own precision, cutting the rest: 30 days are a month, 365 a year.
            _ when value.Precision == TimePrecision.Year =>
                decimal.Truncate(amount * Quantities.Milliseconds(word) / Quantities.Milliseconds("year")) * 12,
            _ => decimal.Truncate(amount * Quantities.Milliseconds(word) / Quantities.Milliseconds("month")),
        };
        if (value.Precision == TimePrecision.Year)
        {
            months = decimal.Truncate(months / 12) * 12;
        }

        var at = value.Local;
        var total = ((at.Year - 1) * 12) + at.Month - 1 + months;
        if (total < 0 || total >= 9999 * 12)
        {
            return false;
        }

        ticks = at.AddMonths((int)months).Ticks;
        return true;
    }

    private static bool TryAddTime(Temporal value, decimal milliseconds, ItemKind kind, out long ticks)
    {
        var quantum = value.Precision switch
        {
            TimePrecision.Day => 86_400_000m,
            TimePrecision.Hour => 3_600_000m,
            TimePrecision.Minute => 60_000m,
            _ => 0.0001m,
        };
        var sum = value.Ticks + (decimal.Truncate(milliseconds / quantum) * quantum * TimeSpan.TicksPerMillisecond);
        if (kind == ItemKind.Time)
        {
            // A time of day goes round at midnight.
            sum %= TimeSpan.TicksPerDay;
            ticks = (long)(sum < 0 ? sum + TimeSpan.TicksPerDay : sum);
            return true;
        }

        ticks = sum < 0 || sum > DateTime.MaxValue.Ticks ? 0 : (long)sum;
        return sum >= 0 && sum <= DateTime.MaxValue.Ticks;
    }
}
