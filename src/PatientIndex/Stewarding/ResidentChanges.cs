using Kangqiao.Kernel;
using Kangqiao.PatientIndex.Residents;

namespace Kangqiao.PatientIndex.Stewarding;

/// <summary>The decisions themselves: residents as they are, residents as they shall be. Nothing here reads or writes.</summary>
internal static class ResidentChanges
{
    /// <summary>
    /// All that the one has goes over to the other, with how each link came about, so that it can go back as it was. Never where the
    /// two were said to be two: that is taken back first.
    /// </summary>
    public static Outcome<IReadOnlyList<Resident>> Merge(Resident survivor, Resident retired) =>
        survivor.Id == retired.Id ? Problems.SamePerson(survivor.Id)
        : survivor.Survivor is not null ? Problems.AlreadyRetired(survivor.Id)
        : retired.Survivor is not null ? Problems.AlreadyRetired(retired.Id)
        : survivor.NeverSame.Contains(retired.Id) ? Problems.SaidToBeTwo(survivor.Id, retired.Id)
        : new[]
        {
            survivor with
            {
                Links = [.. survivor.Links, .. retired.Links.Where(l => !survivor.Links.Any(own => own.Source == l.Source))],
                NeverSame = Union(survivor.NeverSame, retired.NeverSame),
            },
            retired with { Links = [], Survivor = survivor.Id },
        };

    /// <summary>What was merged goes back. What has come to the survivor since stays there.</summary>
    /// <param name="before">The retired one as it was before.</param>
    public static Outcome<IReadOnlyList<Resident>> Unmerge(Resident survivor, Resident retired, Resident before, Resident survivorBefore)
    {
        if (retired.Survivor is null)
        {
            return Problems.NotRetired(retired.Id);
        }

        var back = before.Links.Where(l => survivor.Links.Any(own => own.Source == l.Source)).ToList();
        var brought = before.NeverSame.Except(survivorBefore.NeverSame, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
        return new[]
        {
            survivor with
            {
                Links = [.. survivor.Links.Where(l => !back.Exists(b => b.Source == l.Source))],
                NeverSame = [.. survivor.NeverSame.Where(n => !brought.Contains(n))],
            },
            retired with { Links = back, Survivor = null, NeverSame = before.NeverSame },
        };
    }

    /// <summary>Some of a resident's sources are another human, and the two are never the same again by themselves.</summary>
    public static Outcome<IReadOnlyList<Resident>> Split(Resident resident, IReadOnlyCollection<string> sources, string newId, DateTimeOffset now)
    {
        if (resident.Survivor is not null)
        {
            return Problems.AlreadyRetired(resident.Id);
        }

        var leaving = resident.Links.Where(l => sources.Contains(l.Source)).ToList();
        return leaving.Count < sources.Count || leaving.Count == 0 ? Problems.NotLinked(resident.Id)
            : leaving.Count == resident.Links.Count ? Problems.NothingLeft(resident.Id)
            : new[]
            {
                resident with { Links = [.. resident.Links.Where(l => !sources.Contains(l.Source))], NeverSame = Union(resident.NeverSame, [newId]) },
                new Resident(newId)
                {
                    Links = [.. leaving.Select(l => l with { How = LinkMeans.Steward, Assurance = "level3", At = now })],
                    NeverSame = Union(resident.NeverSame, [resident.Id]),
                },
            };
    }

    public static Outcome<IReadOnlyList<Resident>> NeverSame(Resident one, Resident other) =>
        one.Id == other.Id ? Problems.SamePerson(one.Id)
        : one.Survivor is not null ? Problems.AlreadyRetired(one.Id)
        : other.Survivor is not null ? Problems.AlreadyRetired(other.Id)
        : new[]
        {
            one with { NeverSame = Union(one.NeverSame, [other.Id]) },
            other with { NeverSame = Union(other.NeverSame, [one.Id]) },
        };

    private static string[] Union(IReadOnlyList<string> one, IReadOnlyList<string> other) => [.. one.Union(other, StringComparer.Ordinal)];
}
