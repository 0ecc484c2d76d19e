using Kangqiao.Bench.Kernel;

namespace Kangqiao.Bench.Fuzz;

/// <summary>The sound resources that fuzzing spoils: shaped ones, and the published examples where npm has restored them.</summary>
internal sealed class Corpus
{
    private const int LargestExample = 200_000;

    private readonly List<byte[]> resources = [];

    private Corpus()
    {
    }

    public int Count => resources.Count;

    public byte[] this[int index] => resources[index];

    public static Corpus Load(ulong seed)
    {
        var corpus = new Corpus();
        var sample = Sample.Take(seed, 2_000);
        for (var i = 0; i < sample.Count; i++)
        {
            corpus.resources.Add(sample[i].ToArray());
        }

        var examples = Folders.Root() is { } root ? Path.Combine(root, "tools/npm/node_modules/hl7.fhir.r4.examples") : "";
        if (Directory.Exists(examples))
        {
            foreach (var file in Directory.EnumerateFiles(examples, "*.json").Order(StringComparer.Ordinal))
            {
                // Beside the resources lie the package's own description and index.
                if (new FileInfo(file).Length <= LargestExample && Path.GetFileName(file) is not ("package.json" or ".index.json"))
                {
                    corpus.resources.Add(File.ReadAllBytes(file));
                }
            }
        }

        return corpus;
    }
}
