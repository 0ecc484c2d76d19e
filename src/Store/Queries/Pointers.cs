using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Search;
using Kangqiao.Kernel;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Store.Queries;

/// <summary>What records refer to, gathered from their references, and the records that this turns out to be.</summary>
internal sealed class Pointers(IRecordStore store, TermBook book)
{
    private readonly HashSet<RecordKey> keys = [];
    private readonly HashSet<(string Url, string Version, SearchParameter By)> canonicals = [];
    private readonly HashSet<(string Type, string System, string Value, SearchParameter By)> identifiers = [];

    /// <param name="position">Of a reference parameter; -1 for all of them.</param>
    public void Add(IndexValues values, int position, string? ownBase)
    {
        foreach (ref readonly var value in values.Items)
        {
            if (position >= 0 && value.Parameter != position)
            {
                continue;
            }

            var by = values.Plan.Parameters[value.Parameter];
            if (LocalReferences.TryKey(values, value, ownBase, out var key))
            {
                keys.Add(key);
            }
            else if (value.Kind == IndexKind.ReferenceIdentifier && !value.First.IsEmpty && !value.Second.IsEmpty)
            {
                identifiers.Add((values.TextOf(value.Third), values.TextOf(value.First), values.TextOf(value.Second), by));
            }
            else if (LocalReferences.IsCanonical(value))
            {
                canonicals.Add((values.TextOf(value.Fourth), values.TextOf(value.Third), by));
            }
        }
    }

    /// <summary>The live records, without any that the reader may not see being left out: that is the caller's to do.</summary>
    /// <param name="type">Only of that type; null for any.</param>
    public async ValueTask<Outcome<List<StoredRecord>>> ResolveAsync(string? type, Run run)
    {
        var found = new Dictionary<long, StoredRecord>();
        foreach (var piece in keys.Where(k => k.IsWellFormed && (type is null || k.Type == type)).Chunk(500))
        {
            if (run.IsOver)
            {
                return QueryProblems.TookTooLong();
            }

            if (!(await store.ReadAsync(piece, run.Cancel)).Try(out var read, out var problem))
            {
                return problem;
            }

            Take(read, found);
            if (found.Count > run.Bounds.MostChained)
            {
                return QueryProblems.TooManyIncluded(run.Bounds.MostChained);
            }
        }

        var refused = await ByIdentifierAsync(type, found, run) ?? await ByUrlAsync(type, found, run);
        return refused is not null ? refused : found.Values.ToList();
    }

    private static void Take(IReadOnlyList<StoredRecord?> records, Dictionary<long, StoredRecord> into)
    {
        foreach (var record in records)
        {
            if (record is { State: RecordState.Live })
            {
                into.TryAdd(record.Number, record);
            }
        }
    }

    private async ValueTask<Problem?> ByIdentifierAsync(string? type, Dictionary<long, StoredRecord> into, Run run)
    {
        foreach (var (stated, system, value, by) in identifiers)
        {
            foreach (var target in Targets(by, stated.Length > 0 ? stated : null, type))
            {
                if (run.IsOver)
                {
                    return QueryProblems.TookTooLong();
                }

                if (!(await store.FindAsync(Identity.Of(target, system, value), run.Cancel)).Try(out var numbers, out var problem))
                {
                    return problem;
                }

                if (numbers.Count == 0)
                {
                    continue;
                }

                if (!(await store.ReadAsync(numbers, run.Cancel)).Try(out var read, out problem))
                {
                    return problem;
                }

                Take(read, into);
            }
        }

        return null;
    }

    private async ValueTask<Problem?> ByUrlAsync(string? type, Dictionary<long, StoredRecord> into, Run run)
    {
        var wanted = canonicals
            .SelectMany(c => Targets(c.By, null, type).Select(t => (Type: t, c.Url, c.Version)))
            .GroupBy(c => c.Type, StringComparer.Ordinal);
        foreach (var group in wanted)
        {
            if (!(await book.OfAsync(group.Key, run.Cancel)).Try(out var terms, out var problem))
            {
                return problem;
            }

            if (terms.Plan.Find("url") is not (>= 0 and var position) || terms.Plan.Parameters[position].Type != SearchType.Uri)
            {
                continue;
            }

            var asked = group.Select(c => (c.Url, c.Version)).ToHashSet();
            foreach (var piece in asked.Select(a => a.Url).Distinct(StringComparer.Ordinal).Chunk(100))
            {
                var query = TermQuery.AllOf(
                    TermQuery.Is(terms.TypeTerm),
                    TermQuery.AnyOf([.. piece.Select(url => ClauseCompiler.Uri(terms, position, url))]));
                var ask = new SearchAsk(query) { Limit = 1000, WithRecords = true, Patience = run.Patience };
                if (!(await store.SearchAsync(ask, run.Cancel)).Try(out var page, out problem))
                {
                    return problem;
                }

                if (page.HasMore)
                {
                    return QueryProblems.TooManyIncluded(1000);
                }

                Take([.. page.Records.Where(r => IsAsked(r, terms.Plan, asked))], into);
            }
        }

        return null;
    }

    /// <summary>Without a version every edition is meant that is here.</summary>
    private static bool IsAsked(StoredRecord record, SearchPlan plan, HashSet<(string Url, string Version)> asked) =>
        RecordReader.Ask(record, plan, false, values =>
            values.Resource.ChildText("url") is { } url
            && (asked.Contains((url, "")) || asked.Contains((url, values.Resource.ChildText("version") ?? ""))));

    private IEnumerable<string> Targets(SearchParameter by, string? stated, string? type)
    {
        if (stated is not null)
        {
            return type is null || type == stated ? book.PlanOf(stated) is null ? [] : [stated] : [];
        }

        // A parameter that may point anywhere is followed only to a type that is named: to look in all would cost a question each.
        var targets = by.Targets.Where(t => !t.IsAbstract).Select(t => t.Name).Where(t => type is null || t == type);
        return by.Targets.Length is 0 or > 20 ? type is null ? [] : [type] : targets;
    }
}
