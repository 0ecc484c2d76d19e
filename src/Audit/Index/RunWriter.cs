using System.Globalization;
using System.Runtime.InteropServices;

namespace Kangqiao.Audit.Index;

/// <summary>Makes runs: of what is in memory, and of several runs one. Written aside and moved, so that a run is whole or not there.</summary>
internal static class RunWriter
{
    private const int Buffer = 256 * 1024;

    /// <param name="postings">Sorted here.</param>
    public static Run Write(string folder, string segment, RunHead head, List<Posting> postings, List<Sample> samples)
    {
        postings.Sort();
        return Put(folder, segment, head with { Postings = postings.Count, Samples = samples.Count }, postings, samples);
    }

    /// <param name="runs">Next to each other, in order.</param>
    public static Run Merge(string folder, string segment, IReadOnlyList<Run> runs) => Put(
        folder,
        segment,
        new RunHead(
            RunHead.RightMagic, runs[0].Head.From, runs[^1].Head.To, runs.Sum(r => r.Head.Postings), runs.Sum(r => r.Head.Samples), runs.Max(r => r.Head.Level) + 1,
            runs.Sum(r => r.Head.Events), runs[0].Head.FirstMilliseconds, runs[^1].Head.LastMilliseconds),
        Merged(runs),
        runs.SelectMany(r => r.Samples));

    private static Run Put(string folder, string segment, RunHead head, IEnumerable<Posting> postings, IEnumerable<Sample> samples)
    {
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{segment}.{head.From}-{head.To}{Trail.SegmentName.RunExtension}"));
        var draft = path + ".draft";
        using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write, FileShare.None, Buffer))
        {
            Put(file, head);
            var sparse = new List<ulong>((int)(head.Postings / Run.Block) + 1);
            var number = 0L;
            foreach (var posting in postings)
            {
                if (number++ % Run.Block == 0)
                {
                    sparse.Add(posting.Key);
                }

                Put(file, posting);
            }

            foreach (var key in sparse)
            {
                Put(file, key);
            }

            foreach (var sample in samples)
            {
                Put(file, sample);
            }
        }

        File.Move(draft, path, overwrite: true);
        return Run.Open(path) ?? throw new IOException($"{path} was not written whole.");
    }

    private static IEnumerable<Posting> Merged(IReadOnlyList<Run> runs)
    {
        var heads = new PriorityQueue<Cursor, Posting>();
        foreach (var run in runs)
        {
            var cursor = new Cursor(run);
            if (cursor.Next())
            {
                heads.Enqueue(cursor, cursor.Current);
            }
        }

        while (heads.TryDequeue(out var cursor, out var posting))
        {
            yield return posting;
            if (cursor.Next())
            {
                heads.Enqueue(cursor, cursor.Current);
            }
        }
    }

    private static void Put<T>(FileStream file, in T value)
        where T : unmanaged => file.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    private sealed class Cursor(Run run)
    {
        private readonly Posting[] some = new Posting[4096];
        private long at;
        private int next;
        private int count;

        public Posting Current => some[next - 1];

        public bool Next()
        {
            if (next == count)
            {
                count = run.Read(at, some);
                at += count;
                next = 0;
            }

            return count > 0 && ++next > 0;
        }
    }
}
