using System.Text;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Search;
using Kangqiao.Kernel;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Store.Queries;

/// <summary>
/// From what is asked of one type to the records it finds. Chains and _has are resolved first, from whichever side has fewer
/// records, into references or record numbers.
/// </summary>
internal sealed class Selector(IRecordStore store, TermBook book, ITermExpansion? expansion)
{
    public async ValueTask<Outcome<Selection>> SelectAsync(TypeAsk ask, CompartmentAsk? compartment, Run run)
    {
        if (!(await book.OfAsync(ask.Plan.Type.Name, run.Cancel)).Try(out var terms, out var problem))
        {
            return problem;
        }

        var likely = Likely.AllOf(
            Likely.Sure(run.Reader.Query),
            Likely.Sure(InCompartment(compartment)),
            new ClauseCompiler(terms, expansion).Compile(ask.Clauses));
        var draft = new Draft(ask, terms, likely);
        draft.Checks.AddRange(ask.Clauses.Select(c => (Func<StoredRecord, IndexValues, bool>)((_, values) => c.Matches(values))));
        foreach (var ids in ask.Ids)
        {
            if (await IdsAsync(draft, ids, run) is { } refused)
            {
                return refused;
            }
        }

        foreach (var chain in ask.Chains)
        {
            if (await ChainAsync(draft, chain, run) is { } refused)
            {
                return refused;
            }
        }

        foreach (var has in ask.Has)
        {
            if (await HasAsync(draft, has, run) is { } refused)
            {
                return refused;
            }
        }

        var filter = draft.Filter();
        if (draft.Only is null)
        {
            return new Selection(store, filter, []);
        }

        return (await Selection.AmongAsync(store, filter, draft.Only, run)).Try(out var numbers, out var tooMuch)
            ? new Selection(store, null, numbers)
            : tooMuch;
    }

    private static TermQuery InCompartment(CompartmentAsk? ask)
    {
        if (ask is null)
        {
            return TermQuery.Everything;
        }

        var at = Array.FindIndex(R4.Facts.Compartments, c => c.Type.Name == ask.Type);
        return TermQuery.AnyOf([.. ask.Ids.Select(id => TermQuery.Is(TypeTerms.CompartmentTerm(at, id)))]);
    }

    private async ValueTask<Problem?> IdsAsync(Draft draft, IdAsk ask, Run run)
    {
        RecordKey[] keys = [.. ask.Ids.Select(id => new RecordKey(draft.Ask.Plan.Type.Name, id)).Where(k => k.IsWellFormed)];
        if (!(await store.ReadAsync(keys, run.Cancel)).Try(out var records, out var problem))
        {
            return problem;
        }

        var live = records.OfType<StoredRecord>().Where(r => r.State == RecordState.Live).ToList();
        if (!ask.IsNot)
        {
            draft.Narrow([.. live.Select(r => r.Number)]);
            return null;
        }

        var numbers = live.Select(r => r.Number).ToHashSet();
        if (numbers.Count > 0)
        {
            // No term names a record, but few have all of its terms and were updated in the same minute.
            draft.Doubts.Add(TermQuery.AnyOf([.. live.Select(r => Resembling(r, draft.Terms))]));
            draft.Checks.Add((record, _) => !numbers.Contains(record.Number));
        }

        return null;
    }

    private static TermQuery Resembling(StoredRecord record, TypeTerms terms)
    {
        var written = RecordReader.Ask(record, terms.Plan, "", values =>
            new TermWriter().Write(terms, values, record.Key.Id, default).Try(out var bytes, out _)
                ? Encoding.UTF8.GetString(bytes.Span)
                : "");
        var stamp = record.Instant.UtcDateTime.ToString("yyyyMMddHHmm", System.Globalization.CultureInfo.InvariantCulture);
        return TermQuery.AllOf([
            StoreTerms.UpdatedIn(stamp),
            .. written.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Where(t => t[0] is 'k' or 'r' or 's' or 'd')
                .Take(12)
                .Select(TermQuery.Is)]);
    }

