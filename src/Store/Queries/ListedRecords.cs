using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Search;
using Kangqiao.Kernel;

namespace Kangqiao.Store.Queries;

/// <summary>What a List names (R4 search.html#list), for a reader who may see the List.</summary>
public sealed class ListedRecords(IRecordStore store, Terms.TermBook book)
{
    private const int MostEntries = 10_000;

    /// <summary>The entries that are not marked as deleted: key, and the version where one is named.</summary>
    /// <param name="list">A List record.</param>
    /// <param name="ownBase">References under it are ours too.</param>
    public IReadOnlyList<(RecordKey Key, string? Version)> Entries(StoredRecord list, string? ownBase)
    {
        ArgumentNullException.ThrowIfNull(list);
        var found = new List<(RecordKey, string?)>();
        var plan = book.PlanOf("List")!;
        _ = RecordReader.Ask(list, plan, false, values =>
        {
            var deleted = new HashSet<Element>();
            foreach (var entry in values.Resource.ChildrenNamed("entry"))
            {
                if (entry.ChildText("deleted") == "true")
                {
                    deleted.Add(entry);
                }
            }

            var item = plan.Find("item");
            foreach (ref readonly var value in values.Items)
            {
                if (value.Parameter == item && LocalReferences.TryKey(values, value, ownBase, out var key) && !deleted.Contains(values.ElementOf(value).Parent))
                {
                    found.Add((key, value.Third.IsEmpty ? null : values.TextOf(value.Third)));
                }
            }

            return true;
        });
        return found;
    }

    /// <summary>Numbers of the live records of a type that one of the lists names.</summary>
    internal async ValueTask<Outcome<long[]>> NumbersAsync(string[] ids, string type, Run run)
    {
        var keys = new HashSet<RecordKey>();
        foreach (var id in ids)
        {
            if (!(await store.ReadAsync(new RecordKey("List", id), run.Cancel)).Try(out var list, out var problem))
            {
                return problem;
            }

            if (list is not { State: RecordState.Live })
            {
                return QueryProblems.NoSuchList(id);
            }

            // A list that the reader may not see is not there.
            if (!run.Reader.IsUnrestricted)
            {
                if (!(await Selection.AmongAsync(store, run.Reader.For("List"), [list.Number], run)).Try(out var seen, out problem))
                {
                    return problem;
                }

                if (seen.Length == 0)
                {
                    return QueryProblems.NoSuchList(id);
                }
            }

            keys.UnionWith(Entries(list, run.OwnBase).Select(e => e.Key).Where(k => k.Type == type && k.IsWellFormed));
            if (keys.Count > MostEntries)
            {
                return QueryProblems.TooManyIncluded(MostEntries);
            }
        }

        var numbers = new List<long>();
        foreach (var piece in keys.Chunk(500))
        {
            if (!(await store.ReadAsync(piece, run.Cancel)).Try(out var read, out var problem))
            {
                return problem;
            }

            numbers.AddRange(read.OfType<StoredRecord>().Where(r => r.State == RecordState.Live).Select(r => r.Number));
        }

        return numbers.ToArray();
    }
}
