using System.Text.Json;

namespace Kangqiao.Web.Records;

/// <summary>How a result stands to its reference range.</summary>
public enum Standing
{
    /// <summary>There is no range, or no value to compare.</summary>
    Unknown,
    Within,
    Low,
    High,

    /// <summary>Not as it should be, without a direction.</summary>
    Abnormal,
}

/// <summary>One result.</summary>
/// <param name="Value">Null where the result is words.</param>
public sealed record ResultPoint(DateTimeOffset At, string? Date, decimal? Value, string Text, decimal? Low, decimal? High, Standing Standing, string Institution);

/// <summary>All results of one test in one unit, newest first: of all institutions together.</summary>
/// <param name="Key">The same test has the same key everywhere: its LOINC code, else the sender's own, else its name.</param>
public sealed record ResultSeries(string Key, string Name, string? Unit, bool IsVital, IReadOnlyList<ResultPoint> Points)
{
    private const string Loinc = "http://loinc.org";
    private const string Interpretation = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation";

    public ResultPoint Last => Points[0];

    /// <summary>The one before the last that can be compared with it.</summary>
    public ResultPoint? Before => Last.Value is null ? null : Points.Skip(1).FirstOrDefault(p => p.Value is not null);

    /// <summary>How much more it is than the time before.</summary>
    public decimal? Change => Before is { } before ? Last.Value - before.Value : null;

    public bool CanBeDrawn => Points.Count(p => p.Value is not null) > 1;

    /// <summary>Since when results have been out of range without a break; null where the last is not.</summary>
    public ResultPoint? OutSince => Points.TakeWhile(p => p.Standing is Standing.Low or Standing.High or Standing.Abnormal).LastOrDefault();

    /// <summary>Out of range first, then by name.</summary>
    internal static IReadOnlyList<ResultSeries> Of(PersonRecords person)
    {
        var groups = new Dictionary<string, (string Name, string? Unit, bool IsVital, List<ResultPoint> Points)>(StringComparer.Ordinal);
        foreach (var observation in person.Of(RecordKind.Results).Where(o => o.Text("status") is not ("entered-in-error" or "cancelled")))
        {
            var parts = observation.Items("component").ToArray();
            foreach (var said in parts.Length > 0 ? parts : [observation])
            {
                Add(groups, observation, said, person.Institution(observation));
            }
        }

        return
        [
            .. groups.Select(g => new ResultSeries(g.Key, g.Value.Name, g.Value.Unit, g.Value.IsVital, [.. g.Value.Points.OrderByDescending(p => p.At)]))
                .OrderBy(s => s.Last.Standing is Standing.Unknown or Standing.Within).ThenBy(s => s.IsVital ? 0 : 1).ThenByDescending(s => s.Last.At).ThenBy(s => s.Name, StringComparer.Ordinal),
        ];
    }

    private static void Add(
        Dictionary<string, (string Name, string? Unit, bool IsVital, List<ResultPoint> Points)> groups, JsonElement observation, JsonElement said, string institution)
    {
        var code = said.Child("code");
        var quantity = said.Child("valueQuantity");
        var value = quantity.Number("value");
        var text = value?.ToString() ?? said.Text("valueString") ?? said.Child("valueCodeableConcept").Concept();
        if (code.Concept() is not { } name || text is null)
        {
            return;
        }

        var unit = quantity.Text("unit") ?? quantity.Text("code");
        var key = (code.CodeIn(Loinc) ?? code.Child("coding")?.EnumerateArray().Select(c => $"{c.Text("system")}|{c.Text("code")}").FirstOrDefault() ?? name) + " " + unit;
        if (!groups.TryGetValue(key, out var group))
        {
            var isVital = observation.First("category")?.Items("coding").Any(c => c.Text("code") == "vital-signs") == true;
            groups[key] = group = (name, Written(unit), isVital, []);
        }

        var range = said.First("referenceRange");
        var (low, high) = (range.Child("low").Number("value"), range.Child("high").Number("value"));
        var date = observation.Text("effectiveDateTime") ?? observation.Child("effectivePeriod").Text("start") ?? observation.Text("issued");
        group.Points.Add(new ResultPoint(Json.Start(date), date, value, text, low, high, StandingOf(said, value, low, high), institution));
    }

    private static Standing StandingOf(JsonElement said, decimal? value, decimal? low, decimal? high) =>
        said.First("interpretation").CodeIn(Interpretation) switch
        {
            "H" or "HH" or "HU" => Standing.High,
            "L" or "LL" or "LU" => Standing.Low,
            "A" or "AA" => Standing.Abnormal,
            "N" => Standing.Within,
            _ => value is null || (low is null && high is null) ? Standing.Unknown : value < low ? Standing.Low : value > high ? Standing.High : Standing.Within,
        };

    // UCUM's way of writing is for machines.
    private static string? Written(string? unit) => unit switch
    {
        "mm[Hg]" => "mmHg",
        "umol/L" => "μmol/L",
        "10*9/L" => "×10⁹/L",
        "10*12/L" => "×10¹²/L",
        "Cel" => "℃",
        "[pH]" or "1" or "{ratio}" => null,
        _ => unit,
    };
}
