using Kangqiao.Fhir.Codes;
using Kangqiao.Kernel;
using Kangqiao.Ledger;
using Kangqiao.Standard.Making;
using Kangqiao.Store;
using Kangqiao.Terminology;
using Microsoft.Extensions.Logging;

namespace Kangqiao.Ingest.Codes;

/// <summary>What is mapped, as asked for.</summary>
/// <param name="System">Of the national code: URL, or the table's name as the standard writes it.</param>
internal sealed record MapAsk(string? System, string? Code)
{
    public string? Equivalence { get; init; }

    public MapState State { get; init; } = MapState.Active;

    public string? Why { get; init; }
}

/// <summary>对码: the senders' own codes, what they are mapped to, and what they may mean.</summary>
internal sealed partial class CodeDesk : IAsyncDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(2);
    private static readonly string[] Equivalences = ["equivalent", "wider", "narrower", "relatedto", "inexact"];

    private readonly TerminologyService terminology;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly ITimer timer;
    private readonly Suggestions suggestions;
    private int isKeeping;

    public CodeDesk(LedgerStore ledger, IRecordStore records, Workshop shop, TerminologyService terminology, TimeProvider time, ILogger log)
    {
        this.terminology = terminology;
        this.time = time;
        this.log = log;
        Maps = new CodeMaps(ledger, records, shop, time);
        Codes = new LocalCodes(ledger, time);
        suggestions = new Suggestions(terminology, Maps, shop);
        timer = time.CreateTimer(_ => _ = KeepAsync(), null, Pace, Pace);
    }

    public CodeMaps Maps { get; }

    public LocalCodes Codes { get; }

    public ValueTask<Outcome<IReadOnlyList<Suggestion>>> SuggestAsync(LocalCode code, int most, CancellationToken cancel) => suggestions.ForAsync(code, most, cancel);

    /// <summary>Enters or changes what a sender's code means.</summary>
    public async ValueTask<Outcome<MapEntry>> SetAsync(string sender, string system, string code, MapAsk asked, string who, CancellationToken cancel)
    {
        if (asked.System is not { Length: > 0 } table || asked.Code is not { Length: > 0 } target || !terminology.HasTable(table))
        {
            return Problems.NoSuchTarget(asked.System, asked.Code);
        }

        var equivalence = asked.Equivalence ?? "equivalent";
        if (!Equivalences.Contains(equivalence))
        {
            return Problems.BadRequest($"equivalence is one of {string.Join(", ", Equivalences)}.");
        }

        if (!CodeScan.IsLocal(System.Text.Encoding.UTF8.GetBytes(system)) || system.Length > 200 || code.Length is 0 or > 200)
        {
            return Problems.BadRequest("Only a code of the sender's own table is mapped; that of a standard means what the standard says.");
        }

        var address = terminology.UrlOf(table);
        var answer = terminology.InTables([table], System.Text.Encoding.UTF8.GetBytes(address), System.Text.Encoding.UTF8.GetBytes(target));
        if (answer.Membership != Membership.Member)
        {
            return Problems.NoSuchTarget(asked.System, asked.Code);
        }

        if (!(await Codes.FindAsync(sender, system, code, cancel)).Try(out var known, out var problem))
        {
            return problem;
        }

        var entry = new MapEntry(code, known?.Display, address, answer.Edition, target, terminology.DisplayOf(table, target), equivalence, asked.State)
        {
            Who = who,
            At = time.GetUtcNow(),
            Why = asked.Why is { Length: > 300 } long_ ? long_[..300] : asked.Why,
        };
        if (!(await Maps.SetAsync(sender, system, code, entry, cancel)).Try(out _, out problem))
        {
            return problem;
        }

        problem = await Codes.MarkAsync(sender, system, code, entry.State == MapState.Active, cancel);
        return problem is null ? entry : problem;
    }

    public async ValueTask<Problem?> RemoveAsync(string sender, string system, string code, CancellationToken cancel) =>
        (await Maps.SetAsync(sender, system, code, null, cancel)).Problem ?? await Codes.MarkAsync(sender, system, code, isMapped: false, cancel);

    public async ValueTask DisposeAsync()
    {
        await timer.DisposeAsync();
        await Codes.DisposeAsync();
        suggestions.Dispose();
    }

    private async Task KeepAsync()
    {
        if (Interlocked.Exchange(ref isKeeping, 1) != 0)
        {
            return;
        }

        try
        {
            if (await Codes.KeepAsync(CancellationToken.None) is { } problem || (problem = (await Maps.ReadAsync(isForced: false, CancellationToken.None)).Problem) is not null)
            {
                LogNotKept(problem.Code);
            }
        }
#pragma warning disable CA1031 // The edge of a loop that must not end: logged, and tried again.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LogFault(fault);
        }
        finally
        {
            Volatile.Write(ref isKeeping, 0);
        }
    }

    [LoggerMessage(6, LogLevel.Warning, "Counts of local codes could not be kept, or mappings not be read ({Code}); it is tried again")]
    private partial void LogNotKept(string code);

    [LoggerMessage(7, LogLevel.Error, "Local codes could not be worked on; it is tried again")]
    private partial void LogFault(Exception fault);
}
