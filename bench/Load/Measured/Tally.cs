using Kangqiao.Bench.Load.Wire;

namespace Kangqiao.Bench.Load.Measured;

/// <summary>What one client saw, family by family; clients' tallies are added up at the end, so that none waits for another.</summary>
internal sealed class Tally
{
    private readonly Dictionary<string, FamilyTally> families = [];
    private readonly Dictionary<(string Family, int Status), (long Count, string Example)> errors = [];

    /// <summary>In the order of their names.</summary>
    public IEnumerable<FamilyTally> Families => families.Values.OrderBy(f => f.Name, StringComparer.Ordinal);

    public IEnumerable<(string Family, int Status, long Count, string Example)> Errors =>
        errors.OrderBy(e => e.Key).Select(e => (e.Key.Family, e.Key.Status, e.Value.Count, e.Value.Example));

    /// <summary>Answers that asked to come back later (429, 503): not errors, the request was sent again.</summary>
    public long Throttled { get; set; }

    public long Requests => families.Values.Sum(f => f.Latencies.Count);

    public long ErrorCount => errors.Values.Sum(e => e.Count);

    public long Wrong => families.Values.Sum(f => f.Wrong);

    public FamilyTally Of(string family)
    {
        if (!families.TryGetValue(family, out var tally))
        {
            families.Add(family, tally = new FamilyTally(family));
        }

        return tally;
    }

    public void Error(string family, Reply reply)
    {
        var known = errors.GetValueOrDefault((family, reply.Status));
        errors[(family, reply.Status)] = (known.Count + 1, known.Example ?? Mishap.Of(reply));
    }

    public void Add(Tally other)
    {
        Throttled += other.Throttled;
        foreach (var (name, tally) in other.families)
        {
            Of(name).Add(tally);
        }

        foreach (var (key, (count, example)) in other.errors)
        {
            var known = errors.GetValueOrDefault(key);
            errors[key] = (known.Count + count, known.Example ?? example);
        }
    }
}

/// <summary>Requests of one kind.</summary>
internal sealed class FamilyTally(string name)
{
    public string Name { get; } = name;

    public Latencies Latencies { get; } = new();

    /// <summary>Answers whose hits the generator knows and that were compared.</summary>
    public long Checked { get; private set; }

    public long Wrong { get; private set; }

    /// <summary>Records that the questions had to find, all together: a server that has nothing to find is quick.</summary>
    public long Found { get; set; }

    /// <summary>One answer that was wrong: what was asked, what was due, what came.</summary>
    public string? WrongExample { get; private set; }

    public void Right() => Checked++;

    public void NotRight(string example)
    {
        Checked++;
        Wrong++;
        WrongExample ??= example;
    }

    public void Add(FamilyTally other)
    {
        Latencies.Add(other.Latencies);
        Checked += other.Checked;
        Wrong += other.Wrong;
        Found += other.Found;
        WrongExample ??= other.WrongExample;
    }
}
