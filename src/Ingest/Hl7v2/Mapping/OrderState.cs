using Kangqiao.Ingest.Hl7v2.Reading;

namespace Kangqiao.Ingest.Hl7v2.Mapping;

/// <summary>The order (ORC, OBR, RXO, …) whose segments are being read.</summary>
internal sealed class OrderState(Segment orc)
{
    public Segment Orc { get; set; } = orc;

    public Segment Obr { get; set; }

    public string Placer { get; set; } = "";

    public string Filler { get; set; } = "";

    /// <summary>ServiceRequest or MedicationRequest.</summary>
    public Draft? Request { get; set; }

    public Draft? Report { get; set; }

    /// <summary>MedicationDispense, MedicationAdministration or Immunization.</summary>
    public Draft? Given { get; set; }

    public List<Draft> Specimens { get; } = [];

    /// <summary>A table 0085 status of each result, for a report that does not say its own.</summary>
    public List<string> ResultStatus { get; } = [];

    public string Control => Orc.Field(1).Text();
}
