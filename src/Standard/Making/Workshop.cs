using System.Collections.Concurrent;
using Kangqiao.Fhir.Validation;
using Kangqiao.Store.Terms;

namespace Kangqiao.Standard.Making;

/// <summary>The workbenches of a server and what they share: the rules, and the names that terms have in the store.</summary>
public sealed class Workshop(TermBook book, Validator validator)
{
    private const int MostIdle = 64;

    private readonly ConcurrentBag<Workbench> idle = [];

    public TermBook Book { get; } = book;

    public Validator Validator { get; } = validator;

    /// <summary>A place to read and prepare records; give it back by disposing it.</summary>
    public Workbench Rent() => idle.TryTake(out var bench) ? bench : new Workbench(this);

    internal void Return(Workbench bench)
    {
        if (idle.Count < MostIdle)
        {
            idle.Add(bench);
        }
    }
}
