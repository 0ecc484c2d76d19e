using Kangqiao.Store.Search;
using Kangqiao.Store.Terms;

namespace Kangqiao.Access.Deciding;

/// <summary>What of one person's records at other institutions somebody may see, and why.</summary>
/// <param name="Right">None: nothing.</param>
/// <param name="Query">Among the person's records of a type, with the labels the role hides unless the person has named them.</param>
public sealed record PersonDecision(Right Right, Func<string, IReadOnlyList<string>, TermQuery> Query)
{
    private const char SensitivityKind = Standard.Sensitivity.SensitivityRules.Kind;

    public static readonly PersonDecision Nothing = new(Right.None, (_, _) => TermQuery.Nothing);

    private static readonly PersonDecision All = new(Right.Emergency, (_, _) => TermQuery.Everything);

    /// <summary>
    /// Another institution's records are seen with a treatment and the person's agreement (ordinance art. 14), and never against a
    /// refusal; in an emergency without both.
    /// </summary>
    public static PersonDecision ForTreating(Viewer viewer, PersonFacts facts, DateTimeOffset now)
    {
        if (viewer.Institution is not { } institution)
        {
            return Nothing;
        }

        if (facts.Openings.Any(o => o.Institution == institution && o.Until > now && (o.Practitioner is null || o.Practitioner == viewer.Practitioner)))
        {
            return All;
        }

        if (!facts.Treatments.Any(t => t.Institution == institution && !(t.Until <= now)))
        {
            return Nothing;
        }

        var inForce = facts.Agreements.Where(a => IsInForce(a.Root, now)).ToList();
        return inForce.Exists(a => a.Root.IsPermit ? Meets(a.Root, viewer, now) : a.Exceptions.Any(e => e.IsPermit && Meets(e, viewer, now)))
            ? new(Right.Treatment, (type, hidden) => Agreed(inForce, viewer, now, type, hidden))
            : Nothing;
    }

    /// <summary>
    /// A guardian sees a child's records; of one of fourteen or more not the sensitive ones; of a grown-up none. Without a day of
    /// birth the person counts as fourteen or more.
    /// </summary>
    public static PersonDecision ForWard(PersonFacts facts, DateOnly today)
    {
        var isChild = facts.Born is { } born && born.AddYears(14) > today;
        return facts.Born is { } day && day.AddYears(18) <= today
            ? Nothing
            : new(Right.Ward, (_, hidden) => isChild ? TermQuery.Everything : Without(hidden));
    }

    public static PersonDecision ForSelf() => new(Right.Self, (_, _) => TermQuery.Everything);

    /// <summary>The records that carry none of the labels.</summary>
    public static TermQuery Without(IEnumerable<string> labels) =>
        TermQuery.Without(TermQuery.AnyOf([.. labels.Select(l => RecordLabels.Is(SensitivityKind, l))]));

    private static TermQuery Agreed(IReadOnlyList<Agreement> agreements, Viewer viewer, DateTimeOffset now, string type, IReadOnlyList<string> hidden)
    {
        var permitted = new List<TermQuery>();
        var refused = new List<TermQuery>();
        foreach (var agreement in agreements)
        {
            var exceptions = agreement.Exceptions.Where(e => Meets(e, viewer, now)).ToList();
            var permits = exceptions.Where(e => e.IsPermit).ToList();
            if (agreement.Root.IsPermit)
            {
                if (Meets(agreement.Root, viewer, now))
                {
                    permitted.AddRange(permits.Prepend(agreement.Root).Select(p => Permitted(p, type, hidden)));
                }

                refused.AddRange(exceptions.Where(e => !e.IsPermit).Select(e => Refused(e, type)));
            }
            else
            {
                var spared = permits.Select(e => Permitted(e, type, hidden)).ToList();
                permitted.AddRange(spared);
                if (Meets(agreement.Root, viewer, now))
                {
                    refused.Add(TermQuery.AllOf(Refused(agreement.Root, type), TermQuery.Without(TermQuery.AnyOf(spared))));
                }
            }
        }

        return TermQuery.AllOf(TermQuery.AnyOf(permitted), TermQuery.Without(TermQuery.AnyOf(refused)));
    }

    private static TermQuery Permitted(Provision provision, string type, IReadOnlyList<string> hidden) =>
        provision.IsUnclear || provision.Types?.Contains(type) == false
            ? TermQuery.Nothing
            : TermQuery.AllOf(
                provision.Days?.Invoke(type).Surely ?? TermQuery.Everything,

                // What is sensitive is agreed to by its name or not at all; what is agreed to by name is that alone.
                provision.Labels is { } labels ? TermQuery.AnyOf([.. labels.Select(l => RecordLabels.Is(SensitivityKind, l))]) : TermQuery.Everything,
                Without(hidden.Where(h => provision.Labels?.Contains(h) != true)));

    private static TermQuery Refused(Provision provision, string type) =>
        provision.IsUnclear ? TermQuery.Everything
        : provision.Types?.Contains(type) == false ? TermQuery.Nothing
        : TermQuery.AllOf(
            provision.Days?.Invoke(type).Perhaps ?? TermQuery.Everything,
            provision.Labels is { } labels ? TermQuery.AnyOf([.. labels.Select(l => RecordLabels.Is(SensitivityKind, l))]) : TermQuery.Everything);

    private static bool IsInForce(Provision provision, DateTimeOffset now) => !(provision.From > now) && !(provision.Until <= now);

    private static bool Meets(Provision provision, Viewer viewer, DateTimeOffset now) =>
        IsInForce(provision, now)
        && (provision.Actors is null
            || (viewer.Institution is { } institution && provision.Actors.Contains("Organization/" + institution))
            || (viewer.Practitioner is { } practitioner && provision.Actors.Contains("Practitioner/" + practitioner)))
        && (provision.Purposes is null || provision.Purposes.Contains(viewer.Purpose ?? "TREAT"));
}
