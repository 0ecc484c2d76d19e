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
        HasErrors |= finding.IsError;
        if (IsFull)
        {
            Dropped++;
            return;
        }

        findings.Add(finding);
    }

    public void Clear()
    {
        findings.Clear();
        Dropped = 0;
        HasErrors = false;
    }
}
