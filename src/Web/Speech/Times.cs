using System.Globalization;

namespace Kangqiao.Web.Speech;

/// <summary>Days and times as they are said in the city, whose clocks show Asia/Shanghai: eight hours ahead of UTC all year.</summary>
public sealed class Times
{
    private readonly Words words;

    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);

    private static readonly string[] Months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    internal Times(Words words) => this.words = words;

    public static DateTimeOffset Here(DateTimeOffset instant) => instant.ToOffset(Shanghai);

    public static DateOnly DayOf(DateTimeOffset instant) => DateOnly.FromDateTime(Here(instant).DateTime);

    /// <summary>2026年3月5日, 5 Mar 2026.</summary>
    public string Day(DateOnly day) => words.IsEnglish
        ? string.Create(CultureInfo.InvariantCulture, $"{day.Day} {Months[day.Month - 1]} {day.Year}")
        : string.Create(CultureInfo.InvariantCulture, $"{day.Year}年{day.Month}月{day.Day}日");

    public string Day(DateTimeOffset instant) => Day(DayOf(instant));

    /// <summary>2026年3月5日 14:05.</summary>
    public string Minute(DateTimeOffset instant) => $"{Day(instant)} {Here(instant):HH\\:mm}";

    /// <summary>2026年3月5日 14:05:09: what is said exactly beside how long ago it was.</summary>
    public string Second(DateTimeOffset instant) => $"{Day(instant)} {Here(instant):HH\\:mm\\:ss}";

    /// <summary>3 小时前. From thirty days on the day itself says more.</summary>
    public string Ago(DateTimeOffset instant, DateTimeOffset now)
    {
        var age = now - instant;
        return age < TimeSpan.FromMinutes(1) ? words["time.now"]
            : age < TimeSpan.FromHours(1) ? words.Say("time.minutes", (int)age.TotalMinutes)
            : age < TimeSpan.FromDays(1) ? words.Say("time.hours", (int)age.TotalHours)
            : age < TimeSpan.FromDays(30) ? words.Say("time.days", (int)age.TotalDays)
            : Day(instant);
    }

    /// <summary>A FHIR date or dateTime as far as it is known: 2026, 2026年3月, 2026年3月5日, with the time where there is one.</summary>
    public string Partial(string? text)
    {
        if (text is null)
        {
            return "";
        }

        if (text.Length > 10 && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant))
        {
            return Minute(instant);
        }

        var parts = text.Split('-');
        return parts.Length == 3 && DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? Day(day)
            : parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var month) && month is >= 1 and <= 12
                ? words.IsEnglish ? $"{Months[month - 1]} {parts[0]}" : $"{parts[0]}年{month}月"
            : parts.Length == 1 && !words.IsEnglish ? $"{text}年"
            : text;
    }
}
