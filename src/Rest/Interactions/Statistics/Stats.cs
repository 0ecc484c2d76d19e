using System.Globalization;
using System.Text;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Search;
using Kangqiao.Fhir.Units;
using Kangqiao.Kernel;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Interactions.Terminology;
using Kangqiao.Store;
using Kangqiao.Store.Queries;
using Kangqiao.Terminology;

namespace Kangqiao.Rest.Interactions.Statistics;

/// <summary>
/// Observation/$stats (R4 observation-operation-stats.html): numbers about one subject's measurements, for each code asked. Values are
/// brought into the unit of the newest; those entered in error are left aside.
/// </summary>
internal static class Stats
{
    private const int Most = 20_000;

    public static async ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        using var bench = room.Rent();
        if (OperationInput.Read(ask, bench, out var input) is { } refused)
        {
            return refused;
        }

        if (!Read(input, room.Time.GetUtcNow()).Try(out var asked, out var problem))
        {
            return Answer.Refused(problem);
        }

        var results = new List<StatsOfCode>();
        foreach (var coding in asked.Codings)
        {
            if (!(await OfAsync(room, ask, asked, coding, cancel)).Try(out var one, out problem))
            {
                return Answer.Refused(problem);
            }

            results.Add(one);
        }

        return Answer.Json(StatsAnswer.ToJson(asked, results));
    }

    private static Outcome<StatsAsk> Read(OperationInput input, DateTimeOffset now)
    {
        if (input.Text("subject") is not { Length: > 0 } subject)
        {
            return Problems.StatsNeeds("a subject, such as Patient/1");
        }

        // Several codes share the one system; a coding brings its own.
        var codings = input.Texts("code").Select(c => new Coding(input.Text("system") ?? "", c, null, null))
            .Concat(input.CodingsNamed("coding")).ToList();
        if (codings.Count is 0 or > 50)
        {
            return Problems.StatsNeeds("one to fifty codes: code with system, or coding");
        }

        var statistics = input.Texts("statistic").SelectMany(s => s.Split(',')).Distinct(StringComparer.Ordinal).ToList();
        if (statistics.Count == 0 || statistics.Find(s => !Measures.All.ContainsKey(s)) is not null)
        {
            return Problems.StatsNeeds($"statistic, of {string.Join(", ", Measures.All.Keys)}");
        }

        var period = input.Period("period");
        if (input.Text("duration") is { } duration)
        {
            if (!double.TryParse(duration, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var hours) || hours is <= 0 or > 10_000_000)
            {
                return Problems.BadParameter("duration", duration, "a number of hours");
            }

            period = (now.AddHours(-hours).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture), null);
        }

        var limit = input.Number("limit") ?? 100;
        return limit is < 1 or > 1000 ? Problems.BadParameter("limit", $"{limit}", "a whole number from 1 to 1000")
            : new StatsAsk(subject, codings, statistics, period.Start, period.End, input.IsTrue("include"), limit);
    }

    private static async ValueTask<Outcome<StatsOfCode>> OfAsync(RestRoom room, Ask ask, StatsAsk asked, Coding coding, CancellationToken cancel)
    {
        var code = Escaped(coding.Code);
        var criteria = new List<KeyValuePair<string, string>>
        {
            new("subject", asked.Subject),
            new("code", coding.System.Length == 0 ? code : $"{Escaped(coding.System)}|{code}"),
            new("status:not", "entered-in-error"),
            new("_sort", "-date"),
        };
        if (asked.Start is { } start)
        {
            criteria.Add(new("date", "ge" + start));
        }

        if (asked.End is { } end)
        {
            criteria.Add(new("date", "le" + end));
        }

        var records = new List<StoredRecord>();
        string? page = null;
        do
        {
            var paged = page is null ? criteria : [.. criteria, new(SearchRequestParser.PageParameter, page)];
            if (!SearchRequestParser.Parse(room.Book, "Observation", paged, room.SearchContext(ask.Base), new SearchOptions { PageSize = 1000 }).Try(out var request, out var problem)
                || !(await ask.SightAsync(room, cancel)).Try(out var sight, out problem)
                || !(await sight.SearchAsync(request, cancel)).Try(out var found, out problem))
            {
                return problem;
            }

            records.AddRange(found.Entries.Select(e => e.Record));
            page = found.Next;
            if (records.Count > Most)
            {
                return Problems.TooManyToCount(Most);
            }
        }
        while (page is not null);
        return Measured(coding, records);
    }

    private static Outcome<StatsOfCode> Measured(Coding coding, List<StoredRecord> records)
    {
        var values = new List<double>();
        string? unit = null;
        var (first, last) = (long.MaxValue, long.MinValue);
        foreach (var record in records)
        {
            var json = new System.Buffers.ArrayBufferWriter<byte>(2048);
            record.WriteResource(json);
            var observation = FhirDocument.Read(json.WrittenMemory, new FindingList()).Root;
            if (observation.Child("effective") is { Exists: true, IsPrimitive: true } effective
                && DateRange.TryParse(Encoding.UTF8.GetBytes(effective.Text() ?? ""), out var when))
            {
                (first, last) = (Math.Min(first, when.Low), Math.Max(last, when.Low));
            }

            var value = observation.Child("value");
            if (!value.Exists || value.Type.Name != "Quantity" || !decimal.TryParse(value.ChildText("value"), NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            {
                continue;
            }

            var own = value.ChildText("system") == "http://unitsofmeasure.org" ? value.ChildText("code") : null;
            if (values.Count == 0)
            {
                unit = own;
            }
            else if (own != unit)
            {
                if (own is null || unit is null || !Ucum.TryConvert(number, own, unit, out number))
                {
                    return Problems.UnitsDiffer(coding.Code);
                }
            }

            values.Add((double)number);
        }

        return new StatsOfCode(coding, records, values, unit, first == long.MaxValue ? null : (first, last));
    }

    private static string Escaped(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal);
}

/// <param name="Start">A date or instant.</param>
/// <param name="Include">Give the observations too.</param>
/// <param name="Limit">At most so many of them for each code.</param>
internal sealed record StatsAsk(
    string Subject, IReadOnlyList<Coding> Codings, IReadOnlyList<string> Statistics, string? Start, string? End, bool Include, int Limit);

/// <param name="Records">All that were found, newest first, with or without a number.</param>
/// <param name="Unit">UCUM code of the values; null where they have none.</param>
/// <param name="Span">Ticks of the earliest and latest time among them.</param>
internal sealed record StatsOfCode(
    Coding Coding, IReadOnlyList<StoredRecord> Records, IReadOnlyList<double> Values, string? Unit, (long First, long Last)? Span);
