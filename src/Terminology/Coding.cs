namespace Kangqiao.Terminology;

/// <summary>A code with its system, as in FHIR's Coding.</summary>
/// <param name="System">Canonical URL of the code system; empty where not sent.</param>
public sealed record Coding(string System, string Code, string? Display = null, string? Version = null);
