using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Search;
using Kangqiao.Kernel;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Store.Queries;

/// <summary>
/// The newest records of each kind. Goes from the newest back; a kind that has enough is left out of the question from then on, so
/// that thousands of the same do not stand in the way of the rare ones.
/// </summary>
/// <param name="Kind">Token parameter that makes the kind: records that share a coding are of one kind.</param>
/// <param name="Age">Date parameter.</param>
/// <param name="Most">Of each kind; at least 1.</param>
public sealed record LastOfEach(string Kind, string Age, int Most)
{
    private const int Step = 200;

    /// <summary>Kinds that are left out by their terms; those beyond are passed over one by one.</summary>
    private const int MostLeftOut = 1000;

    internal async ValueTask<Outcome<IReadOnlyList<StoredRecord>>> OfAsync(
        IRecordStore store, Selection selection, TypeTerms terms, TimeProvider time, Run run)
    {
        var position = terms.Plan.Find(Kind);
        var kinds = new List<OneKind>();
        var byCoding = new Dictionary<(string System, string Code), OneKind>();
        var leftOut = new List<TermQuery>();
        var pages = new SortedPages(store, _ => terms, [new(SortBy.Parameter, Age, SearchType.Date, true)], time);
        var rest = selection;
        PagePosition? after = null;
        while (true)
        {
            if (run.IsOver)
            {
                return QueryProblems.TookTooLong();
            }

            if (!(await pages.PageAsync(rest, [terms.Plan.Type.Name], after, Step, run)).Try(out var page, out var problem))
            {
                return problem;
            }

            foreach (var sorted in page.Page)
            {
                Take(sorted.Record, terms, position, kinds, byCoding, leftOut);
            }

            if (!page.HasMore)
            {
                return kinds.SelectMany(k => k.Records).ToList();
            }

            var last = page.Page[^1];
            after = new(last.Values, last.Record.Number);
            if (selection.Filter is { } filter && leftOut.Count is > 0 and <= MostLeftOut)
            {
                rest = new(store, Selection.Narrowed(filter, TermQuery.Without(TermQuery.AnyOf(leftOut))), []);
            }
        }
    }

    private void Take(
        StoredRecord record,
        TypeTerms terms,
        int position,
        List<OneKind> kinds,
        Dictionary<(string System, string Code), OneKind> byCoding,
        List<TermQuery> leftOut)
    {
        var codings = RecordReader.Ask(record, terms.Plan, [], values => CodingsOf(values, position));
        var known = codings.Select(c => byCoding.GetValueOrDefault(c)).FirstOrDefault(k => k is not null);
        if (known is null)
        {
            kinds.Add(known = new([]));
        }

        foreach (var coding in codings)
        {
            if (byCoding.TryAdd(coding, known) && known.Records.Count >= Most)
            {
                LeaveOut(terms, position, coding, leftOut);
            }
        }

        if (known.Records.Count >= Most)
        {
            return;
        }

        known.Records.Add(record);
        if (known.Records.Count == Most)
        {
            foreach (var (coding, kind) in byCoding)
            {
                if (ReferenceEquals(kind, known))
                {
                    LeaveOut(terms, position, coding, leftOut);
                }
            }
        }
    }

    private static void LeaveOut(TypeTerms terms, int position, (string System, string Code) coding, List<TermQuery> leftOut)
    {
        // What has only a text, or a code without system, shares its term with others: it is passed over by itself.
        if (coding.System.Length > 0 && coding.System != "\n" && coding.Code.Length > 0)
        {
            leftOut.Add(ClauseCompiler.Token(terms, position, coding.System, coding.Code));
        }
    }

    private static List<(string System, string Code)> CodingsOf(IndexValues values, int position)
    {
        var found = new List<(string, string)>();
        var text = "";
        foreach (ref readonly var value in values.Items)
        {
            if (value.Parameter != position)
            {
                continue;
            }

            if (value.Kind == IndexKind.Token)
            {
                found.Add((values.TextOf(value.First), values.TextOf(value.Second)));
            }
            else if (value.Kind == IndexKind.TokenText)
            {
                text = values.TextOf(value.Third);
            }
        }

        if (found.Count == 0)
        {
            // Neither a system nor a code can hold a line feed.
            found.Add(("\n", text));
        }

        return found;
    }

    private sealed record OneKind(List<StoredRecord> Records);
}
