namespace Kangqiao.City;

/// <summary>What was built.</summary>
/// <param name="Units">FHIR resources and HL7 messages sent, mistakes among them.</param>
/// <param name="Patients">Patients as the institutions count them: one resident is several.</param>
public sealed record CitySummary(int Residents, int Institutions, long Patients, long Units, long Mistakes, int Plants);
