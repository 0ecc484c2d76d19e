using System.Text;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Search;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Store.Queries;

/// <summary>
/// All that references may call some records by (R4 references.html): Type/id, this server's own address before it, the canonical URL
/// of a definition, and a business identifier. What of it is in the body is looked up only when it is needed.
/// </summary>
internal sealed class RecordNames(TermBook book, string? ownBase)
{
    private readonly List<StoredRecord> records = [];
    private readonly HashSet<RecordKey> keys = [];
    private readonly Dictionary<string, HashSet<string>> canonicals = new(StringComparer.Ordinal);
    private readonly HashSet<(string Type, string System, string Value)> identifiers = [];
    private int read;

    public int Count => keys.Count;

    public void Add(StoredRecord record)
    {
        if (keys.Add(record.Key))
        {
            records.Add(record);
        }
    }

    /// <summary>A record known by nothing but its key.</summary>
    public void Add(RecordKey key) => keys.Add(key);

    /// <summary>The records that call one of these by the parameter.</summary>
    /// <param name="most">More terms than this are not asked: then every record with the parameter is looked at.</param>
    public Likely Referring(TypeTerms terms, int position, int most)
    {
        if (keys.Count > most)
        {
            return Likely.Unsure(terms.Has(position));
        }

        Read();
        var any = new List<TermQuery> { ClauseCompiler.Referring(terms, position, keys, ownBase) };
        var doubtful = new List<TermQuery>();
        foreach (var part in terms.Parts[position] ?? [position])
        {
            foreach (var (_, system, value) in identifiers)
            {
                any.Add(ClauseCompiler.ReferenceByIdentifier(terms, part, system, value));
                doubtful.Add(any[^1]);
            }

            foreach (var url in canonicals.Keys)
            {
                any.Add(ClauseCompiler.ReferenceByUrl(terms, part, url));
                doubtful.Add(any[^1]);
            }
        }

        return any.Count > most * 6 ? Likely.Unsure(terms.Has(position)) : new(TermQuery.AnyOf(any), TermQuery.AnyOf(doubtful));
    }

    /// <summary>True if a value of the parameter calls one of these.</summary>
    public bool AreCalled(IndexValues values, int position)
    {
        foreach (ref readonly var value in values.Items)
        {
            if (value.Parameter != position)
            {
                continue;
            }

            if (LocalReferences.TryKey(values, value, ownBase, out var key))
            {
                if (keys.Contains(key))
                {
                    return true;
                }
            }
            else if (value.Kind == IndexKind.ReferenceIdentifier)
            {
                if (IsCalledByIdentifier(values, value))
                {
                    return true;
                }
            }
            else if (LocalReferences.IsCanonical(value) && IsCalledByUrl(values, value))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsCalledByIdentifier(IndexValues values, in IndexValue value)
    {
        lock (records)
        {
            Read();
        }

        var (system, code, type) = (values.TextOf(value.First), values.TextOf(value.Second), values.TextOf(value.Third));
        if (type.Length > 0)
        {
            return identifiers.Contains((type, system, code));
        }

        return identifiers.Any(i => i.System == system && i.Value == code);
    }

    private bool IsCalledByUrl(IndexValues values, in IndexValue value)
    {
        lock (records)
        {
            Read();
        }

        return canonicals.TryGetValue(values.TextOf(value.Fourth), out var editions)
            && (value.Third.IsEmpty || editions.Contains(values.TextOf(value.Third)));
    }

    private void Read()
    {
        for (; read < records.Count; read++)
        {
            var record = records[read];
            if (book.PlanOf(record.Key.Type) is not { } plan)
            {
                continue;
            }

            _ = RecordReader.Ask(record, plan, false, values =>
            {
                if (plan.Find("url") is >= 0 and var at && plan.Parameters[at].Type == SearchType.Uri && values.Resource.ChildText("url") is { } url)
                {
                    if (!canonicals.TryGetValue(url, out var editions))
                    {
                        canonicals.Add(url, editions = new(StringComparer.Ordinal));
                    }

                    editions.Add(values.Resource.ChildText("version") ?? "");
                }

                ReadIdentifiers(values, plan.Find("identifier"), record.Key.Type);
                return true;
            });
        }
    }

    private void ReadIdentifiers(IndexValues values, int position, string type)
    {
        foreach (ref readonly var value in values.Items)
        {
            if (value.Parameter == position && value.Kind == IndexKind.Token && !value.First.IsEmpty && !value.Second.IsEmpty)
            {
                identifiers.Add((type, values.TextOf(value.First), values.TextOf(value.Second)));
            }
        }
    }
}
