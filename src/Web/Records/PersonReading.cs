using System.Collections.Concurrent;
using System.Text.Json;
using Kangqiao.Kernel;
using Kangqiao.Registry.Senders;
using Kangqiao.Rest.Callers;
using Kangqiao.Rest.Inside;

namespace Kangqiao.Web.Records;

/// <summary>Asks the records for one person's, as the viewer may see them: through the same gate and sight as the FHIR interface.</summary>
internal sealed class PersonReading(InsideRecords records, SenderRegistry senders)
{
    /// <summary>Of a kind so many are read for a page; what is beyond is said to be beyond.</summary>
    public const int Most = 500;

    // Names change hardly ever; a server that was started this morning may show this morning's.
    private readonly ConcurrentDictionary<string, string> names = new(StringComparer.Ordinal);

    /// <summary>Name of an institution, as far as it was met; else its code.</summary>
    public string NameOf(string code) => names.GetValueOrDefault(code, code);

    /// <summary>Matches of a search, newest first where it says so; and whether there were more.</summary>
    public async ValueTask<Outcome<Found>> SearchAsync(Caller caller, string address, CancellationToken cancel)
    {
        if (!(await records.GetAsync(caller, address, cancel)).Try(out var json, out var problem))
        {
            return problem;
        }

        using var document = JsonDocument.Parse(json);
        var bundle = document.RootElement.Clone();
        return new Found(
            [.. bundle.Items("entry").Where(e => e.Child("search").Text("mode") != "outcome").Select(e => e.Child("resource")).OfType<JsonElement>()],
            bundle.Items("link").Any(l => l.Text("relation") == "next"));
    }

    public async ValueTask<Outcome<JsonElement>> ReadAsync(Caller caller, string address, CancellationToken cancel)
    {
        if (!(await records.GetAsync(caller, address, cancel)).Try(out var json, out var problem))
        {
            return problem;
        }

        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    /// <summary>A person's records of several kinds, asked for side by side.</summary>
    /// <param name="person">Id of the resident.</param>
    public async ValueTask<Outcome<PersonRecords>> PersonAsync(Caller caller, string person, IReadOnlyList<RecordKind> kinds, CancellationToken cancel)
    {
        var who = await ReadAsync(caller, "Patient/" + person, cancel);
        if (!who.Try(out var patient, out var problem))
        {
            return problem;
        }

        var found = await Task.WhenAll(kinds.Select(k => SearchAsync(caller, k.Ask(person), cancel).AsTask()));
        var all = new Dictionary<RecordKind, Found>();
        foreach (var (kind, outcome) in kinds.Zip(found))
        {
            if (!outcome.Try(out var some, out problem))
            {
                return problem;
            }

            all[kind] = some;
        }

        await NamesAsync(all, cancel);
        return new PersonRecords(person, patient, all, r => r.Sender() is { } code ? NameOf(code) : "");
    }

    private async ValueTask NamesAsync(Dictionary<RecordKind, Found> all, CancellationToken cancel)
    {
        if (names.IsEmpty && (await senders.ListAsync(cancel)).Try(out var known, out _))
        {
            foreach (var sender in known)
            {
                names[sender.Code] = sender.Name;
            }
        }

        var codes = all.Values.SelectMany(f => f.Resources).Select(r => r.Sender()).OfType<string>().Distinct();
        foreach (var code in codes.Where(c => !names.ContainsKey(c)))
        {
            if (Sender.IsCode(code) && (await senders.FindAsync(code, cancel)).Try(out var sender, out _) && sender is not null)
            {
                names[code] = sender.Name;
            }
        }
    }
}

/// <param name="HasMore">There are more than were read.</param>
internal sealed record Found(IReadOnlyList<JsonElement> Resources, bool HasMore);

/// <summary>A kind of record that pages show of a person.</summary>
internal sealed record RecordKind(string Type, string Patient = "patient", string Sort = "-date", string More = "")
{
    public static readonly RecordKind Encounters = new("Encounter");
    public static readonly RecordKind Conditions = new("Condition", Sort: "-recorded-date");
    public static readonly RecordKind Medicines = new("MedicationRequest", Sort: "-authoredon");
    public static readonly RecordKind Reports = new("DiagnosticReport");
    public static readonly RecordKind Procedures = new("Procedure");
    public static readonly RecordKind Vaccinations = new("Immunization");
    public static readonly RecordKind Documents = new("DocumentReference");
    public static readonly RecordKind Allergies = new("AllergyIntolerance");
    public static readonly RecordKind Results = new("Observation", More: "&category=laboratory,vital-signs");
    public static readonly RecordKind Consents = new("Consent");

    public string Ask(string person) => $"{Type}?{Patient}={person}{More}&_sort={Sort}&_count={PersonReading.Most}";
}

/// <summary>What was read of one person.</summary>
/// <param name="Institution">Name of the institution that sent a record.</param>
internal sealed record PersonRecords(string Id, JsonElement Patient, IReadOnlyDictionary<RecordKind, Found> All, Func<JsonElement, string> Institution)
{
    public IReadOnlyList<JsonElement> Of(RecordKind kind) => All.TryGetValue(kind, out var found) ? found.Resources : [];

    /// <summary>Not all there is was read.</summary>
    public bool IsPartial => All.Values.Any(f => f.HasMore);
}
