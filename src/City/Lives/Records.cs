using Kangqiao.City.Content;
using Kangqiao.City.People;
using Kangqiao.City.Places;

namespace Kangqiao.City.Lives;

internal enum VisitKind
{
    Outpatient,
    Emergency,
    Inpatient,
    CheckUp,
    FollowUp,
    HomeVisit,
}

/// <summary>Something an institution writes down about a patient of its own.</summary>
internal abstract record Happening(SourcePatient Patient, DateTime At)
{
    public Institution Institution => Patient.Institution;

    /// <summary>When the institution sends it: never before it is over.</summary>
    public DateTime SaidAt { get; set; }
}

internal sealed record Diagnosis(string Code, string Name);

/// <param name="Unit">UCUM.</param>
internal sealed record Vital(string Loinc, string Name, decimal Value, string Unit);

/// <param name="Text">For results that are not numbers.</param>
internal sealed record Result(Analyte Item, decimal? Value, string? Text, string Flag, (double Low, double High) Range);

internal sealed record LabReport(string Number, Panel Panel, DateTime Taken, DateTime Reported, List<Result> Results);

internal sealed record ImagingReport(string Number, Examination Examination, DateTime Done, DateTime Reported, string Finding, string Conclusion, bool Abnormal);

internal sealed record PrescribedDrug(Drug Drug, int Packs, int Days);

internal sealed record PrescribedDecoction(Decoction Decoction, int Doses);

internal sealed record Prescription(string Number, List<PrescribedDrug> Drugs, PrescribedDecoction? Decoction);

internal sealed record Charge(string Code, string Name, string Category, decimal Quantity, decimal UnitPrice)
{
    public decimal Amount => decimal.Round(Quantity * UnitPrice, 2);
}

internal sealed record Performed(string Number, Operation Operation, DateTime At);

/// <param name="Fund">What the insurance fund pays.</param>
/// <param name="Account">From the personal account.</param>
internal sealed record Settlement(decimal Total, decimal Fund, decimal Account, decimal Cash);

/// <param name="SentAt">When the report card went out; the law allows 24 hours.</param>
internal sealed record InfectiousReport(string Disease, DateTime SentAt);

internal sealed record Visit(SourcePatient Patient, DateTime At, VisitKind Kind, string Number, Department Department, Practitioner Doctor) : Happening(Patient, At)
{
    public required DateTime End { get; init; }

    public string? Complaint { get; set; }

    public List<Diagnosis> Diagnoses { get; } = [];

    public List<Vital> Vitals { get; } = [];

    public List<LabReport> Labs { get; } = [];

    public List<ImagingReport> Imaging { get; } = [];

    public List<Prescription> Prescriptions { get; } = [];

    public List<Performed> Operations { get; } = [];

    public List<Charge> Charges { get; } = [];

    public Settlement? Settlement { get; set; }

    public InfectiousReport? Report { get; set; }

    public bool Died { get; set; }

    public bool IsInpatient => Kind == VisitKind.Inpatient;
}

internal sealed record Vaccination(SourcePatient Patient, DateTime At, string Number, Dose Dose, string Lot, DateOnly Expires, string Site) : Happening(Patient, At);

/// <summary>A chronic disease, a pregnancy or a childhood that the primary centre looks after from this day on.</summary>
internal sealed record Enrolment(SourcePatient Patient, DateTime At, string Number, string Programme, string ProgrammeName, Diagnosis? Diagnosis) : Happening(Patient, At);

internal sealed record DeathNotice(SourcePatient Patient, DateTime At, string Number, Diagnosis Cause) : Happening(Patient, At);
