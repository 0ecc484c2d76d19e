using System.Text.Json;
using Kangqiao.PatientIndex.Rows;
using Kangqiao.PatientIndex.Sources;
using Kangqiao.Standard.Making;
using Kangqiao.Store;

namespace Kangqiao.PatientIndex.Residents;

/// <summary>What comparing has made of a source, as far as it matters for whose word counts.</summary>
/// <param name="NameRank">0 a whole Chinese name, 1 one in other letters, 2 partly hidden, 3 a newborn's, 4 none.</param>
/// <param name="Number">The person's own number as it is compared; empty where it may be somebody else's.</param>
/// <param name="Birth">yyyymmdd, or 0.</param>
internal readonly record struct SourceFacts(int NameRank, string Number, bool IsVerified, int Birth)
{
    public static SourceFacts Of(PersonTable table, in PersonRow row)
    {
        var number = row.IsNumberDoubted ? null : table.Numbers[row.Number];
        return new(
            table.Names[row.Name] switch { null => 4, { Kind: NameKind.Newborn } => 3, { Kind: NameKind.Masked } => 2, { IsHan: false } => 1, _ => 0 },
            number?.Text ?? "",
            number?.IsVerified == true,
            row.Birth);
    }
}

/// <summary>One source Patient among those of a resident.</summary>
internal sealed class SourcePatient
{
    public SourcePatient(string id, string sender, int flags, DateTimeOffset stored, ReadOnlyMemory<byte> body, SourceFacts facts)
    {
        Id = id;
        Sender = sender;
        IsMention = sender.Length > 0 && SaidAt.IsMention(flags);
        At = (sender.Length > 0 ? SaidAt.Instant(flags) : null) ?? stored;
        Facts = facts;
        using var document = JsonSaid.Parse(body);
        Body = document.RootElement.Clone();
        Tags = [.. Body.Member("meta").Items("tag").Select(tag => (tag.Text("system"), tag.Text("code")))];
    }

    public string Id { get; }

    public string Sender { get; }

    /// <summary>When the sender said it, else when it was stored.</summary>
    public DateTimeOffset At { get; }

    public bool IsMention { get; }

    public SourceFacts Facts { get; }

    public JsonElement Body { get; }

    public IReadOnlyList<(string System, string Code)> Tags { get; }

    public static SourcePatient Of(StoredRecord record, SourceFacts facts) =>
        new(record.Key.Id, record.Sender, record.Flags, record.Instant, record.Body, facts);
}
