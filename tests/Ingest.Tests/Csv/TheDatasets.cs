using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Validation;
using Kangqiao.Ingest.Csv;
using Kangqiao.Ingest.Csv.Content;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Tests.Csv;

/// <summary>The data sets that ship, and what their tests ask of them.</summary>
internal static class TheDatasets
{
    public static readonly SenderNames Hospital = new("H001");

    private static readonly Validator Validator = new(new ValidationOptions { BestPractice = BestPractice.Ignore });

    private static readonly Lazy<CsvContent> Loaded = new(() => CsvContent.Load(Folder, Codes).Value);

    private static readonly Lazy<Dictionary<string, CsvFormat>> Made = new(() => CsvFormat.All(Content).ToDictionary(f => f.Name, StringComparer.Ordinal));

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Root { get; } = FindRoot();

    public static string Folder => Path.Combine(Root, "content", "datasets");

    public static string Codes => Path.Combine(Root, "content", "terminology", "codesystem");

    public static CsvContent Content => Loaded.Value;

    /// <summary>"csv" or "csv/NAME".</summary>
    public static CsvFormat Format(string name) => Made.Value[name];

    public static Dataset Of(string name) => Content.Find(name) ?? throw new ArgumentException($"There is no data set {name}.", nameof(name));

    public static async Task<List<RawUnit>> UnitsAsync(this IFormat format, byte[] file)
    {
        var units = new List<RawUnit>();
        await foreach (var unit in format.SplitAsync(new MemoryStream(file), TestContext.Current.CancellationToken))
        {
            // As the door does, the memory of one unit may be used again for others only when it says so: it is kept as it is.
            units.Add(unit);
        }

        return units;
    }

    public static async Task<List<MappedUnit>> MapAsync(this IFormat format, byte[] file) =>
        [.. (await format.UnitsAsync(file)).SelectMany(u => format.Map(u, Hospital))];

    public static Task<List<MappedUnit>> MapAsync(string dataset, string csv) => Format("csv/" + dataset).MapAsync(Encoding.UTF8.GetBytes(csv));

    /// <summary>A file of one row, of the values given by the columns' names.</summary>
    public static string File(IEnumerable<(Column Column, string? Value)> row)
    {
        var cells = row.ToList();
        return string.Join(',', cells.Select(c => c.Column.Name)) + "\n" + string.Join(',', cells.Select(c => Quoted(c.Value ?? ""))) + "\n";
    }

    /// <param name="isOwnCode">A code of the sender's own stands where FHIR would have one of its own, which it warns of.</param>
    public static void ShouldBeSound(this MappedUnit unit, bool isOwnCode = false)
    {
        unit.Findings.Where(f => f.IsError).ShouldBeEmpty();
        unit.Records.ShouldNotBeEmpty();
        foreach (var record in unit.Records.Where(r => r.Intent == MappedIntent.Put))
        {
            var findings = new FindingList();
            var document = FhirDocument.Read(record.Body, findings);
            Validator.Validate(document, findings);
            // A clean row is not to be warned of either.
            findings.Items.Where(f => f.Severity >= Severity.Warning && !(isOwnCode && f.Kind.Code == "FHR202"))
                .ShouldBeEmpty($"{record.Type} {record.Key}: {string.Join("; ", findings.Items)}\n{Encoding.UTF8.GetString(record.Body.Span)}");
        }

        unit.Records.GroupBy(r => (r.Type, r.Key)).ShouldAllBe(g => g.Count() == 1, "one record is told twice");
    }

    /// <summary>What became of the rows, in a form that a person reads and git compares: a line for each record, references by the keys they stand for.</summary>
    public static string Told(IEnumerable<MappedUnit> units)
    {
        var told = new StringBuilder("[\n");
        foreach (var unit in units)
        {
            told.Append(told.Length > 2 ? ",\n" : "").Append("{\"source\": ").Append(JsonSerializer.Serialize(unit.Source, Readable));
            if (unit.SaidAt is { } at)
            {
                told.Append(", \"said\": \"").Append(at.ToString("O")).Append('"');
            }

            told.Append(", \"findings\": [").AppendJoin(", ", unit.Findings.Select(f =>
                JsonSerializer.Serialize($"{f.Kind.Code} {f.Severity} {f.Path}: {string.Join(" | ", f.Arguments)}", Readable)));
            told.Append("], \"records\": [").AppendJoin(",", unit.Records.Select(r => "\n  " + Told(r, unit).ToJsonString(Readable))).Append("]}");
        }

        return told.Append("\n]\n").ToString();
    }

    private static JsonObject Told(MappedRecord record, MappedUnit unit)
    {
        var names = unit.Records.DistinctBy(r => (r.Type, r.Key)).ToDictionary(r => Hospital.Reference(r.Type, r.Key), r => $"{r.Type}/({r.Key})", StringComparer.Ordinal);
        var told = new JsonObject { ["record"] = $"{record.Type}/({record.Key})", ["as"] = record.IsMention ? "mention" : record.Intent.ToString().ToLowerInvariant() };
        if (!record.Body.IsEmpty)
        {
            told["body"] = Named(JsonNode.Parse(record.Body.Span)!, names);
        }

        return told;
    }

    private static JsonNode? Named(JsonNode? node, Dictionary<string, string> names) => node switch
    {
        JsonObject members => new JsonObject(members.Select(m => KeyValuePair.Create(m.Key, Named(m.Value, names)))),
        JsonArray list => new JsonArray([.. list.Select(i => Named(i, names))]),
        JsonValue value when value.TryGetValue<string>(out var text) && names.TryGetValue(text, out var name) => name,
        _ => node?.DeepClone(),
    };

    private static string Quoted(string value) => value.AsSpan().ContainsAny(",\"\n\r") ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !System.IO.File.Exists(Path.Combine(folder.FullName, "Kangqiao.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run inside the project.");
    }
}
