using System.Globalization;

namespace Kangqiao.Fhir.Findings;

/// <summary>OperationOutcome.issue.severity.</summary>
public enum Severity : byte
{
    Information,
    Warning,
    Error,

    /// <summary>Reading could not go on.</summary>
    Fatal,
}

/// <summary>
/// One way a record can be found wanting. The code is stable across releases and documented; the two texts say what is
/// wrong and what to do, with places for the particulars ({0}, {1}).
/// </summary>
/// <param name="Code">Stable detail code, e.g. "FHR007".</param>
/// <param name="IssueType">A code of http://hl7.org/fhir/issue-type.</param>
/// <param name="Severity">Unless the finding itself says otherwise.</param>
public sealed record FindingKind(string Code, string IssueType, Severity Severity, string English, string Chinese);

/// <summary>Something found in one place of one record.</summary>
/// <param name="Path">FHIRPath of the element, "Patient.name[0].given[1]".</param>
/// <param name="Arguments">The particulars for the texts; never more of the record's content than is needed to mend it.</param>
/// <param name="Line">From 1; 0 where the record has no text of its own.</param>
/// <param name="Column">From 1, in bytes.</param>
public sealed record Finding(FindingKind Kind, Severity Severity, string Path, string[] Arguments, int Line, int Column)
{
    public bool IsError => Severity >= Severity.Error;

    public string English => string.Format(CultureInfo.InvariantCulture, Kind.English, Arguments);

    public string Chinese => string.Format(CultureInfo.InvariantCulture, Kind.Chinese, Arguments);

    public override string ToString() => $"{Severity} {Kind.Code} {Path} ({Line},{Column}): {English}";
}
