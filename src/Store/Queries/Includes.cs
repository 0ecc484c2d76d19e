using Kangqiao.Fhir.Search;
using Kangqiao.Kernel;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Store.Queries;

/// <summary>_include and _revinclude (R4 search.html#revinclude): whole, or refused.</summary>
internal sealed class Includes(IRecordStore store, TermBook book, SearchRequest request, Covering? covering = null)
{
    private const int MostRounds = 10;

    public async ValueTask<Outcome<List<StoredRecord>>> OfAsync(IReadOnlyList<StoredRecord> matches, Run run)
    {
        var included = new List<StoredRecord>();
        if (request.Includes.Count == 0 || matches.Count == 0)
        {
            return included;
        }

        var known = matches.Select(m => m.Number).ToHashSet();
        var fresh = matches;
        for (var round = 0; fresh.Count > 0 && round < MostRounds; round++)
        {
            var next = new List<StoredRecord>();
            foreach (var include in request.Includes)
            {
                // R4: without :iterate an include is about the matches only.
                if (round > 0 && !include.IsIterate)
                {
                    continue;
                }

                var found = include.IsReverse ? await ReverseAsync(include, fresh, run) : await ForwardAsync(include, fresh, run);
                if (!found.Try(out var records, out var problem))
                {
                    return problem;
                }

                next.AddRange(records.Where(r => known.Add(r.Number)));
                if (included.Count + next.Count > run.Bounds.MostIncluded)
                {
                    return QueryProblems.TooManyIncluded(run.Bounds.MostIncluded);
                }
            }

            included.AddRange(next);
            fresh = next;
        }

        return fresh.Count == 0 ? included : QueryProblems.TooDeep(MostRounds);
    }

    private async ValueTask<Outcome<List<StoredRecord>>> ForwardAsync(IncludeAsk include, IReadOnlyList<StoredRecord> from, Run run)
    {
        var pointers = new Pointers(store, book);
        foreach (var record in from)
        {
            if ((include.Source is null || include.Source == record.Key.Type) && book.PlanOf(record.Key.Type) is { } plan)
            {
                var position = include.Code is null ? -1 : plan.Find(include.Code);
                if (include.Code is not null && position < 0)
                {
                    continue;
                }

                _ = RecordReader.Ask(record, plan, false, values =>
                {
                    pointers.Add(values, position, run.OwnBase);
                    return true;
                });
            }
        }

        return (await pointers.ResolveAsync(include.Target?.Name, run)).Try(out var records, out var problem)
            ? records.Count > run.Bounds.MostIncluded ? QueryProblems.TooManyIncluded(run.Bounds.MostIncluded) : await ReadableAsync(records, run)
            : problem;
    }

    /// <summary>Those that the reader may see.</summary>
    private async ValueTask<Outcome<List<StoredRecord>>> ReadableAsync(List<StoredRecord> records, Run run)
    {
        if (run.Reader.IsUnrestricted || records.Count == 0)
        {
            return records;
        }

        var allowed = new HashSet<long>();
        foreach (var ofType in records.GroupBy(r => r.Key.Type, StringComparer.Ordinal))
        {
            if (!(await Selection.AmongAsync(store, run.Reader.For(ofType.Key), [.. ofType.Select(r => r.Number).Order()], run)).Try(out var readable, out var problem))
            {
                return problem;
            }

            allowed.UnionWith(readable);
        }

        return records.FindAll(r => allowed.Contains(r.Number));
    }

    private async ValueTask<Outcome<List<StoredRecord>>> ReverseAsync(IncludeAsk include, IReadOnlyList<StoredRecord> from, Run run)
    {
        if (!(await book.OfAsync(include.Source!, run.Cancel)).Try(out var terms, out var problem))
        {
            return problem;
        }

        var targets = from.Where(r => include.Target is null || r.Key.Type == include.Target.Name).ToList();
        var records = new List<StoredRecord>();
        foreach (var piece in targets.Chunk(50))
        {
            if (!(await ReferringAsync(terms, include, piece, run)).Try(out var referring, out problem))
            {
                return problem;
            }

            var ask = new SearchAsk(referring) { Limit = Math.Min(10_000, run.Bounds.MostIncluded), WithRecords = true, Patience = run.Patience };
            if (!(await store.SearchAsync(ask, run.Cancel)).Try(out var page, out problem))
            {
                return problem;
            }

            records.AddRange(page.Records);
            if (page.HasMore || records.Count > run.Bounds.MostIncluded)
            {
                return QueryProblems.TooManyIncluded(run.Bounds.MostIncluded);
            }
        }

        return records;
    }

    private async ValueTask<Outcome<SearchFilter>> ReferringAsync(TypeTerms terms, IncludeAsk include, StoredRecord[] targets, Run run)
    {
        var any = new List<Likely>();
        var called = new List<(RecordNames Names, int Position)>();
        for (var position = 0; position < terms.Codes.Count; position++)
        {
            var parameter = terms.Plan.Parameters[position];
            if (parameter.Type != Fhir.Facts.SearchType.Reference || terms.Plan.Find(parameter.Code) != position
                || (include.Code is not null && parameter.Code != include.Code))
            {
                continue;
            }

            var names = new RecordNames(book, run.OwnBase);
            foreach (var target in targets)
            {
                if (include.Code is not null || MayPointAt(parameter, target.Key.Type))
                {
                    names.Add(target);
                }
            }

            if (names.Count > 0)
            {
                if (covering is not null && await covering.NameAsync(targets, names, run) is { } unnamed)
                {
                    return unnamed;
                }

                any.Add(names.Referring(terms, position, run.Bounds.MostChainTerms));
                called.Add((names, position));
            }
        }

        var likely = Likely.AnyOf(any);
        return new SearchFilter(TermQuery.AllOf(TermQuery.Is(terms.TypeTerm), run.Reader.For(include.Source!), likely.Maybe))
        {
            Doubtful = likely.Doubt,
            Recheck = record => RecordReader.Ask(record, terms.Plan, false, values => called.Exists(c => c.Names.AreCalled(values, c.Position))),
        };
    }

    private static bool MayPointAt(SearchParameter parameter, string type) =>
        parameter.Targets.Length == 0 || (Fhir.Facts.R4.Facts.Type(type) is { } fact && Array.Exists(parameter.Targets, fact.IsA));
}
