using System.Security.Cryptography;
using System.Text;
using Kangqiao.Ledger;

namespace Kangqiao.Ingest.Codes;

/// <summary>A code of a sender's own table that came without any other beside it.</summary>
/// <param name="Display">As the sender last named it.</param>
/// <param name="Count">Records that said it, as long as nothing was mapped to it.</param>
internal sealed record LocalCode(string Sender, string System, string Code, string? Display, long Count, DateTimeOffset First, DateTimeOffset Last)
{
    public const string Kind = "LocalCode";

    /// <summary>Elements it came in, such as Observation.code.</summary>
    public IReadOnlyList<string> Places { get; init; } = [];

    public bool IsMapped { get; init; }

    public static string IdOf(string sender, string system, string code) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{sender}\n{system}\n{code}")).AsSpan(0, 16));

    public static LedgerKey KeyOf(string id) => new(Kind, id);

    public LedgerPage ToPage(long? expected) =>
        LedgerPage.Of(KeyOf(IdOf(Sender, System, Code)), this, new LedgerLabel('s', Sender), new LedgerLabel('w', IsMapped ? "mapped" : "open"), new LedgerLabel('y', System)) with { ExpectedVersion = expected };
}

/// <summary>What was seen of a code in one record.</summary>
/// <param name="Place">The element, such as Observation.code.</param>
internal readonly record struct SeenCode(string System, string Code, string? Display, string Place);
