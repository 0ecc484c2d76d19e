using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Kangqiao.Ledger;

namespace Kangqiao.Ingest.Reconciling;

/// <summary>What has become of a difference.</summary>
internal enum DifferenceState
{
    Open,

    /// <summary>The sender or the steward has said why.</summary>
    Explained,

    /// <summary>There is none, or the steward has let it rest.</summary>
    Settled,
}

/// <summary>What a sender says it has of a day, in a domain.</summary>
/// <param name="What">A resource type, where it counts only those; null for all of the domain.</param>
internal sealed record Declaration(string Sender, DateOnly Day, string Domain, string? What)
{
    public const string Kind = "Declaration";

    public long? Count { get; init; }

    public decimal? Amount { get; init; }

    /// <summary>The sender's own numbers of the records, where it names them.</summary>
    public IReadOnlyList<string>? Ids { get; init; }

    public DateTimeOffset At { get; init; }

    public DifferenceState State { get; init; }

    public string? Why { get; init; }

    /// <summary>Who said why; a role and institution.</summary>
    public string? Who { get; init; }

    public LedgerKey Key => KeyOf(Sender, Day, Domain, What);

    public static LedgerKey KeyOf(string sender, DateOnly day, string domain, string? what) => new(
        Kind, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{sender}\n{day:yyyyMMdd}\n{domain}\n{what}"))).AsSpan(0, 16)));

    public static string DayLabel(DateOnly day) => day.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    public LedgerPage ToPage(long? expected) =>
        LedgerPage.Of(Key, this, new LedgerLabel('s', Sender), new LedgerLabel('d', DayLabel(Day))) with { ExpectedVersion = expected };
}

/// <summary>What was declared beside what was taken in.</summary>
/// <param name="TakenAmount">Null where the domain has none, or there are too many records to add up.</param>
/// <param name="Missing">Numbers that were declared and have not come; at most a thousand of them.</param>
internal sealed record Comparison(string Sender, DateOnly Day, string Domain, string? What, Declaration? Declared, long Taken, decimal? TakenAmount, IReadOnlyList<string> Missing, long MissingCount)
{
    public bool Agrees => Declared is not null && (Declared.Count is null || Declared.Count == Taken)
        && (Declared.Amount is null || Declared.Amount == TakenAmount) && MissingCount == 0;

    /// <summary>A difference that has gone is settled, whatever was said of it.</summary>
    public DifferenceState State => Agrees ? DifferenceState.Settled : Declared?.State ?? DifferenceState.Open;
}
