using System.Collections.Concurrent;
using Kangqiao.Access.Deciding;
using Kangqiao.Access.Facts;
using Kangqiao.Access.Roles;
using Kangqiao.Access.Scopes;
using Kangqiao.Kernel;
using Kangqiao.Standard.Making;
using Kangqiao.Store;
using Kangqiao.Store.Queries;
using Kangqiao.Store.Reindexing;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Access;

/// <summary>
/// Who may see what: turns a viewer and the persons a question is about into the terms that every record shown must have. One for
/// the life of the server.
/// </summary>
public sealed class AccessRoom
{
    private const int MostScopes = 1000;
    private const int MostWaits = 100;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<(string Role, string Type), IReadOnlyList<string>> masks = new();
    private readonly FactsReader reader;
    private readonly FactsCache facts;
    private readonly TimeProvider time;
    private readonly ReaderDecision ofSystem;
    private readonly IRecordStore store;
    private readonly Workshop shop;
    private readonly SearchPlanner planner;
    private readonly ConcurrentDictionary<string, ScopeNarrowing> scopes = new(StringComparer.Ordinal);
    private volatile bool isIndexWhole;

    public AccessRoom(IRecordStore store, Workshop shop, RoleBook roles, IResidents residents, TimeProvider time)
    {
        this.time = time;
        this.store = store;
        this.shop = shop;
        planner = new SearchPlanner(store, shop.Book, time);
        Roles = roles;
        reader = new FactsReader(store, shop, residents, roles, time);
        facts = new FactsCache(store, reader);
        ofSystem = new ReaderDecision(roles, new Viewer(Viewer.System), [], [], null, DateTimeOffset.MinValue);
    }

    public RoleBook Roles { get; }

    /// <summary>What a viewer may see of a question.</summary>
    /// <param name="named">Patients that the question names. Where it names none, it reaches the persons whom the viewer's institution is treating, if they are not too many.</param>
    public async ValueTask<Outcome<ReaderDecision>> DecideAsync(Viewer viewer, IReadOnlyCollection<string> named, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(viewer);
        if (viewer.IsSystem)
        {
            return ofSystem;
        }

        if (await IndexProblemAsync(cancel) is { } notReady)
        {
            return notReady;
        }

        if (Roles.Find(viewer.Role) is not { } role)
        {
            return new ReaderDecision(Roles, viewer, [], [], null, time.GetUtcNow());
        }

        PersonFacts[] persons = [];
        string[] regional = [];
        var isPartial = false;
        Problem? problem;
        if (Has(role, AccessScope.Treated) && viewer.Institution is { Length: > 0 } institution)
        {
            var asked = named;
            if (asked.Count == 0)
            {
                if (!(await facts.TreatedByAsync(institution, cancel)).Try(out var treated, out problem))
                {
                    return problem;
                }

                asked = treated ?? [];
                isPartial = treated is null;
            }

            if (!(await facts.OfAsync(asked, cancel)).Try(out persons!, out problem))
            {
                return problem;
            }
        }
        else if ((Has(role, AccessScope.Self) || Has(role, AccessScope.Ward)) && viewer.Resident is { Length: > 0 } resident
            && !(await facts.OfAsync([resident], cancel)).Try(out persons!, out problem))
        {
            return problem;
        }

        if (Has(role, AccessScope.Region) && viewer.Region is { Length: > 0 } region && !(await facts.InstitutionsOfAsync(region, cancel)).Try(out regional!, out problem))
        {
            return problem;
        }

        return (await NarrowingAsync(viewer, cancel)).Try(out var narrow, out problem)
            ? new ReaderDecision(Roles, viewer, persons, regional, narrow.Of, time.GetUtcNow()) { IsPartial = isPartial }
            : problem;
    }

    /// <summary>What the viewer does not see in the clear of records of a type.</summary>
    public IReadOnlyList<string> MaskOf(Viewer viewer, string type)
    {
        ArgumentNullException.ThrowIfNull(viewer);
        return viewer.IsSystem ? [] : masks.GetOrAdd((viewer.Role, type), of => [.. Roles.RulesFor(of.Role, of.Type, AccessAction.Read).SelectMany(r => r.Mask).Distinct()]);
    }

    /// <summary>True where what the viewer may see depends on whose records a question is about.</summary>
    public bool DependsOnPersons(Viewer viewer)
    {
        ArgumentNullException.ThrowIfNull(viewer);
        return Roles.Find(viewer.Role) is { } role && Has(role, AccessScope.Treated);
    }

    /// <summary>Whose a record is, and its terms as they are written today.</summary>
    public ValueTask<Outcome<(string? Patient, ReadOnlyMemory<byte> Terms)>> PatientOfAsync(StoredRecord record, CancellationToken cancel) =>
        reader.PatientOfAsync(record, cancel);

    /// <summary>
    /// Until every record's labels are in the index nobody but the operator may search: what is sensitive could not be told from what is
    /// not. A new store is ready in a moment, so the first to ask waits for it.
    /// </summary>
    private async ValueTask<Problem?> IndexProblemAsync(CancellationToken cancel)
    {
        for (var waited = 0; !isIndexWhole; waited++)
        {
            if (!(await Reindex.StateAsync(store, shop.Form, cancel)).Try(out var state, out var problem))
            {
                return problem;
            }

            isIndexWhole = state.IsCurrent;
            if (!isIndexWhole && waited >= MostWaits)
            {
                return Problems.IndexNotReady();
            }

            if (!isIndexWhole)
            {
                await Task.Delay(BetweenLooks, time, cancel);
            }
        }

        return null;
    }

    private async ValueTask<Outcome<(Narrowing? Of, bool)>> NarrowingAsync(Viewer viewer, CancellationToken cancel)
    {
        if (viewer.Scopes is not { } asked)
        {
            return ((Narrowing?)null, false);
        }

        if (!scopes.TryGetValue(asked, out var narrowing))
        {
            if (!(await ScopeNarrowing.OfAsync(asked, shop.Book, planner, time, cancel)).Try(out narrowing, out var problem))
            {
                return problem;
            }

            if (scopes.Count >= MostScopes)
            {
                scopes.Clear();
            }

            scopes[asked] = narrowing;
        }

        if (viewer.Patient is not { Length: > 0 } patient)
        {
            // A resident's app is started for the resident, whose own records are all the role has.
            return (narrowing.For(viewer.Resident is null ? null : _ => TermQuery.Everything), false);
        }

        return (await facts.OfAsync([patient], cancel)).Try(out var persons, out var unknown)
            ? (narrowing.For(type => Roles.KindOf(type) is "master" or "knowledge"
                ? TermQuery.Everything
                : TermQuery.AnyOf([.. persons.SelectMany(p => p.Patients).Select(id => type == "Person" ? RecordLabels.InCompartmentOf(id) : RecordLabels.OfPatient(id))])), false)
            : unknown;
    }

    private static bool Has(Role role, AccessScope scope) => role.Rules.Any(r => r.Scope == scope);
}
