namespace Kangqiao.Fhir.Findings;

/// <summary>
/// The findings of one record, in the order found. It keeps no more than its limit, so that a hostile record cannot fill
/// the memory; what comes after is only counted.
/// </summary>
public sealed class FindingList(int limit = FindingList.DefaultLimit)
{
    public const int DefaultLimit = 200;

    private readonly List<Finding> findings = [];

    public IReadOnlyList<Finding> Items => findings;

    public int Count => findings.Count;

    /// <summary>Found but not kept.</summary>
    public int Dropped { get; private set; }

    public bool HasErrors { get; private set; }

    public bool IsFull => findings.Count >= limit;

    public void Add(Finding finding)
    {
        if (IsFull)
        {
            Drop(finding.Severity);
            return;
        }

        HasErrors |= finding.IsError;
        findings.Add(finding);
    }

    /// <summary>
    /// Counts a finding that a full list would not keep: so that a record with millions of faults does not cost millions
    /// of messages, ask <see cref="IsFull"/> before making one.
    /// </summary>
    public void Drop(Severity severity)
    {
        HasErrors |= severity >= Severity.Error;
        Dropped++;
    }

    public void Clear()
    {
        findings.Clear();
        Dropped = 0;
        HasErrors = false;
    }
}
