using Kangqiao.Fhir.Facts;

namespace Kangqiao.Facts.Making;

/// <summary>Codes by code system while they are being gathered, and whether that is all of them.</summary>
internal sealed class CodeSet
{
    private readonly SortedDictionary<string, SortedSet<string>> systems = new(StringComparer.Ordinal);

    public bool IsComplete { get; set; } = true;

    public int Count => systems.Values.Sum(s => s.Count);

    public void Add(string system, string code)
    {
        if (!systems.TryGetValue(system, out var codes))
        {
            systems.Add(system, codes = new SortedSet<string>(StringComparer.Ordinal));
        }

        codes.Add(code);
    }

    public void Add(CodeSet other)
    {
        IsComplete &= other.IsComplete;
        foreach (var (system, code) in other.All())
        {
            Add(system, code);
        }
    }

    /// <summary>Codes of both. What an incomplete set does not list it may still hold, so the result is then incomplete too.</summary>
    public CodeSet Common(CodeSet other)
    {
        var common = new CodeSet { IsComplete = IsComplete && other.IsComplete };
        foreach (var (system, code) in All().Where(c => other.Contains(c.System, c.Code)))
        {
            common.Add(system, code);
        }

        return common;
    }

    public void Remove(CodeSet other)
    {
        foreach (var (system, code) in other.All())
        {
            if (systems.TryGetValue(system, out var codes))
            {
                codes.Remove(code);
            }
        }
    }

    public ValueSetSystemFact[] ToFacts() =>
        [.. systems.Where(s => s.Value.Count > 0).Select(s => new ValueSetSystemFact(s.Key, [.. s.Value]))];

    private bool Contains(string system, string code) => systems.TryGetValue(system, out var codes) && codes.Contains(code);

    private IEnumerable<(string System, string Code)> All() => systems.SelectMany(s => s.Value.Select(code => (s.Key, code)));
}
