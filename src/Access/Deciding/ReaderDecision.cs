using System.Collections.Concurrent;
using Kangqiao.Access.Roles;
using Kangqiao.Standard.Making;
using Kangqiao.Standard.Standing;
using Kangqiao.Store.Queries;
using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Access.Deciding;

/// <summary>What a token's scopes leave of a type's records.</summary>
public delegate TermQuery Narrowing(string type, AccessAction action);

/// <summary>
/// From who asks and what is known of the persons concerned to the terms that every record shown has. Pure: the same in, the same out.
/// </summary>
/// <param name="persons">Persons whose records at other institutions the question reaches.</param>
/// <param name="narrow">What scopes leave; null for all.</param>
/// <param name="regional">Codes of the institutions of the viewer's region.</param>
public sealed class ReaderDecision(RoleBook roles, Viewer viewer, IReadOnlyList<PersonFacts> persons, IReadOnlyList<string> regional, Narrowing? narrow, DateTimeOffset now)
{
    private readonly ConcurrentDictionary<(string Type, AccessAction Action), TermQuery> decided = [];
    private readonly IReadOnlyList<(PersonFacts Facts, PersonDecision Treating)> treated =
        [.. persons.Select(p => (p, PersonDecision.ForTreating(viewer, p, now))).Where(p => p.Item2.Right != Right.None)];

    /// <summary>The viewer's institution is treating too many to ask all their consents at once: the question reaches only its own records.</summary>
    public bool IsPartial { get; init; }

    /// <summary>For the store's searches.</summary>
    public ReaderPredicate Reader => field ??= viewer.IsSystem ? ReaderPredicate.Platform : ReaderPredicate.Of(type => For(type, AccessAction.Read));

    /// <summary>Records of a type with which the viewer may do this.</summary>
    public TermQuery For(string type, AccessAction action) => decided.GetOrAdd((type, action), Decide);

    private TermQuery Decide((string Type, AccessAction Action) asked)
    {
        var any = TermQuery.AnyOf([.. roles.RulesFor(viewer.Role, asked.Type, asked.Action).Select(r => Of(r, asked.Type))]);
        return narrow is null ? any : TermQuery.AllOf(any, narrow(asked.Type, asked.Action));
    }

    /// <summary>By which right a record is seen, of those it may be.</summary>
    public Right RightOf(string? sender, string? patient)
    {
        if (viewer.Institution is { Length: > 0 } own && sender == own)
        {
            return Right.Own;
        }

        foreach (var (facts, decision) in treated)
        {
            if (patient is not null && facts.Patients.Contains(patient))
            {
                return decision.Right;
            }
        }

        return roles.Find(viewer.Role)?.Rules.Select(r => r.Scope).FirstOrDefault(s => s is AccessScope.Self or AccessScope.Ward) switch
        {
            AccessScope.Self => Right.Self,
            AccessScope.Ward => Right.Ward,
            _ => Right.Office,
        };
    }

    private TermQuery Of(RoleRule rule, string type)
    {
        var query = rule.Scope switch
        {
            AccessScope.All => TermQuery.Everything,
            AccessScope.Own => Own(),
            AccessScope.Treated => TermQuery.AnyOf([Own(), .. treated.Select(t => TermQuery.AllOf(OfPerson(t.Facts, type), t.Treating.Query(type, rule.WithoutElsewhere)))]),
            AccessScope.Self => TermQuery.AnyOf([.. persons.Select(p => TermQuery.AllOf(OfPerson(p, type), PersonDecision.ForSelf().Query(type, rule.WithoutElsewhere)))]),
            AccessScope.Ward => TermQuery.AnyOf([.. persons.Select(p => TermQuery.AllOf(OfPerson(p, type), PersonDecision.ForWard(p, Today()).Query(type, rule.WithoutElsewhere)))]),
            _ => TermQuery.AnyOf([.. regional.Select(code => TermQuery.Is(SenderLabel.Of(code)))]),
        };
        return TermQuery.AllOf(
            query,
            rule.Without.Count > 0 ? PersonDecision.Without(rule.Without) : TermQuery.Everything,
            rule.Only is { } tag ? StandingTerms.Tagged(tag) : TermQuery.Everything);
    }

    private TermQuery Own() => viewer.Institution is { Length: > 0 } institution ? TermQuery.Is(SenderLabel.Of(institution)) : TermQuery.Nothing;

    /// <summary>A Person belongs to all the Patients it links, any other record to the first that it names.</summary>
    private static TermQuery OfPerson(PersonFacts facts, string type) =>
        TermQuery.AnyOf([.. facts.Patients.Select(id => type == "Person" ? RecordLabels.InCompartmentOf(id) : RecordLabels.OfPatient(id))]);

    // Ages are counted in the city's days.
    private DateOnly Today() => DateOnly.FromDateTime(now.ToOffset(TimeSpan.FromHours(8)).DateTime);
}
