using System.Collections.Concurrent;
using Kangqiao.Access.Deciding;
using Kangqiao.Kernel;
using Kangqiao.Store;
using Kangqiao.Store.Feed;

namespace Kangqiao.Access.Facts;

/// <summary>
/// Keeps what was found while nothing that bears on it has changed. Each use first asks the change feed whether something has, so a
/// revocation counts from the moment it is durable, whoever wrote it, also on another server.
/// </summary>
internal sealed class FactsCache(IRecordStore store, FactsReader reader)
{
    private const int MostKept = 20_000;
    private const int PageSize = 2000;

    private static readonly HashSet<string> Bearing = new(StringComparer.Ordinal)
    {
        "Consent", "Encounter", "Appointment", "EpisodeOfCare", "CareTeam", "ServiceRequest", "Communication", "Person", "Patient", "Organization",
    };

    private Shelf? shelf;

    /// <summary>What is known of the human behind each of these Patients.</summary>
    public async ValueTask<Outcome<PersonFacts[]>> OfAsync(IReadOnlyCollection<string> patients, CancellationToken cancel)
    {
        if (!(await FreshAsync(cancel)).Try(out var kept, out var problem))
        {
            return problem;
        }

        var found = new List<PersonFacts>(patients.Count);
        List<string>? missing = null;
        foreach (var patient in patients)
        {
            if (kept.Persons.TryGetValue(patient, out var facts))
            {
                found.Add(facts);
            }
            else
            {
                (missing ??= []).Add(patient);
            }
        }

        if (missing is not null)
        {
            if (!(await reader.OfAsync(missing, cancel)).Try(out var read, out problem))
            {
                return problem;
            }

            foreach (var (patient, facts) in read)
            {
                Shelf.Keep(kept.Persons, patient, facts, MostKept);
                found.Add(facts);
            }
        }

        return found.Count < 2 ? found.ToArray() : found.Distinct().ToArray();
    }

    /// <inheritdoc cref="FactsReader.TreatedByAsync"/>
    public async ValueTask<Outcome<string[]?>> TreatedByAsync(string institution, CancellationToken cancel)
    {
        if (!(await FreshAsync(cancel)).Try(out var kept, out var problem))
        {
            return problem;
        }

        if (!kept.Treated.TryGetValue(institution, out var patients))
        {
            if (!(await reader.TreatedByAsync(institution, cancel)).Try(out patients, out problem))
            {
                return problem;
            }

            Shelf.Keep(kept.Treated, institution, patients, MostKept);
        }

        return patients;
    }

    /// <inheritdoc cref="FactsReader.InstitutionsOfAsync"/>
    public async ValueTask<Outcome<string[]>> InstitutionsOfAsync(string region, CancellationToken cancel)
    {
        if (!(await FreshAsync(cancel)).Try(out var kept, out var problem))
        {
            return problem;
        }

        if (!kept.Regions.TryGetValue(region, out var institutions))
        {
            if (!(await reader.InstitutionsOfAsync(region, cancel)).Try(out institutions, out problem))
            {
                return problem;
            }

            Shelf.Keep(kept.Regions, region, institutions, MostKept);
        }

        return institutions;
    }

    /// <summary>What is kept, as of a place that is not before the end of the feed when the caller asked.</summary>
    private async ValueTask<Outcome<Shelf>> FreshAsync(CancellationToken cancel)
    {
        if (!(await store.Changes.EndAsync(cancel)).Try(out var end, out var problem))
        {
            return problem;
        }

        while (true)
        {
            var now = shelf;
            if (now is not null && now.Place.HasReached(end))
            {
                return now;
            }

            // What is read from now on is not older than the end that was asked first.
            var next = now is not null && (await store.Changes.ReadAsync(now.Place, PageSize, cancel)).Try(out var page, out _) && page.Next.HasReached(end)
                && !page.Changes.Any(c => Bearing.Contains(c.Key.Type))
                    ? now.At(page.Next)
                    : new Shelf(end);
            if (Interlocked.CompareExchange(ref shelf, next, now) == now)
            {
                return next;
            }
        }
    }

    private sealed class Shelf(ChangeCursor place)
    {
        public ChangeCursor Place { get; private init; } = place;

        public ConcurrentDictionary<string, PersonFacts> Persons { get; private init; } = new(StringComparer.Ordinal);

        public ConcurrentDictionary<string, string[]?> Treated { get; private init; } = new(StringComparer.Ordinal);

        public ConcurrentDictionary<string, string[]> Regions { get; private init; } = new(StringComparer.Ordinal);

        public Shelf At(ChangeCursor place) => new(place) { Persons = Persons, Treated = Treated, Regions = Regions };

        public static void Keep<T>(ConcurrentDictionary<string, T> into, string key, T value, int most)
        {
            if (into.Count >= most)
            {
                into.Clear();
            }

            into[key] = value;
        }
    }
}
