using System.Security.Cryptography;
using System.Text;
using Kangqiao.Ledger;

namespace Kangqiao.Ingest.Codes;

/// <summary>Whether a mapping is only thought of, or applied at the door.</summary>
internal enum MapState
{
    Draft,
    Active,
}

/// <summary>What one of a sender's own codes means in a national table.</summary>
/// <param name="Equivalence">FHIR concept-map-equivalence: equivalent, wider, narrower, relatedto, inexact.</param>
/// <param name="Who">A role and institution, never a person's name.</param>
internal sealed record MapEntry(string Code, string? Display, string TargetSystem, string? TargetVersion, string TargetCode, string? TargetDisplay, string Equivalence, MapState State)
{
    public string Who { get; init; } = "";

    public DateTimeOffset At { get; init; }

    public string? Why { get; init; }
}

/// <summary>All mappings of one of a sender's tables. Each change is a version of the document.</summary>
internal sealed record CodeMap(string Sender, string System)
{
    public const string Kind = "CodeMap";

    public IReadOnlyList<MapEntry> Entries { get; init; } = [];

    public static LedgerKey KeyOf(string sender, string system) =>
        new(Kind, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{sender}\n{system}")).AsSpan(0, 16)));
}
