using System.Text;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Search;
using Kangqiao.Fhir.Search.Query;
using Kangqiao.Kernel;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Store.Queries;

/// <summary>
/// From what is asked of one type to the records it finds. Chains and _has are resolved first, from whichever side has fewer
/// records, into references or record numbers.
/// </summary>
internal sealed class Selector(IRecordStore store, TermBook book, ITermExpansion? expansion, Covering? covering = null)
{
    /// <param name="place">Where somebody searches; null for what a search needs on its way.</param>
    public async ValueTask<Outcome<Selection>> SelectAsync(TypeAsk wanted, SearchPlace? place, Run run)
    {
        if (!(await book.OfAsync(wanted.Plan.Type.Name, run.Cancel)).Try(out var terms, out var problem))
        {
            return problem;
        }

        var ask = wanted;
        if (covering is not null)
        {
            ask = new TypeAsk(wanted.Plan);
            ask.Take(wanted);
            if (await covering.CoverAsync(ask, run) is { } uncovered)
            {
                return uncovered;
            }
        }

        var likely = Likely.AllOf(
            Likely.Sure(run.Reader.For(ask.Plan.Type.Name)),
            Likely.Sure(InCompartment(place?.Compartment)),
            place is null || covering is null ? Likely.Sure(TermQuery.Everything) : covering.WithoutComposed(ask, terms, place),
            new ClauseCompiler(terms, expansion).Compile(ask.Clauses));
        var draft = new Draft(ask, terms, likely);
        draft.Checks.AddRange(ask.Clauses.Select(c => (Func<StoredRecord, IndexValues, bool>)((_, values) => c.Matches(values))));
        if (ask.Clauses.Select(Refusal).FirstOrDefault(r => r is not null) is { } unknown)
        {
            return unknown;
        }

        foreach (var text in ask.Texts)
        {
            // No term holds the words of a text: what else is asked narrows, and the rest is read.
            draft.Doubts.Add(TermQuery.Everything);
            draft.Checks.Add((_, values) => text.Matches(values.Resource));
        }

        foreach (var ids in ask.Ids)
        {
            if (await IdsAsync(draft, ids, run) is { } refused)
            {
                return refused;
            }
        }

        foreach (var list in ask.Lists)
        {
            if (!(await new ListedRecords(store, book).NumbersAsync(list.Ids, draft.Ask.Plan.Type.Name, run)).Try(out var listed, out problem))
            {
                return problem;
            }

            draft.Narrow(listed);
        }

        foreach (var hierarchy in ask.Hierarchies)
        {
            if (!(await new Hierarchies(store, book).NamesAsync(hierarchy, run)).Try(out var names, out problem))
            {
                return problem;
            }

            draft.Refers(names, hierarchy.Clause.Position, run);
        }

        foreach (var node in ask.Filters)
        {
            if (!(await FilterAsync(draft, node, run)).Try(out var asked, out problem))
            {
                return problem;
            }

            draft.Add(asked.Likely);
            draft.Checks.Add(asked.Check);
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

    /// <summary>Why nothing can be found by the clause.</summary>
    private Problem? Refusal(SearchClause clause)
    {
        foreach (var operand in clause.Operands)
        {
            if (operand is ConceptOperand { System: null } concept && expansion?.Refusal(concept.Target) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private async ValueTask<Problem?> IdsAsync(Draft draft, IdAsk ask, Run run)
    {
        if (!(await LiveAsync(draft, ask, run)).Try(out var live, out var problem))
        {
            return problem;
        }

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

    private async ValueTask<Outcome<List<StoredRecord>>> LiveAsync(Draft draft, IdAsk ask, Run run)
    {
        RecordKey[] keys = [.. ask.Ids.Select(id => new RecordKey(draft.Ask.Plan.Type.Name, id)).Where(k => k.IsWellFormed)];
        return (await store.ReadAsync(keys, run.Cancel)).Try(out var records, out var problem)
            ? records.OfType<StoredRecord>().Where(r => r.State == RecordState.Live).ToList()
            : problem;
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

    private async ValueTask<Outcome<(Likely Likely, Func<StoredRecord, IndexValues, bool> Check)>> FilterAsync(Draft draft, FilterNode node, Run run)
    {
        switch (node)
        {
            case FilterNode.All all:
                return await BothAsync(draft, all.Left, all.Right, run, (a, b) => (Likely.AllOf(a.Likely, b.Likely), (r, v) => a.Check(r, v) && b.Check(r, v)));
            case FilterNode.Any any:
                return await BothAsync(draft, any.Left, any.Right, run, (a, b) => (Likely.AnyOf(a.Likely, b.Likely), (r, v) => a.Check(r, v) || b.Check(r, v)));
            case FilterNode.Not not:
                return (await FilterAsync(draft, not.Part, run)).Try(out var inner, out var problem)
                    ? (inner.Likely.Not(), (Func<StoredRecord, IndexValues, bool>)((r, v) => !inner.Check(r, v)))
                    : problem;
            case FilterNode.Plain plain:
                var clause = plain.Clause;
                if (covering is not null && !(await covering.CoveredAsync(clause, run)).Try(out clause, out var uncovered))
                {
                    return uncovered;
                }

                return Refusal(clause) is { } unknown ? unknown
                    : (new ClauseCompiler(draft.Terms, expansion).Compile([clause]), (_, v) => clause.Matches(v));
            case FilterNode.OfValue value:
                var candidates = value.How == FilterComparison.Differs
                    ? Likely.Unsure(draft.Terms.Has(value.Candidates.Position))
                    : new ClauseCompiler(draft.Terms, expansion).Compile([value.Candidates]).Doubted();
                return (candidates, (Func<StoredRecord, IndexValues, bool>)((_, v) => value.Matches(v)));
            case FilterNode.Ids ids:
                if (!(await LiveAsync(draft, ids.Ask, run)).Try(out var live, out var refused))
                {
                    return refused;
                }

                var numbers = live.Select(r => r.Number).ToHashSet();
                var found = numbers.Count == 0
                    ? Likely.Sure(TermQuery.Nothing)
                    : Likely.Unsure(TermQuery.AnyOf([.. live.Select(r => Resembling(r, draft.Terms))]));
                return (ids.Ask.IsNot ? found.Not() : found, (Func<StoredRecord, IndexValues, bool>)((r, _) => numbers.Contains(r.Number) != ids.Ask.IsNot));
            case FilterNode.Chain chain:
                if (!(await TargetsAsync(null, chain.Ask, run)).Try(out var names, out var tooMany))
                {
                    return tooMany;
                }

                return (
                    names.Referring(draft.Terms, chain.Ask.Position, run.Bounds.MostChainTerms),
                    (Func<StoredRecord, IndexValues, bool>)((_, v) => names.AreCalled(v, chain.Ask.Position)));
            default:
                var isTrue = ((FilterNode.Fixed)node).IsTrue;
                return (Likely.Sure(isTrue ? TermQuery.Everything : TermQuery.Nothing), (Func<StoredRecord, IndexValues, bool>)((_, _) => isTrue));
        }
    }

    private async ValueTask<Outcome<(Likely Likely, Func<StoredRecord, IndexValues, bool> Check)>> BothAsync(
        Draft draft,
        FilterNode left,
        FilterNode right,
        Run run,
        Func<(Likely Likely, Func<StoredRecord, IndexValues, bool> Check), (Likely Likely, Func<StoredRecord, IndexValues, bool> Check), (Likely, Func<StoredRecord, IndexValues, bool>)> join) =>
        (await FilterAsync(draft, left, run)).Try(out var first, out var problem) && (await FilterAsync(draft, right, run)).Try(out var second, out problem)
            ? join(first, second)
            : problem!;

    private async ValueTask<Problem?> ChainAsync(Draft draft, ChainAsk chain, Run run)
    {
        if (!(await TargetsAsync(draft, chain, run)).Try(out var names, out var problem))
        {
            return problem;
        }

        draft.Refers(names, chain.Position, run);
        return null;
    }

    /// <summary>What the records at the far end of a chain are called.</summary>
    /// <param name="draft">Where the far end has too many, those of them that these records refer to; null to refuse then.</param>
    private async ValueTask<Outcome<RecordNames>> TargetsAsync(Draft? draft, ChainAsk chain, Run run)
    {
        var names = new RecordNames(book, run.OwnBase);
        foreach (var target in chain.Targets)
        {
            if (!(await SelectAsync(target, null, run)).Try(out var inner, out var problem)
                || !(await NumbersAsync(inner, run.Bounds.MostChained, run)).Try(out var numbers, out problem))
            {
                return problem;
            }

            if (numbers is null && draft is null)
            {
                return QueryProblems.TooManyChained(chain.Name, run.Bounds.MostChained);
            }

            var found = numbers is not null
                ? await Selection.ReadAsync(store, numbers, run)
                : await ReferredAsync(draft!, chain, target, inner, run);
            if (!found.Try(out var records, out problem))
            {
                return problem;
            }

            records.ForEach(names.Add);
            if (covering is not null && await covering.NameAsync(records, names, run) is { } unnamed)
            {
                return unnamed;
            }
        }

        return names;
    }

    /// <summary>The far side of a chain has too many: those of them that the records found so far refer to.</summary>
    private async ValueTask<Outcome<List<StoredRecord>>> ReferredAsync(Draft draft, ChainAsk chain, TypeAsk target, Selection inner, Run run)
    {
        if (!(await NumbersAsync(draft, run.Bounds.MostChained, run)).Try(out var outer, out var problem))
        {
            return problem;
        }

        if (outer is null)
        {
            return QueryProblems.TooManyChained(chain.Name, run.Bounds.MostChained);
        }

        if (!(await PointedAtAsync(outer, draft.Terms.Plan, chain.Position, target.Plan.Type.Name, run)).Try(out var found, out problem))
        {
            return problem;
        }

        var byNumber = found.ToDictionary(r => r.Number);
        long[] sorted = [.. byNumber.Keys.Order()];
        return (await AmongAsync(inner, sorted, run)).Try(out var met, out problem)
            ? met.Select(n => byNumber[n]).ToList()
            : problem;
    }

    /// <summary>The records of a type that these refer to.</summary>
    private async ValueTask<Outcome<List<StoredRecord>>> PointedAtAsync(long[] from, SearchPlan plan, int position, string type, Run run)
    {
        if (!(await Selection.ReadAsync(store, from, run)).Try(out var records, out var problem))
        {
            return problem;
        }

        var pointers = new Pointers(store, book);
        foreach (var record in records)
        {
            _ = RecordReader.Ask(record, plan, false, values =>
            {
                pointers.Add(values, position, run.OwnBase);
                return true;
            });
        }

        return await pointers.ResolveAsync(type, run);
    }

    private async ValueTask<Problem?> HasAsync(Draft draft, HasAsk has, Run run)
    {
        if (!(await SelectAsync(has.Inner, null, run)).Try(out var inner, out var problem)
            || !(await NumbersAsync(inner, run.Bounds.MostChained, run)).Try(out var numbers, out problem))
        {
            return problem;
        }

        if (numbers is null)
        {
            return await HasFromOutsideAsync(draft, has, inner, run);
        }

        if (!(await PointedAtAsync(numbers, has.Inner.Plan, has.Position, draft.Ask.Plan.Type.Name, run)).Try(out var found, out problem))
        {
            return problem;
        }

        if (covering is not null && draft.Ask.Plan.Type.Name == "Patient")
        {
            if (!(await covering.ComposedOfAsync(found, run)).Try(out var composed, out problem))
            {
                return problem;
            }

            found = [.. found, .. composed];
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
        var met = new List<long>();
        foreach (var record in records)
        {
            if (run.IsOver)
            {
                return QueryProblems.TookTooLong();
            }

            var names = new RecordNames(book, run.OwnBase);
            names.Add(record);
            if (covering is not null && await covering.NameAsync([record], names, run) is { } unnamed)
            {
                return unnamed;
            }

            var ask = new SearchAsk(Referring(inner.Filter!, names, terms, has.Position, run)) { Limit = 1, Patience = run.Patience };
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

    /// <summary>Those of the filter's records that call one of these.</summary>
    private static SearchFilter Referring(SearchFilter filter, RecordNames names, TypeTerms terms, int position, Run run)
    {
        var refers = names.Referring(terms, position, run.Bounds.MostChainTerms);
        return new(TermQuery.AllOf(refers.Maybe, filter.Query))
        {
            Doubtful = TermQuery.AnyOf(filter.Doubtful, refers.Doubt),
            Recheck = record => (filter.Recheck is null || filter.Recheck(record))
                && RecordReader.Ask(record, terms.Plan, false, values => names.AreCalled(values, position)),
        };
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

        /// <summary>Only those that call one of these by the parameter.</summary>
        public void Refers(RecordNames names, int position, Run run)
        {
            Add(names.Referring(Terms, position, run.Bounds.MostChainTerms));
            Checks.Add((_, values) => names.AreCalled(values, position));
        }

        public void Narrow(long[] numbers)
        {
            Array.Sort(numbers);
            Only = Only is null ? [.. numbers.Distinct()] : [.. Only.Intersect(numbers).Order()];
        }

        private TermQuery Typed(TermQuery query) =>
            Terms.Implies(query) ? query : TermQuery.AllOf(TermQuery.Is(Terms.TypeTerm), query);

        public SearchFilter Filter()
        {
            // To ask for the type as well would walk the longest list there is beside what has decided it.
            var maybe = Typed(found.Maybe);
            var doubtful = TermQuery.AnyOf([Typed(found.Doubt), .. Doubts.Select(d => TermQuery.AllOf(maybe, d))]);
            if (doubtful is TermQuery.NoRecord)
            {
                return new(maybe);
            }

            Func<StoredRecord, IndexValues, bool>[] checks = [.. Checks];
            var plan = Terms.Plan;
            return new(maybe)
            {
                Doubtful = doubtful,
                IsDoubtfulWithin = true,
                Recheck = record => RecordReader.Ask(record, plan, false, values => Array.TrueForAll(checks, c => c(record, values))),
            };
        }
    }
}
