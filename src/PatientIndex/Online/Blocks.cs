using Kangqiao.PatientIndex.Blocking;
using Kangqiao.PatientIndex.Rows;

namespace Kangqiao.PatientIndex.Online;

/// <summary>The blocking keys of a table that changes: which rows are worth comparing with one. For one thread at a time.</summary>
internal sealed class Blocks(PersonTable table)
{
    /// <summary>Entries of one chain that are looked at: beyond it a key says nothing.</summary>
    private const int MostLookedAt = 20_000;

    /// <summary>Rows of a key with too many that share the day of birth with the one asked.</summary>
    private const int MostOfDay = 400;

    /// <summary>In a city a day of birth and a sex alone bring together more than can be compared.</summary>
    private static readonly Rule[] Used = [.. Enum.GetValues<Rule>().Where(rule => rule != Rule.BirthAndSex)];

    private readonly Postings[] ofRules = [.. Enumerable.Range(0, BlockingKeys.Rules).Select(_ => new Postings())];
    private readonly HashSet<int> seen = [];
    private readonly List<int> ofDay = [];

    public long Bytes => ofRules.Sum(postings => postings.Bytes);

    public void Add(int row, in PersonRow says)
    {
        Span<ulong> keys = stackalloc ulong[BlockingKeys.MostKeys];
        foreach (var rule in Used)
        {
            var count = KeptKeys(rule, says, keys);
            var postings = ofRules[(int)rule];
            for (var i = 0; i < count; i++)
            {
                postings.Add(keys[i], row);
            }

            if (postings.IsCrowded)
            {
                Grow(rule, postings, row);
            }
        }
    }

    public void Remove(int row, in PersonRow said)
    {
        Span<ulong> keys = stackalloc ulong[BlockingKeys.MostKeys];
        foreach (var rule in Used)
        {
            var count = KeptKeys(rule, said, keys);
            for (var i = 0; i < count; i++)
            {
                ofRules[(int)rule].Remove(keys[i], row);
            }
        }
    }

    /// <summary>Rows that share a key with one that need not be in the table, each once.</summary>
    public void Find(in PersonRow asked, List<int> found)
    {
        Span<ulong> keys = stackalloc ulong[BlockingKeys.MostKeys];
        seen.Clear();
        foreach (var rule in Used)
        {
            var count = BlockingKeys.Of(rule, table, asked, keys);
            for (var i = 0; i < count; i++)
            {
                Find(rule, keys[i], asked.Birth, found);
            }
        }
    }

    private void Find(Rule rule, ulong key, int birth, List<int> found)
    {
        Span<ulong> own = stackalloc ulong[BlockingKeys.MostKeys];
        var start = found.Count;
        var looked = 0;
        var largest = BlockingKeys.LargestBlock(rule);
        var members = 0;
        ofDay.Clear();
        foreach (var row in ofRules[(int)rule].Of(key))
        {
            if (++looked > MostLookedAt)
            {
                break;
            }

            ref readonly var says = ref table[row];
            if (!own[..KeptKeys(rule, says, own)].Contains(key))
            {
                continue;
            }

            members++;
            if (birth != 0 && says.Birth == birth && ofDay.Count < MostOfDay)
            {
                ofDay.Add(row);
            }

            if (members <= largest && !seen.Contains(row))
            {
                found.Add(row);
            }
        }

        if (members > largest)
        {
            // A telephone of a thousand people still brings together those of them who are born on one day.
            found.RemoveRange(start, found.Count - start);
            found.AddRange(ofDay.Where(row => !seen.Contains(row)));
        }

        for (var i = start; i < found.Count; i++)
        {
            seen.Add(found[i]);
        }
    }

    /// <summary>A name is kept as it stands, and asked for with its parts exchanged too.</summary>
    private int KeptKeys(Rule rule, in PersonRow row, Span<ulong> keys)
    {
        var count = BlockingKeys.Of(rule, table, row, keys);
        return rule is Rule.SoundAndBirth or Rule.SoundAndHouse or Rule.SoundAndYear ? Math.Min(count, 1) : count;
    }

    private void Grow(Rule rule, Postings postings, int last)
    {
        Span<ulong> keys = stackalloc ulong[BlockingKeys.MostKeys];
        postings.Grow();
        for (var row = 0; row <= Math.Max(last, table.Count - 1); row++)
        {
            var count = KeptKeys(rule, table[row], keys);
            for (var i = 0; i < count; i++)
            {
                postings.Add(keys[i], row);
            }
        }
    }
}
