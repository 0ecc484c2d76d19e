using System.Runtime.CompilerServices;
using Kangqiao.PatientIndex.Rows;

namespace Kangqiao.PatientIndex.Comparing;

/// <summary>How rare each token of an address is, in bits, over the distinct addresses of a table.</summary>
internal abstract class AddressWeights
{
    /// <summary>Bits of all tokens of an address.</summary>
    public abstract float Of(int address);

    /// <summary>Bits of the tokens that two addresses share; both ascending.</summary>
    public abstract float Shared(int[] a, int[] b);
}

/// <summary>Counted once over the addresses of a table that does not change.</summary>
internal sealed class CountedAddressWeights : AddressWeights
{
    private readonly Dictionary<int, float> bits = [];
    private readonly float unseen;
    private readonly float[] whole;

    public CountedAddressWeights(PersonTable table)
    {
        var addresses = table.Addresses;
        var seen = new Dictionary<int, int>();
        for (var i = 1; i < addresses.Count; i++)
        {
            foreach (var token in addresses[i]!.Tokens)
            {
                System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(seen, token, out _)++;
            }
        }

        unseen = (float)Math.Log2(addresses.Count + 1);
        foreach (var (token, count) in seen)
        {
            bits[token] = (float)Math.Log2((addresses.Count + 1.0) / count);
        }

        whole = new float[addresses.Count];
        for (var i = 1; i < whole.Length; i++)
        {
            foreach (var token in addresses[i]!.Tokens)
            {
                whole[i] += bits[token];
            }
        }
    }

    public override float Of(int address) => whole[address];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override float Shared(int[] a, int[] b)
    {
        float sum = 0;
        int i = 0, j = 0;
        while (i < a.Length && j < b.Length)
        {
            var x = a[i];
            var y = b[j];
            if (x == y)
            {
                sum += bits.TryGetValue(x, out var bit) ? bit : unseen;
                i++;
                j++;
            }
            else if (x < y)
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
}
