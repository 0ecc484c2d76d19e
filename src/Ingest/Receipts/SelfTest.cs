using Kangqiao.Ingest.Quarantine;
using Kangqiao.Kernel;
using Kangqiao.Ledger;
using Kangqiao.Registry.Senders;

namespace Kangqiao.Ingest.Receipts;

/// <summary>One thing that an integrator has to have shown.</summary>
/// <param name="Case">accepted, refused, mended, repeated, corrected.</param>
/// <param name="Seen">How often.</param>
internal sealed record SelfTestCase(string Case, bool Passed, long Seen, string English, string Chinese);

/// <param name="Format">As in the address it is sent to.</param>
internal sealed record SelfTestFormat(string Format, IReadOnlyList<SelfTestCase> Cases)
{
    public bool Passed => Cases.All(c => c.Passed);
}

internal sealed record SelfTestReport(string Sender, SenderState State, IReadOnlyList<SelfTestFormat> Formats)
{
    /// <summary>Something was sent, and every format of it has shown all that is asked.</summary>
    public bool Passed => Formats.Count > 0 && Formats.All(f => f.Passed);
}

/// <summary>
/// Whether a sender has shown what an admission asks for: judged on the receipts of what it sent, so that it is the sender's own
/// program that passes and not a sample of ours.
/// </summary>
internal sealed class SelfTest(LedgerStore ledger)
{
    /// <summary>Receipts looked at, the latest ones.</summary>
    private const int MostReceipts = 20_000;

    private static readonly (string Format, string[] Codes)[] Refusals =
    [
        ("fhir", ["FHR", "FIN", "STD"]), ("hl7v2", ["HL7", "FHR", "STD"]), ("cda", ["CDA", "FHR", "STD"]), ("csv/", ["CSV", "FHR", "STD"]),
    ];

    /// <param name="only">A format, or null for all that are owed or were used.</param>
    public async ValueTask<Outcome<SelfTestReport>> RunAsync(Sender sender, string? only, CancellationToken cancel)
    {
        var sums = new Dictionary<string, Sum>(StringComparer.Ordinal);
        foreach (var feed in sender.Feeds.Where(f => f.Format != "*"))
        {
            sums[feed.Format] = new Sum();
        }

        long? after = null;
        var read = 0;
        do
        {
            if (!(await ledger.FindAsync(Receipt.Kind, [new LedgerLabel('s', sender.Code)], 500, after, cancel)).Try(out var page, out var problem))
            {
                return problem;
            }

            foreach (var receipt in page.Documents.Select(d => d.As<Receipt>()).Where(r => r.Replays is null))
            {
                if (!sums.TryGetValue(receipt.Format, out var sum))
                {
                    sums[receipt.Format] = sum = new Sum();
                }

                sum.Counts += receipt.Counts;
                sum.Corrected += receipt.Corrected;
            }

            read += page.Documents.Count;
            after = page.Next;
        }
        while (after is not null && read < MostReceipts);

        var formats = new List<SelfTestFormat>();
        foreach (var (format, sum) in sums.Where(s => only is null || s.Key == only).OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            if (!(await EntriesAsync(sender.Code, format, cancel)).Try(out var entries, out var problem))
            {
                return problem;
            }

            formats.Add(new SelfTestFormat(format, Judge(format, sum, entries)));
        }

        return new SelfTestReport(sender.Code, sender.State, formats);
    }

    private static IReadOnlyList<SelfTestCase> Judge(string format, Sum sum, IReadOnlyList<QuarantineEntry> entries)
    {
        var due = Refusals.FirstOrDefault(r => format.StartsWith(r.Format, StringComparison.Ordinal)).Codes ?? [];
        var refused = entries.Count(e => e.Page.Texts.Keys.Any(c => due.Any(d => c.StartsWith(d, StringComparison.Ordinal))));
        var waiting = entries.Count(e => e.State == QuarantineState.Waiting);
        var accepted = sum.Counts.Accepted + sum.Counts.Warned;
        return
        [
            new("accepted", accepted > 0, accepted, "Send a unit that is taken in.", "发送一份能被接收的内容。"),
            new("refused", refused > 0, refused, "Send one that is wrong, so that your program meets a refusal and its code.", "发送一份有错误的内容，确认程序能处理拒收及其代码。"),
            new("mended", refused > 0 && waiting == 0, waiting, "Mend and resubmit, or withdraw, what still waits in quarantine.", "更正后重新提交隔离区中等待的内容，或将其撤回。"),
            new("repeated", sum.Counts.Unchanged > 0, sum.Counts.Unchanged, "Send the same content again: it has to come back as unchanged.", "原样重发同一内容，结果应为“未变化”。"),
            new("corrected", sum.Corrected > 0, sum.Corrected, "Send a changed version of a record, or withdraw one.", "发送某条记录的更正版本，或撤销一条记录。"),
        ];
    }

    private async ValueTask<Outcome<IReadOnlyList<QuarantineEntry>>> EntriesAsync(string sender, string format, CancellationToken cancel)
    {
        var entries = new List<QuarantineEntry>();
        long? after = null;
        do
        {
            if (!(await ledger.FindAsync(QuarantineEntry.Kind, [new LedgerLabel('s', sender)], 500, after, cancel)).Try(out var page, out var problem))
            {
                return problem;
            }

            entries.AddRange(page.Documents.Select(d => d.As<QuarantineEntry>() with { Packed = null }).Where(e => e.Format == format));
            after = page.Next;
        }
        while (after is not null && entries.Count < MostReceipts);
        return entries;
    }

    private sealed class Sum
    {
        public Counts Counts { get; set; }

        public long Corrected { get; set; }
    }
}
