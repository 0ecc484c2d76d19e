using Kangqiao.Audit.Entries;
using Kangqiao.Rest.Callers;
using Kangqiao.Store;
using Kangqiao.Store.Writes;

namespace Kangqiao.Rest.Auditing;

/// <summary>A record that was changed, for the trail.</summary>
internal readonly record struct Touched(AuditAction Action, RecordKey Key, long Version, IReadOnlyList<string> Patients)
{
    /// <param name="body">The new version's; empty for a deletion.</param>
    public static Touched Of(in OperationReceipt receipt, ReadOnlySpan<byte> body, bool isPatch = false) => new(
        receipt.Result switch
        {
            WriteResult.Created => AuditAction.Create,
            WriteResult.Deleted => AuditAction.Delete,
            _ => isPatch ? AuditAction.Patch : AuditAction.Update,
        },
        receipt.Key,
        receipt.Version,
        MentionedPatients.In(receipt.Key, body));

    /// <summary>A version that is deleted, tied to it.</summary>
    public static Touched Doomed(StoredRecord record) => new(AuditAction.Delete, record.Key, record.Version + 1, MentionedPatients.In(record.Key, record.Body.Span));

    /// <summary>Whose data a deleted record was stands in the version before.</summary>
    public static async ValueTask<Touched> OfDeletedAsync(Sight sight, OperationReceipt receipt, CancellationToken cancel)
    {
        var before = receipt.Version > 1 && (await sight.ReadAsync(receipt.Key, receipt.Version - 1, cancel)).Try(out var record, out _) ? record : null;
        return new(AuditAction.Delete, receipt.Key, receipt.Version, MentionedPatients.In(receipt.Key, before is null ? [] : before.Body.Span));
    }
}
