using System.Runtime.InteropServices;
using Kangqiao.PatientIndex.Comparing;
using Kangqiao.PatientIndex.Rows;

namespace Kangqiao.PatientIndex.Online;

/// <summary>Counts that follow a table as addresses come to it. For one thread at a time.</summary>
internal sealed class LiveAddressWeights(PersonTable table) : AddressWeights
{
    private readonly Dictionary<int, int> seen = [];
    private int known;

    /// <summary>Counts the addresses that came since; never while there are guests.</summary>
    public void CatchUp()
    {
        for (known = Math.Max(known, 1); known < table.Addresses.Count; known++)
        {
            foreach (var token in table.Addresses[known]!.Tokens)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(seen, token, out _)++;
            }
        }
    }

    public override float Of(int address)
    {
        float sum = 0;
        foreach (var token in table.Addresses[address]!.Tokens)
        {
            sum += BitsOf(token);
        }

        return sum;
    }

    public override float Shared(int[] a, int[] b)
    {
        float sum = 0;
        int i = 0, j = 0;
        while (i < a.Length && j < b.Length)
        {
            if (a[i] == b[j])
            {
                sum += BitsOf(a[i]);
                i++;
                j++;
            }
            else if (a[i] < b[j])
            {
                i++;
            }
            else
            {
                j++;
            }
        }

        return sum;
    }

    private float BitsOf(int token) => (float)Math.Log2((known + 1.0) / Math.Max(1, seen.GetValueOrDefault(token)));
}
