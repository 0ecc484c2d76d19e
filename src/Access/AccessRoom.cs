using Kangqiao.Access.Deciding;
using Kangqiao.Access.Facts;
using Kangqiao.Access.Roles;
using Kangqiao.Kernel;
using Kangqiao.Standard.Making;
using Kangqiao.Store;

namespace Kangqiao.Access;

/// <summary>
/// Who may see what: turns a viewer and the persons a question is about into the terms that every record shown must have. One for
/// the life of the server.
/// </summary>
public sealed class AccessRoom
{
    private readonly FactsReader reader;
    private readonly FactsCache facts;
    private readonly TimeProvider time;
    private readonly ReaderDecision ofSystem;

    public AccessRoom(IRecordStore store, Workshop shop, RoleBook roles, IResidents residents, TimeProvider time)
    {
        this.time = time;
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

        if (Roles.Find(viewer.Role) is not { } role)
        {
            return new ReaderDecision(Roles, viewer, [], [], null, time.GetUtcNow());
        }

        PersonFacts[] persons = [];
        string[] regional = [];
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

        return new ReaderDecision(Roles, viewer, persons, regional, null, time.GetUtcNow());
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

    private static bool Has(Role role, AccessScope scope) => role.Rules.Any(r => r.Scope == scope);
}
