using Kangqiao.Bench.Shapes;

namespace Kangqiao.Bench.Kernel;

/// <summary>Shaped resources one after another in memory: the same for every measure.</summary>
internal sealed class Sample
{
    private readonly byte[] bytes;
    private readonly (string Type, int Start, int Length)[] places;

    private Sample(byte[] bytes, (string Type, int Start, int Length)[] places)
    {
        this.bytes = bytes;
        this.places = places;
    }

    public int Count => places.Length;

    public long Bytes => bytes.Length;

    public ReadOnlyMemory<byte> this[int index] => bytes.AsMemory(places[index].Start, places[index].Length);

    public string TypeOf(int index) => places[index].Type;

    /// <summary>Whole patients until there are at least that many resources.</summary>
    public static Sample Take(ulong seed, int atLeast)
    {
        var written = new MemoryStream();
        var made = new List<(string, int, int)>(atLeast + 1000);
        foreach (var patient in new ShapedCity(seed).Patients(long.MaxValue / 2))
        {
            foreach (var resource in patient.Resources)
            {
                made.Add((resource.Type.Name, (int)written.Length, resource.Json.Length));
                written.Write(resource.Json.Span);
            }

            if (made.Count >= atLeast)
            {
                break;
            }
        }

        return new Sample(written.ToArray(), [.. made]);
    }
}