    private async ValueTask<Problem?> ChainAsync(Draft draft, ChainAsk chain, Run run)
    {
        var targets = new HashSet<RecordKey>();
        foreach (var target in chain.Targets)
        {
            if (!(await SelectAsync(target, null, run)).Try(out var inner, out var problem)
                || !(await NumbersAsync(inner, run.Bounds.MostChained, run)).Try(out var numbers, out problem))
            {
                return problem;
            }

            if (numbers is not null)
            {
                if (!(await Selection.ReadAsync(store, numbers, run)).Try(out var records, out problem))
                {
                    return problem;
                }

                targets.UnionWith(records.Select(r => r.Key));
                continue;
            }

            if (!(await ReferredAsync(draft, chain, target, inner, run)).Try(out var referred, out problem))
            {
                return problem;
            }

            targets.UnionWith(referred);
        }

        draft.Add(RefersTo(draft.Terms, chain.Position, targets, run));
        draft.Checks.Add((_, values) => LocalReferences.Any(values, chain.Position, run.OwnBase, targets));
        return null;
    }

    private static Likely RefersTo(TypeTerms terms, int position, HashSet<RecordKey> targets, Run run)
    {
        if (targets.Count > run.Bounds.MostChainTerms)
        {
            return Likely.Unsure(terms.Has(position));
        }

        return Likely.Sure(ClauseCompiler.Referring(terms, position, targets, run.OwnBase));
    }

    /// <summary>The far side of a chain has too many: those of them that the records found so far refer to.</summary>
    private async ValueTask<Outcome<RecordKey[]>> ReferredAsync(Draft draft, ChainAsk chain, TypeAsk target, Selection inner, Run run)
    {
        if (!(await NumbersAsync(draft, run.Bounds.MostChained, run)).Try(out var outer, out var problem))
        {
            return problem;
        }

        if (outer is null)
        {
            return QueryProblems.TooManyChained(chain.Name, run.Bounds.MostChained);
        }

        if (!(await Selection.ReadAsync(store, outer, run)).Try(out var records, out problem))
        {
            return problem;
        }

        var referred = new HashSet<RecordKey>();
        foreach (var record in records)
        {
            _ = RecordReader.Ask(record, draft.Terms.Plan, false, values =>
            {
                LocalReferences.Add(values, chain.Position, run.OwnBase, referred);
                return true;
            });
        }

        RecordKey[] keys = [.. referred.Where(k => k.Type == target.Plan.Type.Name && k.IsWellFormed)];
        if (!(await FindAsync(keys, run)).Try(out var found, out problem))
        {
            return problem;
        }

        var byNumber = found.ToDictionary(r => r.Number, r => r.Key);
        long[] sorted = [.. byNumber.Keys.Order()];
        return (await AmongAsync(inner, sorted, run)).Try(out var met, out problem)
            ? Array.ConvertAll(met, n => byNumber[n])
            : problem;
    }

    private async ValueTask<Problem?> HasAsync(Draft draft, HasAsk has, Run run)
    {
        if (!(await SelectAsync(has.Inner, null, run)).Try(out var inner, out var problem)
            || !(await NumbersAsync(inner, run.Bounds.MostChained, run)).Try(out var numbers, out problem))
        {
            return problem;
        }

        return numbers is null
            ? await HasFromOutsideAsync(draft, has, inner, run)
            : await HasFromInsideAsync(draft, has, numbers, run);
    }

    private async ValueTask<Problem?> HasFromInsideAsync(Draft draft, HasAsk has, long[] numbers, Run run)
    {
        if (!(await Selection.ReadAsync(store, numbers, run)).Try(out var records, out var problem))
        {
            return problem;
        }

        var referred = new HashSet<RecordKey>();
        foreach (var record in records)
        {
            _ = RecordReader.Ask(record, has.Inner.Plan, false, values =>
            {
                LocalReferences.Add(values, has.Position, run.OwnBase, referred);
                return true;
            });
        }

        var type = draft.Ask.Plan.Type.Name;
        if (!(await FindAsync([.. referred.Where(k => k.Type == type && k.IsWellFormed)], run)).Try(out var found, out problem))
        {
            return problem;
        }

        draft.Narrow([.. found.Select(r => r.Number)]);
        return null;
    }

