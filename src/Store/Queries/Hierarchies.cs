using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Search;
using Kangqiao.Fhir.Search.Query;
using Kangqiao.Kernel;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Store.Queries;

/// <summary>
/// Wholes and their parts (R4 search.html#recursive): of a type whose resources say what they are part of, everything below or above
/// one, itself included.
/// </summary>
internal sealed class Hierarchies(IRecordStore store, TermBook book)
{
    private const int MostLevels = 50;

    /// <summary>Position of the parameter by which resources of the type name the whole of their own kind; -1 where there is none.</summary>
    public static int ParentOf(SearchPlan plan)
    {
        var way = plan.Type.Name + ".partOf";
        return Array.FindIndex(
            plan.Parameters,
            p => p.Type == SearchType.Reference && p.Expression == way && Array.Exists(p.Targets, plan.Type.IsA));
    }

    public async ValueTask<Outcome<RecordNames>> NamesAsync(HierarchyAsk ask, Run run)
    {
        var found = new HashSet<RecordKey>();
        foreach (var operand in ask.Clause.Operands.OfType<ReferenceOperand>())
        {
            foreach (var type in Types(ask.Clause.Parameter, operand.Type))
            {
                var start = new RecordKey(type, operand.Id!);
                if (start.IsWellFormed && await WalkAsync(start, ask, found, run) is { } problem)
                {
                    return problem;
                }
            }
        }

        var names = new RecordNames(book, run.OwnBase);
        foreach (var key in found)
        {
            names.Add(key);
        }

        return names;
    }

    private IEnumerable<string> Types(SearchParameter parameter, string? named) => named is not null
        ? [named]
        : parameter.Targets.Where(t => !t.IsAbstract && book.PlanOf(t.Name) is { } plan && ParentOf(plan) >= 0).Select(t => t.Name);

    private async ValueTask<Problem?> WalkAsync(RecordKey start, HierarchyAsk ask, HashSet<RecordKey> found, Run run)
    {
        if (!(await book.OfAsync(start.Type, run.Cancel)).Try(out var terms, out var problem))
        {
            return problem;
        }

        List<RecordKey> level = [start];
        found.Add(start);
        for (var depth = 0; level.Count > 0; depth++)
        {
            if (depth > MostLevels || found.Count > run.Bounds.MostChained)
            {
                return QueryProblems.TooManyChained(ask.Name, run.Bounds.MostChained);
            }

            if (!(await (ask.IsBelow ? PartsAsync(level, terms, run) : WholesAsync(level, terms, run))).Try(out var next, out problem))
            {
                return problem;
            }

            level = [.. next.Where(found.Add)];
        }

        return null;
    }

    private async ValueTask<Outcome<List<RecordKey>>> PartsAsync(List<RecordKey> of, TypeTerms terms, Run run)
    {
        var parts = new List<RecordKey>();
        var position = ParentOf(terms.Plan);
        foreach (var piece in of.Chunk(200))
        {
            var query = TermQuery.AllOf(TermQuery.Is(terms.TypeTerm), run.Reader.For(terms.Plan.Type.Name), ClauseCompiler.Referring(terms, position, piece, run.OwnBase));
            long? after = null;
            while (true)
            {
                var ask = new SearchAsk(query) { After = after, Limit = 10_000, WithRecords = true, Patience = run.Patience };
                if (!(await store.SearchAsync(ask, run.Cancel)).Try(out var page, out var problem))
                {
                    return problem;
                }

                parts.AddRange(page.Records.Select(r => r.Key));
                if (!page.HasMore || parts.Count > run.Bounds.MostChained)
                {
                    break;
                }

                after = page.Numbers[^1];
            }
        }

        return parts;
    }

    private async ValueTask<Outcome<List<RecordKey>>> WholesAsync(List<RecordKey> of, TypeTerms terms, Run run)
    {
        if (!(await store.ReadAsync(of, run.Cancel)).Try(out var records, out var problem))
        {
            return problem;
        }

        var wholes = new List<RecordKey>();
        var position = ParentOf(terms.Plan);
        foreach (var record in records.OfType<StoredRecord>().Where(r => r.State == RecordState.Live))
        {
            _ = RecordReader.Ask(record, terms.Plan, false, values =>
            {
                foreach (ref readonly var value in values.Items)
                {
                    if (value.Parameter == position && LocalReferences.TryKey(values, value, run.OwnBase, out var key) && key.Type == terms.Plan.Type.Name)
                    {
                        wholes.Add(key);
                    }
                }

                return true;
            });
        }

        return wholes;
    }
}
