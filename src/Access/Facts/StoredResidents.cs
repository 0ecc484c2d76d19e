using System.Globalization;
using Kangqiao.Fhir.Reading;
using Kangqiao.Kernel;
using Kangqiao.Standard.Making;
using Kangqiao.Store;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Access.Facts;

/// <summary>Who is whom, by the links of the Persons that are stored.</summary>
public sealed class StoredResidents(IRecordStore store, Workshop shop) : IResidents
{
    private const int MostPersons = 1000;

    public async ValueTask<Outcome<IReadOnlyDictionary<string, Human>>> OfAsync(IReadOnlyCollection<string> patients, CancellationToken cancel)
    {
        var found = new Dictionary<string, Human>(StringComparer.Ordinal);
        foreach (var piece in patients.Distinct(StringComparer.Ordinal).Chunk(100))
        {
            var linking = TermQuery.AllOf(RecordLabels.OfType("Person"), TermQuery.AnyOf([.. piece.Select(RecordLabels.InCompartmentOf)]));
            RecordKey[] keys = [.. piece.Select(p => new RecordKey("Person", p)).Where(k => k.IsWellFormed)];
            if (!(await store.SearchAsync(new(linking) { Limit = MostPersons, WithRecords = true }, cancel)).Try(out var page, out var problem)
                || !(await store.ReadAsync(keys, cancel)).Try(out var named, out problem))
            {
                return problem;
            }

            foreach (var person in page.Records.Concat(named.OfType<StoredRecord>()))
            {
                // Only the platform says who is whom: what a sender calls a Person makes nobody the same.
                if (person is { State: RecordState.Live, Sender: "" } && Of(person) is { } human)
                {
                    foreach (var id in human.Patients)
                    {
                        found.TryAdd(id, human);
                    }
                }
            }

            foreach (var alone in piece)
            {
                found.TryAdd(alone, new Human(null, [alone], null));
            }
        }

        return found;
    }

    private Human? Of(StoredRecord record)
    {
        using var bench = shop.Rent();
        bench.Load(record);
        if (!bench.Document.IsUsable)
        {
            return null;
        }

        var ids = new List<string> { record.Key.Id };
        foreach (var link in bench.Document.Root.ChildrenNamed("link"))
        {
            if (link.Child("target") is { Exists: true } target && target.ChildText("reference")?.Split('/') is ["Patient", var id] && !ids.Contains(id))
            {
                ids.Add(id);
            }
        }

        return new Human(record.Key.Id, ids, BirthDate(bench.Document.Root));
    }

    /// <summary>A whole day only: a year alone does not tell who is fourteen.</summary>
    public static DateOnly? BirthDate(Element person) =>
        DateOnly.TryParseExact(person.ChildText("birthDate"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
