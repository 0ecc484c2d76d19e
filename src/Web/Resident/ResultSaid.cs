using System.Globalization;
using Kangqiao.Web.Look;
using Kangqiao.Web.Records;
using Kangqiao.Web.Speech;

namespace Kangqiao.Web.Resident;

/// <summary>A result in words, as somebody at a good service window would say it.</summary>
internal static class ResultSaid
{
    public static Mood MoodOf(Standing standing) => standing switch
    {
        Standing.Within => Mood.Good,
        Standing.Low or Standing.High or Standing.Abnormal => Mood.Watch,
        _ => Mood.Unknown,
    };

    /// <summary>您最近一次空腹血糖 7.8 mmol/L，高于参考范围（3.9–6.1），比上次高 0.6。</summary>
    public static string Sentence(ResultSeries series, Words words)
    {
        var last = series.Last;
        var said = words.Say("series.last", series.Name, WithUnit(last.Text, series.Unit));
        var range = Range(last);
        said += last.Standing switch
        {
            Standing.High when range is not null => words.Say("series.high", range),
            Standing.Low when range is not null => words.Say("series.low", range),
            Standing.Within when range is not null => words.Say("series.within", range),
            Standing.High or Standing.Low or Standing.Abnormal => words["series.abnormal"],
            _ => "",
        };
        said += series.Change switch
        {
            > 0 => words.Say("series.more", Digits(series.Change.Value)),
            < 0 => words.Say("series.less", Digits(-series.Change.Value)),
            0 => words["series.same"],
            _ => "",
        };
        return said + words["look.stop"];
    }

    /// <summary>3.9–6.1; ≤5.2 where the range has no lower end.</summary>
    public static string? Range(ResultPoint point) => point switch
    {
        { Low: { } low and > 0, High: { } high } => $"{Digits(low)}–{Digits(high)}",
        { High: { } high } => $"≤{Digits(high)}",
        { Low: { } low } => $"≥{Digits(low)}",
        _ => null,
    };

    public static string WithUnit(string text, string? unit) => unit is null ? text : $"{text} {unit}";

    public static string Digits(decimal value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
