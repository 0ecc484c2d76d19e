using System.Text.Json;
using System.Text.RegularExpressions;
using Kangqiao.Fhir.Facts;
using Kangqiao.Kernel;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Store.Queries;

namespace Kangqiao.Rest.Bulk;

internal enum ExportLevel
{
    System,
    Patient,
    Group,
}

/// <summary>What an export was asked for; the parameters of its job.</summary>
/// <param name="Request">The address that was asked.</param>
/// <param name="Types">None for all.</param>
/// <param name="Filters">Each a search: <c>Observation?code=…</c>.</param>
/// <param name="GroupVersion">The Group's version that says who is in it.</param>
/// <param name="Until">The place in the change feed as of which records are exported.</param>
/// <param name="At">The instant of it.</param>
internal sealed record ExportAsk(
    BulkOwner Owner,
    string Request,
    string Base,
    ExportLevel Level,
    string[] Types,
    string[] Filters,
    string[] Elements,
    string[] Patients,
    string? Group,
    long GroupVersion,
    DateTimeOffset? Since,
    string Until,
    DateTimeOffset At)
{
    public static ExportAsk Read(string json) => JsonSerializer.Deserialize<ExportAsk>(json)!;

    public string Write() => JsonSerializer.Serialize(this);

    /// <summary>The searches by the type they are for.</summary>
    public Outcome<Dictionary<string, List<RecordCriteria>>> Criteria(RestRoom room)
    {
        var found = new Dictionary<string, List<RecordCriteria>>(StringComparer.Ordinal);
        foreach (var filter in Filters)
        {
            var mark = filter.IndexOf('?', StringComparison.Ordinal);
            if (mark <= 0)
            {
                return Problems.BadParameter("_typeFilter", filter, "a search such as Observation?code=…");
            }

            var type = filter[..mark];
            var parameters = new AskParameters();
            if (parameters.Add(filter.AsSpan(mark + 1)) is { } problem
                || !SearchRequestParser.Parse(room.Book, type, parameters.Pairs, room.SearchContext(Base), SearchOptions.Default).Try(out var request, out problem)
                || !RecordCriteria.Of(request).Try(out var criteria, out problem))
            {
                return problem;
            }

            if (!found.TryGetValue(type, out var list))
            {
                found.Add(type, list = []);
            }

            list.Add(criteria);
        }

        return found;
    }

    /// <summary>How each type is cut down by _elements; null where nothing is.</summary>
    public Outcome<Func<string, Subset?>> Subsets()
    {
        if (Elements.Length == 0)
        {
            return (Func<string, Subset?>)(_ => null);
        }

        var byType = new Dictionary<string, Subset?>(StringComparer.Ordinal);
        foreach (var type in Elements.Select(TypeOf).Distinct(StringComparer.Ordinal))
        {
            var names = Elements.Where(e => TypeOf(e) == type || TypeOf(e).Length == 0).Select(e => e[(e.IndexOf('.', StringComparison.Ordinal) + 1)..]);
            var parameters = new AskParameters();
            parameters.Add(new KeyValuePair<string, string>("_elements", string.Join(',', names)));
            if (!Subset.Of(parameters).Try(out var subset, out var problem))
            {
                return problem;
            }

            byType[type] = subset;
        }

        return (Func<string, Subset?>)(type => byType.GetValueOrDefault(type) ?? byType.GetValueOrDefault(""));

        // "Patient.name" is for Patients alone, "name" for all.
        static string TypeOf(string element) =>
            element.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot && R4.Facts.Type(element[..dot]) is { IsResource: true } ? element[..dot] : "";
    }
}

/// <summary>Reads the parameters of a kick-off, from the address or from a Parameters resource.</summary>
internal static partial class ExportParameters
{
    public static Outcome<ExportAsk> Read(Ask ask, ExportLevel level, IEnumerable<KeyValuePair<string, string>> parameters)
    {
        List<string> types = [], filters = [], elements = [], patients = [];
        DateTimeOffset? since = null;
        foreach (var (name, value) in parameters)
        {
            switch (name)
            {
                case "_outputFormat" when value is "application/fhir+ndjson" or "application/ndjson" or "ndjson" or "application/fhir ndjson":
                case "_format" or "_pretty":
                    break;
                case "_outputFormat":
                    return Problems.BadParameter(name, value, "application/fhir+ndjson");
                case "_since" when DateTimeOffset.TryParse(
                    value.Replace(' ', '+'), System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var instant):
                    since = instant;
                    break;
                case "_since":
                    return Problems.BadParameter(name, value, "an instant");
                case "_type":
                    types.AddRange(value.Split(',', StringSplitOptions.RemoveEmptyEntries));
                    break;
                case "_typeFilter":
                    // Commas inside a search stay: a comma parts two searches only where the next begins with "Type?".
                    filters.AddRange(NextFilter().Split(value));
                    break;
                case "_elements":
                    elements.AddRange(value.Split(',', StringSplitOptions.RemoveEmptyEntries));
                    break;
                case "patient" when level != ExportLevel.System:
                    patients.AddRange(value.Split(',', StringSplitOptions.RemoveEmptyEntries)
                        .Select(p => p.StartsWith("Patient/", StringComparison.Ordinal) ? p["Patient/".Length..] : p));
                    break;
                case "includeAssociatedData" or "_typeFilterMode" or "organizeOutputBy" or "allowPartialManifests" when ask.Prefer.IsLenient == true:
                    break;
                default:
                    return Problems.UnknownParameter(name);
            }
        }

        if (types.Find(t => R4.Facts.Type(t) is not { IsResource: true, IsAbstract: false }) is { } unknown)
        {
            return Problems.NoSuchType(unknown);
        }

        return new ExportAsk(
            BulkOwner.Of(ask.Caller), $"{ask.Base}/{ask.Address}", ask.Base, level, [.. types.Distinct(StringComparer.Ordinal)], [.. filters], [.. elements],
            [.. patients], null, 0, since, "", default);
    }

    [GeneratedRegex(@",(?=[A-Z][A-Za-z]+\?)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NextFilter();
}
