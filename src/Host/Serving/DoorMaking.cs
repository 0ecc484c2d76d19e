using Kangqiao.Fhir.Validation;
using Kangqiao.Host.Commands;
using Kangqiao.Ingest;
using Kangqiao.Ingest.Cda;
using Kangqiao.Ingest.Cda.Content;
using Kangqiao.Ingest.Csv;
using Kangqiao.Ingest.Csv.Content;
using Kangqiao.Ingest.Fhir;
using Kangqiao.Ingest.Hl7v2;
using Kangqiao.Ingest.Mapping;
using Kangqiao.Kernel;
using Kangqiao.Ledger;
using Kangqiao.PatientIndex;
using Kangqiao.Registry.Senders;
using Kangqiao.Standard.Making;
using Kangqiao.Standard.Rules;
using Kangqiao.Store;
using Kangqiao.Store.Reindexing;
using Kangqiao.Store.Terms;
using Kangqiao.Terminology;

namespace Kangqiao.Host.Serving;

/// <summary>Opens the ledger and the door of a data folder, for a server and for commands that work without one.</summary>
internal sealed class DoorMaking : IAsyncDisposable
{
    private DoorMaking(Door door, LedgerStore ledger)
    {
        Door = door;
        Ledger = ledger;
    }

    /// <summary>A folder for each data set.</summary>
    public static string Datasets { get; } = Path.Combine(AppContext.BaseDirectory, "content", "datasets");

    public Door Door { get; }

    public LedgerStore Ledger { get; }

    /// <summary>Every way to send that there is.</summary>
    public static IReadOnlyList<IFormat> Formats(CdaContent cda, CsvContent csv) => [new FhirFormat(), new Hl7Format(), new CdaFormat(cda), .. CsvFormat.All(csv)];

    public static async ValueTask<Outcome<DoorMaking>> OpenAsync(
        DoorOptions options, string? connection, PersonIndex persons, Validator validator, TerminologyService terminology, TimeProvider time, ILogger log, CancellationToken cancel)
    {
        if (!AccessContent.Sensitivity().Try(out var sensitivity, out var problem)
            || !PlausibilityRules.Load(Path.Combine(AppContext.BaseDirectory, "content", "rules", "plausibility")).Try(out var rules, out problem)
            || !ValueDomains.Load(Path.Combine(AppContext.BaseDirectory, "content", "rules", "value-domains"), terminology).Try(out var domains, out problem)
            || !CdaContent.Load(Path.Combine(AppContext.BaseDirectory, "content", "mappings", "cda")).Try(out var cda, out problem)
            || !CsvContent.Load(Datasets, Path.Combine(AppContext.BaseDirectory, "content", "terminology", "codesystem")).Try(out var csv, out problem)
            || !(await RecordStores.LedgerAsync(options.DataFolder, connection, time, cancel)).Try(out var maker, out problem)
            || !(await maker.OpenAsync(cancel)).Try(out var store, out problem))
        {
            return problem;
        }

        var ledger = new LedgerStore(store);
        var records = persons.Store;
        persons.KeepReviewsIn(ledger);
        var shop = new Workshop(new TermBook(records), validator, sensitivity, rules, domains);
        if (await Reindex.SettleEmptyAsync(records, shop.Form, cancel) is { } unsettled)
        {
            await ledger.DisposeAsync();
            return unsettled;
        }

        var rooms = new DoorRooms(records, shop, ledger, new SenderRegistry(ledger, time), terminology, Formats(cda, csv)) { ResidentOf = persons.ResidentOf };
        if (!(await Door.OpenAsync(options, rooms, time, log, cancel)).Try(out var door, out problem))
        {
            await ledger.DisposeAsync();
            return problem;
        }

        return new DoorMaking(door, ledger);
    }

    /// <summary>First the door, then what it writes to; the records are their owner's to close.</summary>
    public async ValueTask DisposeAsync()
    {
        await Door.DisposeAsync();
        await Ledger.DisposeAsync();
    }
}
