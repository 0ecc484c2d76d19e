using System.Security.Cryptography;
using System.Text;
using Kangqiao.Ledger;
using Kangqiao.PatientIndex.Learning;
using Kangqiao.PatientIndex.Linking;

namespace Kangqiao.PatientIndex.Reviews;

public enum ReviewState
{
    /// <summary>Waits for somebody.</summary>
    Open,

    /// <summary>Somebody has proposed what another person has to confirm.</summary>
    Proposed,

    Decided,
}

/// <summary>Something about who is who that a person has to look at: a document of the ledger.</summary>
/// <param name="Id">Follows from what it is about, so that the same doubt is one review however often it comes up.</param>
/// <param name="Kind">Why.</param>
/// <param name="Source">The source Patient that gave rise to it; empty for a proposal.</param>
/// <param name="OtherSource">The source that it is like; empty where there is none.</param>
/// <param name="Resident">The source's resident when it arose; of a proposal the survivor.</param>
/// <param name="OtherResident">The other's; of a proposal the one to be merged.</param>
public sealed record Review(string Id, DoubtKind Kind, string Source, string OtherSource, string Resident, string OtherResident, DateTimeOffset At)
{
    public const string DocumentKind = "Review";

    private const int LongestRegion = 12;

    public ReviewState State { get; init; }

    /// <summary>Codes of the institutions concerned.</summary>
    public IReadOnlyList<string> Institutions { get; init; } = [];

    /// <summary>Division of the home, as far as it is known.</summary>
    public string Region { get; init; } = "";

    /// <summary>0 to 1, by the weights; 0 where they were not asked.</summary>
    public double Probability { get; init; }

    /// <summary>Names the weights.</summary>
    public string Model { get; init; } = "";

    /// <summary>Bits before anything is compared.</summary>
    public double PriorBits { get; init; }

    /// <summary>What speaks for and against, in bits.</summary>
    public IReadOnlyList<Evidence> Evidence { get; init; } = [];

    public string ProposedBy { get; init; } = "";

    public string DecidedBy { get; init; } = "";

    public string Decision { get; init; } = "";

    public string Reason { get; init; } = "";

    public DateTimeOffset? DecidedAt { get; init; }

    public static string IdOf(DoubtKind kind, string one, string other)
    {
        var (first, second) = string.CompareOrdinal(one, other) < 0 ? (one, other) : (other, one);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}\n{first}\n{second}")).AsSpan(0, 16));
    }

    internal static LedgerKey KeyOf(string id) => new(DocumentKind, id);

    internal LedgerPage ToPage(long? expected = null) => LedgerPage.Of(KeyOf(Id), this, [.. Labels()]) with { ExpectedVersion = expected };

    private IEnumerable<LedgerLabel> Labels()
    {
        yield return new('s', State == ReviewState.Decided ? "decided" : "open");
        yield return new('k', Kind.ToString().ToLowerInvariant());
        foreach (var institution in Institutions.Distinct(StringComparer.Ordinal).Where(i => i.Length > 0))
        {
            yield return new('i', institution);
        }

        foreach (var resident in new[] { Resident, OtherResident }.Where(r => r.Length > 0))
        {
            yield return new('p', resident);
        }

        // A steward of a district sees what lies in it.
        foreach (var length in (int[])[2, 4, 6, 9, LongestRegion])
        {
            if (Region.Length >= length)
            {
                yield return new('r', Region[..length]);
            }
        }
    }
}
