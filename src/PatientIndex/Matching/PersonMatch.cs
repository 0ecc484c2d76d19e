using Kangqiao.PatientIndex.Comparing;
using Kangqiao.PatientIndex.Model;
using Kangqiao.PatientIndex.Online;
using Kangqiao.PatientIndex.Rows;

namespace Kangqiao.PatientIndex.Matching;

/// <summary>http://terminology.hl7.org/CodeSystem/match-grade.</summary>
public enum MatchGrade
{
    /// <summary>May be; a person has to look.</summary>
    Possible,

    /// <summary>Is, by all that is known.</summary>
    Probable,

    /// <summary>Is: the same verified number or next to no doubt, and nobody else comes near.</summary>
    Certain,
}

/// <summary>A resident who may be the one sought.</summary>
/// <param name="Resident">Id of the Person and of the composed Patient.</param>
/// <param name="Score">0 to 1.</param>
public sealed record PersonMatch(string Resident, double Score, MatchGrade Grade)
{
    private const double VerySure = 0.999;

    internal static IReadOnlyList<PersonMatch> Of(LiveIndex index, PersonRow asked, List<Likeness> likenesses)
    {
        var found = new List<PersonMatch>();
        var seen = new HashSet<int>();
        foreach (var like in likenesses)
        {
            var resident = index.ResidentOf(like.Row);
            if (like.Decision == Decision.None || resident < 0 || !seen.Add(resident))
            {
                continue;
            }

            var isVerified = like.Pattern.Number == NumberLevel.Exact && index.Table.Numbers[asked.Number]!.IsVerified && !asked.IsNumberDoubted;
            found.Add(new(
                index.ResidentId(resident),
                Math.Round(like.Probability, 6),
                like.Decision == Decision.Review ? MatchGrade.Possible
                    : isVerified || like.Probability >= VerySure ? MatchGrade.Certain
                    : MatchGrade.Probable));
        }

        // Two who are both certain are neither.
        return found.Count(m => m.Grade == MatchGrade.Certain) > 1
            ? found.ConvertAll(m => m.Grade == MatchGrade.Certain ? m with { Grade = MatchGrade.Probable } : m)
            : found;
    }
}