    /// <summary>The far side has too many: ask for each record found so far whether one of them refers to it.</summary>
    private async ValueTask<Problem?> HasFromOutsideAsync(Draft draft, HasAsk has, Selection inner, Run run)
    {
        if (!(await book.OfAsync(has.Inner.Plan.Type.Name, run.Cancel)).Try(out var terms, out var problem)
            || !(await NumbersAsync(draft, run.Bounds.MostChained, run)).Try(out var outer, out problem))
        {
            return problem;
        }

        if (outer is null)
        {
            return QueryProblems.TooManyChained(has.Name, run.Bounds.MostChained);
        }

        if (!(await Selection.ReadAsync(store, outer, run)).Try(out var records, out problem))
        {
            return problem;
        }

        // The far side was too large to list, so it is a filter.
        var filter = inner.Filter!;
        var met = new List<long>();
        foreach (var record in records)
        {
            if (run.IsOver)
            {
                return QueryProblems.TookTooLong();
            }

            var refers = RefersTo(terms, has.Position, [record.Key], run);
            var ask = new SearchAsk(Selection.Narrowed(filter, refers.Maybe)) { Limit = 1, Patience = run.Patience };
            if (!(await store.SearchAsync(ask, run.Cancel)).Try(out var page, out problem))
            {
                return problem;
            }

            if (page.Numbers.Count > 0)
            {
                met.Add(record.Number);
            }
        }

        draft.Narrow([.. met]);
        return null;
    }

    private async ValueTask<Outcome<long[]?>> NumbersAsync(Draft draft, int most, Run run)
    {
        var filter = draft.Filter();
        if (draft.Only is null)
        {
            return await NumbersAsync(new Selection(store, filter, []), most, run);
        }

        return (await Selection.AmongAsync(store, filter, draft.Only, run)).Try(out var numbers, out var problem) ? numbers : problem;
    }

    /// <summary>All numbers; null where a filter finds more than so many.</summary>
    private static async ValueTask<Outcome<long[]?>> NumbersAsync(Selection selection, int most, Run run)
    {
        if (selection.Filter is null)
        {
            return selection.Numbers;
        }

        var all = new List<long>();
        long? after = null;
        while (true)
        {
            var limit = Math.Min(10_000, most + 1 - all.Count);
            if (!(await selection.PageAsync(after, limit, withRecords: false, run)).Try(out var page, out var problem))
            {
                return problem;
            }

            all.AddRange(page.Numbers);
            if (all.Count > most)
            {
                return (long[]?)null;
            }

            if (!page.HasMore || page.Numbers.Count == 0)
            {
                return all.ToArray();
            }

            after = page.Numbers[^1];
        }
    }

    private async ValueTask<Outcome<long[]>> AmongAsync(Selection selection, long[] numbers, Run run) =>
        selection.Filter is { } filter
            ? await Selection.AmongAsync(store, filter, numbers, run)
            : selection.Numbers.Intersect(numbers).Order().ToArray();

    private async ValueTask<Outcome<List<StoredRecord>>> FindAsync(RecordKey[] keys, Run run)
    {
        var found = new List<StoredRecord>();
        foreach (var piece in keys.Chunk(500))
        {
            if (run.IsOver)
            {
                return QueryProblems.TookTooLong();
            }

            if (!(await store.ReadAsync(piece, run.Cancel)).Try(out var read, out var problem))
            {
                return problem;
            }

            found.AddRange(read.OfType<StoredRecord>().Where(r => r.State == RecordState.Live));
        }

        return found;
    }

    /// <summary>What is known so far of the records asked for.</summary>
    private sealed class Draft(TypeAsk ask, TypeTerms terms, Likely likely)
    {
        private Likely found = likely;

        public TypeAsk Ask { get; } = ask;

        public TypeTerms Terms { get; } = terms;

        /// <summary>All must hold of a record that is looked at.</summary>
        public List<Func<StoredRecord, IndexValues, bool>> Checks { get; } = [];

        public List<TermQuery> Doubts { get; } = [];

        /// <summary>Only these numbers, ascending; null while any will do.</summary>
        public long[]? Only { get; private set; }

        public void Add(Likely condition) => found = Likely.AllOf(found, condition);

        public void Narrow(long[] numbers)
        {
            Array.Sort(numbers);
            Only = Only is null ? [.. numbers.Distinct()] : [.. Only.Intersect(numbers).Order()];
        }

        public SearchFilter Filter()
        {
            // To ask for the type as well would walk the longest list there is beside what has decided it.
            var maybe = Terms.Implies(found.Maybe) ? found.Maybe : TermQuery.AllOf(TermQuery.Is(Terms.TypeTerm), found.Maybe);
            var doubtful = TermQuery.AnyOf([found.Doubt, .. Doubts]);
            if (doubtful is TermQuery.NoRecord)
            {
                return new(maybe);
            }

            Func<StoredRecord, IndexValues, bool>[] checks = [.. Checks];
            var plan = Terms.Plan;
            return new(maybe)
            {
                Doubtful = doubtful,
                Recheck = record => RecordReader.Ask(record, plan, false, values => Array.TrueForAll(checks, c => c(record, values))),
            };
        }
    }
}
