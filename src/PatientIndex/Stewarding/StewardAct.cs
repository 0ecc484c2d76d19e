namespace Kangqiao.PatientIndex.Stewarding;

/// <summary>Who decides, and why.</summary>
/// <param name="Actor">Tells persons apart: a staff number, a Practitioner's id.</param>
public sealed record StewardAct(string Actor, string Reason);

/// <summary>What came of a decision.</summary>
/// <param name="Residents">Residents as they are now, those concerned first.</param>
/// <param name="Proposal">The review that waits for another person; null where it is done.</param>
/// <param name="Provenance">Id of the Provenance that tells of it; null while it waits.</param>
public sealed record StewardResult(IReadOnlyList<string> Residents, string? Proposal, string? Provenance);
