using Kangqiao.PatientIndex.Comparing;
using Kangqiao.PatientIndex.Model;
using Kangqiao.PatientIndex.Online;
using Kangqiao.PatientIndex.Residents;
using Kangqiao.PatientIndex.Rows;

namespace Kangqiao.PatientIndex.Linking;

/// <summary>Why somebody has to look.</summary>
public enum DoubtKind
{
    /// <summary>Two residents may be one human.</summary>
    Duplicate,

    /// <summary>One number is used by people who look like two.</summary>
    SharedNumber,

    /// <summary>A source Patient has become another person.</summary>
    Overlay,

    /// <summary>Neither a usable name nor a number: nobody can say who it is.</summary>
    Nameless,

    /// <summary>A person proposes to merge two residents who both have verified numbers; another has to confirm it.</summary>
    MergeProposal,
}

/// <param name="Row">The other source; -1 for none.</param>
internal readonly record struct Doubt(DoubtKind Kind, int Row, double Probability);

/// <summary>To which resident a source belongs, and what is doubtful about it.</summary>
/// <param name="Resident">-1 for a new one.</param>
/// <param name="Probability">Null where a number decided.</param>
/// <param name="IsNumberTaken">Sources of other residents have the same number.</param>
internal sealed record LinkChoice(int Resident, string How, string Assurance, double? Probability, bool IsNumberTaken, IReadOnlyList<Doubt> Doubts)
{
    private const int MostDoubts = 3;

    /// <summary>Rows of a resident that are looked at before another joins them.</summary>
    private const int MostWitnesses = 24;

    private const double VerySure = 0.999;

    /// <summary>
    /// Verified numbers decide first, then the weights; never across a contradiction with any of the resident's other sources.
    /// </summary>
    /// <param name="row">The source's own row, which is left out.</param>
    /// <param name="isBarred">Residents that it never is.</param>
    public static LinkChoice Of(LiveIndex index, int row, Func<int, bool> isBarred)
    {
        var asked = index[row];
        var doubts = new List<Doubt>();
        var linkable = new List<(int Resident, Likeness By, bool IsByNumber)>();
        var seen = new HashSet<int>();
        var isNumberTaken = false;
        foreach (var like in index.Find(asked, row))
        {
            var resident = index.ResidentOf(like.Row);
            if (resident < 0 || isBarred(resident))
            {
                continue;
            }

            isNumberTaken |= asked.Number != 0 && asked.Number == index[like.Row].Number;
            var isByNumber = DecidesByNumber(index, asked, like);
            if (!isByNumber && like.Decision == Decision.None)
            {
                if (IsSharedNumber(index, asked, like))
                {
                    Note(doubts, new(DoubtKind.SharedNumber, like.Row, like.Probability));
                }

                continue;
            }

            if (!isByNumber && like.Decision == Decision.Review)
            {
                Note(doubts, new(IsSharedNumber(index, asked, like) ? DoubtKind.SharedNumber : DoubtKind.Duplicate, like.Row, like.Probability));
            }
            else if (seen.Add(resident))
            {
                linkable.Add((resident, like, isByNumber));
            }
            else if (isByNumber && linkable.FindIndex(l => l.Resident == resident && !l.IsByNumber) is >= 0 and var at)
            {
                linkable[at] = (resident, like, true);
            }
        }

        (int Resident, Likeness By, bool IsByNumber)? chosen = null;
        foreach (var one in linkable.OrderByDescending(l => l.IsByNumber).ThenByDescending(l => l.By.Probability).ThenBy(l => l.By.Row))
        {
            if (chosen is null && !Contradicts(index, asked, one.Resident, row))
            {
                chosen = one;
            }
            else
            {
                Note(doubts, new(DoubtKind.Duplicate, one.By.Row, one.By.Probability));
            }
        }

        if (chosen is not var (to, by, isNumber))
        {
            if (asked.Name == 0 && asked.Number == 0)
            {
                Note(doubts, new(DoubtKind.Nameless, -1, 0));
            }

            return new(-1, LinkMeans.New, index.Table.Numbers[asked.Number]?.IsVerified == true && !asked.IsNumberDoubted ? "level4" : "level2", null, isNumberTaken, doubts);
        }

        // What is like its own resident's sources is no news.
        doubts.RemoveAll(d => d.Row >= 0 && index.ResidentOf(d.Row) == to);
        return isNumber
            ? new(to, LinkMeans.Number, "level4", null, isNumberTaken, doubts)
            : new(to, LinkMeans.Likeness, by.Probability >= VerySure ? "level3" : "level2", by.Probability, isNumberTaken, doubts);
    }

    /// <summary>The source has become somebody else than it was, or than its resident's other sources are.</summary>
    public static bool IsOverlay(LiveIndex index, int row, in PersonRow was)
    {
        if (was == default)
        {
            return false;
        }

        var change = index.Compare(was, index[row]);
        return index.Model.Contradicts(change)
            || (change.Name == NameLevel.Other && change.Birth is BirthLevel.SameYear or BirthLevel.Other && change.Number != NumberLevel.Exact);
    }

    /// <summary>Whether anything among a resident's sources speaks of another human.</summary>
    public static bool Contradicts(LiveIndex index, in PersonRow asked, int resident, int except)
    {
        var witnesses = 0;
        foreach (var member in index.RowsOf(resident))
        {
            if (member != except && index.Model.Contradicts(index.Compare(asked, index[member])))
            {
                return true;
            }

            if (++witnesses == MostWitnesses)
            {
                break;
            }
        }

        return false;
    }

    /// <summary>The same verified number and nothing in the name against it.</summary>
    private static bool DecidesByNumber(LiveIndex index, in PersonRow asked, in Likeness like) =>
        like.Pattern.Number == NumberLevel.Exact && index.Table.Numbers[asked.Number]!.IsVerified
        && !asked.IsNumberDoubted && !index[like.Row].IsNumberDoubted
        && like.Pattern.Name is NameLevel.Exact or NameLevel.Sound or NameLevel.Near or NameLevel.Partial;

    private static bool IsSharedNumber(LiveIndex index, in PersonRow asked, in Likeness like) =>
        asked.Number != 0 && asked.Number == index[like.Row].Number && like.Pattern.Name is NameLevel.Other or NameLevel.OnePart;

    private static void Note(List<Doubt> doubts, Doubt doubt)
    {
        if (doubts.Count < MostDoubts)
        {
            doubts.Add(doubt);
        }
    }
}
