using System.Runtime.InteropServices;

namespace Kangqiao.Store.Postgres.Writing;

/// <summary>
/// Notices which terms are common among the records that are being created: a thousand of many thousand, then anew. Few of those that
/// come together, because what belongs to one patient is common only there.
/// </summary>
internal sealed class TermCensus(TermCounts counts)
{
    private const int Records = 65_536;
    private const int Every = 64;

    /// <summary>One record in a hundred: of two million some 20,000.</summary>
    private const int Common = Records / Every / 100;

    private readonly Dictionary<long, int> seen = [];
    private int records;

    public void Created(TermColumns terms)
    {
        if (++records % Every == 0)
        {
            foreach (var hash in terms.Whole)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(seen, hash, out _)++;
            }
        }

        if (records < Records)
        {
            return;
        }

        foreach (var (hash, count) in seen)
        {
            if (count >= Common)
            {
                counts.Want(hash);
            }
        }

        seen.Clear();
        records = 0;
    }
}
