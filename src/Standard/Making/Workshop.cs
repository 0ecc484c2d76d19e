using System.Collections.Concurrent;
using Kangqiao.Fhir.Search;
using Kangqiao.Fhir.Validation;
using Kangqiao.Standard.Rules;
using Kangqiao.Standard.Sensitivity;
using Kangqiao.Store.Terms;

namespace Kangqiao.Standard.Making;

/// <summary>The workbenches of a server and what they share: the rules, and the names that terms have in the store.</summary>
/// <param name="sensitivity">What makes a record sensitive.</param>
/// <param name="rules">What is asked beyond FHIR; null for nothing.</param>
/// <param name="domains">Which elements carry which national tables; null for none.</param>
public sealed class Workshop(
    TermBook book, Validator validator, SensitivityRules sensitivity, PlausibilityRules? rules = null, ValueDomains? domains = null)
{
    private const int MostIdle = 64;

    private readonly ConcurrentBag<Workbench> idle = [];

    public TermBook Book { get; } = book;

    public Validator Validator { get; } = validator;

    public PlausibilityRules Rules { get; } = rules ?? PlausibilityRules.None;

    public ValueDomains? Domains { get; } = domains;

    public SensitivityRules Sensitivity { get; } = sensitivity;

    /// <summary>The form of the terms that are written here: see <see cref="TermForm"/>.</summary>
    public string Form { get; } = TermForm.Of(SearchPlan.Of, $"{sensitivity.Version}\n{CollectionDomains.Default.Version}");

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
