using System.Globalization;
using Kangqiao.Ingest.Quarantine;
using Kangqiao.Kernel;
using Kangqiao.Ledger;

namespace Kangqiao.Ingest.Receipts;

/// <summary>What is gone.</summary>
internal sealed record Forgotten(int Files, int Receipts, int Entries);

/// <summary>
/// Deletes receipts and closed entries of quarantine whose time is over, day by day (of Asia/Shanghai), history included. What waits in
/// quarantine is never deleted: somebody has still to say what becomes of it.
/// </summary>
internal sealed class Retention(LedgerStore ledger)
{
    private const int Page = 500;

    /// <summary>Days that are looked through at the first time.</summary>
    private const int FirstDays = 3_700;

    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);
    private static readonly string[] Closed = ["resolved", "replaced", "withdrawn"];

    public static string DayOf(DateTimeOffset instant) => instant.ToOffset(Shanghai).ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    public async ValueTask<Outcome<Forgotten>> ForgetAsync(DoorOptions options, DateTimeOffset now, CancellationToken cancel)
    {
        var (receipts, entries) = (0, 0);
        if (options.KeepReceiptDays is { } receiptDays)
        {
            if (!(await EachDayAsync("receipts", now.AddDays(-receiptDays), day => ReceiptsAsync(day, cancel), cancel)).Try(out receipts, out var problem))
            {
                return problem;
            }
        }

        if (options.KeepQuarantineDays is { } entryDays)
        {
            if (!(await EachDayAsync("quarantine", now.AddDays(-entryDays), day => EntriesAsync(day, cancel), cancel)).Try(out entries, out var problem))
            {
                return problem;
            }
        }

        return new Forgotten(0, receipts, entries);
    }

    /// <summary>Goes on where it was left, and a month before that, for what was closed late.</summary>
    private async ValueTask<Outcome<int>> EachDayAsync(string what, DateTimeOffset before, Func<string, ValueTask<Outcome<int>>> forget, CancellationToken cancel)
    {
        var key = new LedgerKey("Retention", what);
        if (!(await ledger.ReadAsync(key, cancel)).Try(out var mark, out var problem))
        {
            return problem;
        }

        var gone = 0;
        var day = mark?.As<Mark>().Until.AddDays(-31) ?? before.AddDays(-FirstDays);
        for (; string.CompareOrdinal(DayOf(day), DayOf(before)) < 0; day = day.AddDays(1))
        {
            if (!(await forget(DayOf(day))).Try(out var count, out problem))
            {
                return problem;
            }

            gone += count;
        }

        return (await ledger.PutAsync(LedgerPage.Of(key, new Mark(before)), cancel)).Then<int>(_ => gone);
    }

    private async ValueTask<Outcome<int>> ReceiptsAsync(string day, CancellationToken cancel)
    {
        var gone = 0;
        while (true)
        {
            if (!(await ledger.FindAsync(Receipt.Kind, [new LedgerLabel('d', day)], Page, null, cancel)).Try(out var found, out var problem))
            {
                return problem;
            }

            if (found.Documents.Count == 0)
            {
                return gone;
            }

            // Pages first: a receipt that is there names all of its pages.
            var pages = found.Documents.Select(d => d.As<Receipt>()).SelectMany(r => Enumerable.Range(0, r.Pages).Select(p => Receipt.PageOf(r.Number, p)));
            foreach (var keys in pages.Concat(found.Documents.Select(d => d.Key)).Chunk(Page))
            {
                if ((await ledger.PurgeAsync(keys, cancel)).Problem is { } refused)
                {
                    return refused;
                }
            }

            gone += found.Documents.Count;
        }
    }

    private async ValueTask<Outcome<int>> EntriesAsync(string day, CancellationToken cancel)
    {
        var gone = 0;
        foreach (var state in Closed)
        {
            while (true)
            {
                if (!(await ledger.FindAsync(QuarantineEntry.Kind, [new LedgerLabel('d', day), new LedgerLabel('w', state)], Page, null, cancel)).Try(out var found, out var problem)
                    || (found.Documents.Count > 0 && !(await ledger.PurgeAsync([.. found.Documents.Select(d => d.Key)], cancel)).Try(out _, out problem)))
                {
                    return problem;
                }

                if (found.Documents.Count == 0)
                {
                    break;
                }

                gone += found.Documents.Count;
            }
        }

        return gone;
    }

    private sealed record Mark(DateTimeOffset Until);
}
