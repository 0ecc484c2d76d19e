using System.Text.Json;
using Kangqiao.Kernel;
using Kangqiao.Ledger;
using Kangqiao.Registry.Senders;
using Kangqiao.Standard.Making;
using Kangqiao.Store;
using Kangqiao.Store.Search;

namespace Kangqiao.Ingest.Reconciling;

/// <summary>
/// 对账: what senders declare of a day beside what is there. What was taken in is counted by a label that every record bears, so the
/// number is exact, follows corrections, and needs no counters that a kill could break.
/// </summary>
internal sealed class Reconciliation(LedgerStore ledger, SenderRegistry senders, Func<Sender, (IRecordStore Store, Workshop Shop)> whereOf, TimeProvider time)
{
    /// <summary>Days that one question covers.</summary>
    public const int MostDays = 92;

    /// <summary>Declarations in one request, and numbers in one declaration.</summary>
    public const int MostDeclared = 1_000;

    public const int MostIds = 20_000;

    private const int MostMissing = 1_000;
    private const int MostRead = 200_000;
    private const int Page = 1_000;

    /// <summary>Keeps declarations; the last word on a day, a domain and a type counts.</summary>
    public async ValueTask<Problem?> DeclareAsync(IReadOnlyList<Declaration> declared, CancellationToken cancel) =>
        (await ledger.PutAsync([.. declared.GroupBy(d => d.Key).Select(g => (g.Last() with { At = time.GetUtcNow() }).ToPage(null))], cancel)).Problem;

    /// <summary>Says why there is a difference, or lets it rest.</summary>
    public async ValueTask<Outcome<Declaration>> SayAsync(
        string sender, DateOnly day, string domain, string? what, DifferenceState state, string why, string who, CancellationToken cancel)
    {
        var key = Declaration.KeyOf(sender, day, domain, what);
        while (true)
        {
            if (!(await ledger.ReadAsync(key, cancel)).Try(out var document, out var problem))
            {
                return problem;
            }

            var said = (document?.As<Declaration>() ?? new Declaration(sender, day, domain, what)) with { State = state, Why = why, Who = who };
            var put = await ledger.PutAsync(said.ToPage(document?.Version ?? 0), cancel);
            if (put.Problem is not { Kind: ProblemKind.PreconditionFailed or ProblemKind.Conflict })
            {
                return put.Problem is { } failed ? failed : said;
            }
        }
    }

    /// <summary>All that was declared or taken in, by sender, day and domain.</summary>
    /// <param name="sender">Null for all who have declared anything.</param>
    public async ValueTask<Outcome<IReadOnlyList<Comparison>>> CompareAsync(string? sender, DateOnly from, DateOnly to, CancellationToken cancel)
    {
        var declared = new List<Declaration>();
        for (var day = from; day <= to; day = day.AddDays(1))
        {
            long? after = null;
            do
            {
                LedgerLabel[] labels = sender is null
                    ? [new('d', Declaration.DayLabel(day))] : [new('d', Declaration.DayLabel(day)), new('s', sender)];
                if (!(await ledger.FindAsync(Declaration.Kind, labels, 500, after, cancel)).Try(out var page, out var problem))
                {
                    return problem;
                }

                declared.AddRange(page.Documents.Select(d => d.As<Declaration>()));
                after = page.Next;
            }
            while (after is not null);
        }

        var compared = new List<Comparison>();
        foreach (var code in sender is null ? declared.Select(d => d.Sender).Distinct(StringComparer.Ordinal).ToArray() : [sender])
        {
            if (!(await senders.FindAsync(code, cancel)).Try(out var known, out var problem))
            {
                return problem;
            }

            if (known is not null && await CompareAsync(known, [.. declared.Where(d => d.Sender == code)], from, to, compared, cancel) is { } failed)
            {
                return failed;
            }
        }

        return compared;
    }

    private async ValueTask<Problem?> CompareAsync(
        Sender sender, Declaration[] declared, DateOnly from, DateOnly to, List<Comparison> compared, CancellationToken cancel)
    {
        var (store, shop) = whereOf(sender);
        for (var day = from; day <= to; day = day.AddDays(1))
        {
            foreach (var domain in CollectionDomains.Names)
            {
                var here = declared.Where(d => d.Day == day && d.Domain == domain).ToArray();
                foreach (var one in here.Length > 0 ? here : new Declaration?[] { null })
                {
                    var query = TermQuery.AllOf([TermQuery.Is(SenderLabel.Of(sender.Code)), CollectionDomains.On(day, domain, one?.What)]);
                    if (!(await store.CountAsync(query, null, cancel)).Try(out var taken, out var problem))
                    {
                        return problem;
                    }

                    if (one is null && taken == 0)
                    {
                        continue;
                    }

                    if (!(await ReadAsync(store, shop, query, taken, domain, one, cancel)).Try(out var read, out problem))
                    {
                        return problem;
                    }

                    compared.Add(new Comparison(sender.Code, day, domain, one?.What, one, taken, read.Amount, [.. read.Missing.Take(MostMissing)], read.Missing.Count));
                }
            }
        }

        return null;
    }

    /// <summary>Adds up amounts and looks for numbers that have not come, where there is anything of that to be done.</summary>
    private static async ValueTask<Outcome<(decimal? Amount, IReadOnlyCollection<string> Missing)>> ReadAsync(
        IRecordStore store, Workshop shop, TermQuery query, long taken, string domain, Declaration? declared, CancellationToken cancel)
    {
        var missing = declared?.Ids?.ToHashSet(StringComparer.Ordinal) ?? [];
        var hasAmounts = CollectionDomains.Default.HasAmounts(domain);
        if ((!hasAmounts && missing.Count == 0) || taken > MostRead)
        {
            return (null, missing);
        }

        var amount = 0m;
        long? after = null;
        using var bench = shop.Rent();
        do
        {
            if (!(await store.SearchAsync(new SearchAsk(query) { After = after, Limit = Page, WithRecords = true }, cancel)).Try(out var page, out var problem))
            {
                return problem;
            }

            foreach (var record in page.Records)
            {
                if (record is null)
                {
                    continue;
                }

                if (hasAmounts)
                {
                    bench.Load(record);
                    amount += bench.Document.IsUsable ? CollectionDomains.Default.AmountOf(bench.Document.Root) ?? 0 : 0;
                }

                if (missing.Count > 0)
                {
                    Found(record.Body, missing);
                }
            }

            after = page.HasMore ? page.Numbers[^1] : null;
        }
        while (after is not null);
        return (hasAmounts ? amount : null, missing);
    }

    private static void Found(ReadOnlyMemory<byte> body, HashSet<string> missing)
    {
        using var record = JsonDocument.Parse(body);
        if (!record.RootElement.TryGetProperty("identifier", out var identifiers))
        {
            return;
        }

        foreach (var identifier in identifiers.ValueKind == JsonValueKind.Array ? identifiers.EnumerateArray().ToArray() : [identifiers])
        {
            if (identifier.ValueKind == JsonValueKind.Object && identifier.TryGetProperty("value", out var value) && value.GetString() is { } number)
            {
                missing.Remove(number);
            }
        }
    }
}
