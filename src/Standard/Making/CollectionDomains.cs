using System.Globalization;
using System.Security.Cryptography;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.FhirPath;
using Kangqiao.Fhir.Reading;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Standard.Making;

/// <summary>
/// To which of the ten collection domains a record belongs, the day it counts on, and its amount: <c>content/rules/domains</c>, built in, because
/// the label that follows from it has to be the same whoever makes a record ready.
/// </summary>
public sealed class CollectionDomains
{
    /// <summary>In the order of the ordinance (贵阳市健康医疗大数据应用发展条例 art. 9).</summary>
    public static readonly IReadOnlyList<string> Names =
        ["公共卫生", "计划生育", "健康服务", "医疗服务", "医疗保障", "药品供应", "医疗器械", "应急指挥", "健康管理", "综合管理"];

    private const char Kind = 'z';
    private static readonly TimeSpan China = TimeSpan.FromHours(8);

    private readonly Dictionary<string, Row> rows = new(StringComparer.Ordinal);

    private CollectionDomains()
    {
        using var stream = typeof(CollectionDomains).Assembly.GetManifestResourceStream("domains.tsv")!;
        Version = Convert.ToHexStringLower(SHA256.HashData(stream).AsSpan(0, 8));
        stream.Position = 0;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#')
            {
                var fields = line.Split('\t');
                var type = R4.Facts.Type(fields[0])!;
                var domain = Names.ToList().IndexOf(fields[1]) + 1;
                rows.Add(fields[0], new Row(
                    domain > 0 ? domain : throw new InvalidOperationException($"domains.tsv: there is no domain {fields[1]}."),
                    FhirPathExpression.Compile(fields[2], type).Value,
                    fields.ElementAtOrDefault(3) is { Length: > 0 } amount ? FhirPathExpression.Compile(amount, type).Value : null));
            }
        }
    }

    /// <summary>Another one with other content: labels are then written anew.</summary>
    public string Version { get; }

    public static CollectionDomains Default { get; } = new();

    /// <summary>Records that count on a day in a domain.</summary>
    /// <param name="type">Of one resource type only, or null.</param>
    public static TermQuery On(DateOnly day, string domain, string? type) => type is null
        ? RecordLabels.LabelStartsWith(Kind, Prefix(day, domain))
        : RecordLabels.Is(Kind, Prefix(day, domain) + type);

    /// <summary>The domain of a type; null where it is not counted.</summary>
    public string? DomainOf(string type) => rows.TryGetValue(type, out var row) ? Names[row.Domain - 1] : null;

    /// <summary>Whether records of the domain have amounts.</summary>
    public bool HasAmounts(string domain) => rows.Values.Any(r => r.Amount is not null && Names[r.Domain - 1] == domain);

    /// <summary>The amount of a record; null where it has none.</summary>
    public decimal? AmountOf(Element resource) =>
        rows.TryGetValue(resource.Type.Name, out var row) && row.Amount is not null && First(row.Amount, resource) is { } text
            && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var amount) ? amount : null;

    /// <summary>The label of a record that counts; null for others.</summary>
    internal string? LabelOf(Element resource)
    {
        if (!rows.TryGetValue(resource.Type.Name, out var row) || resource.Child("status") is { Exists: true } status && status.TextIs("entered-in-error"u8))
        {
            return null;
        }

        return First(row.Day, resource) is { } text && DayOf(text) is { } day
            ? RecordLabels.Label(Kind, Prefix(day, Names[row.Domain - 1]) + resource.Type.Name) : null;
    }

    private static string Prefix(DateOnly day, string domain) =>
        string.Create(CultureInfo.InvariantCulture, $"{day:yyyyMMdd}{Names.ToList().IndexOf(domain) + 1:00}");

    private static string? First(FhirPathExpression expression, Element resource)
    {
        var found = new FhirPathResults();
        return expression.Evaluate(resource, new FhirPathEnvironment(), found) && found.Count > 0 && found[0].Kind == ItemKind.Element ? found[0].Element.Text() : null;
    }

    /// <summary>The day in China; null for a time that is not said to the day.</summary>
    private static DateOnly? DayOf(string text) =>
        text.Length == 10 ? (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null)
        : text.Length > 10 && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? DateOnly.FromDateTime(instant.ToOffset(China).DateTime)
        : null;

    private sealed record Row(int Domain, FhirPathExpression Day, FhirPathExpression? Amount);
}
