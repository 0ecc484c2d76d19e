using System.Collections.Immutable;
using Kangqiao.Store.Postgres.Binding;
using Npgsql;

namespace Kangqiao.Store.Postgres.Reading;

/// <summary>
/// Where the chunks of records lie on the line of numbers. GIN finds all matches or none: it cannot give the first twenty. So
/// each record has its chunk among its terms, and a page is asked of a few chunks first, then of more (<see cref="Searcher"/>):
/// what a page costs then follows from the page and not from the matches there are.
/// </summary>
internal sealed class Chunks
{
    private const string Told = "SELECT w, chunks FROM store.writer WHERE chunks > 0";
    private const string Later = "SELECT first, wide FROM store.chunk WHERE w = $1 AND first > $2 ORDER BY first";

    private volatile Map known = new([]);

    /// <summary>As last seen; whoever asks by it sees to it that it was up to date: <see cref="AddCheck"/>.</summary>
    public Map Known => known;

    /// <summary>The statement whose rows say how many chunks there are.</summary>
    public static void AddCheck(NpgsqlBatch batch) => batch.Add(Told);

    /// <summary>Reads those rows. Null when the map has all that they tell; else what is to be learnt.</summary>
    public static async Task<List<(short Writer, long Chunks)>?> CheckAsync(Map map, NpgsqlDataReader rows, CancellationToken cancel)
    {
        List<(short, long)>? more = null;
        while (await rows.ReadAsync(cancel))
        {
            var told = (Writer: rows.GetInt16(0), Chunks: rows.GetInt64(1));
            if (map.ToldBy(told.Writer) != told.Chunks)
            {
                (more ??= []).Add(told);
            }
        }

        return more;
    }

    public async Task LearnAsync(NpgsqlConnection connection, List<(short Writer, long Chunks)> more, CancellationToken cancel)
    {
        var map = known;
        foreach (var (writer, told) in more)
        {
            var later = await connection.Command(Later).With(writer).With(map.LastOf(writer)).RowsAsync(row => (row.GetInt64(0), row.GetInt64(1)), cancel);
            map = map.With(writer, told, later);
        }

        known = map;
    }

    /// <summary>Chunks by their writers; one writer's lie behind each other, several writers' beside each other.</summary>
    public sealed class Map(ImmutableDictionary<short, (long Told, ImmutableArray<(long First, long Wide)> Chunks)> writers)
    {
        /// <summary>Of so many chunks of a wide one the wide one is asked: one list instead of several, and what is beyond is cut by number.</summary>
        private const int EnoughForWide = 3;

        private readonly long[] all = [.. writers.Values.SelectMany(writer => writer.Chunks.Select(chunk => chunk.First)).Order()];

        public Map(IEnumerable<KeyValuePair<short, (long Told, ImmutableArray<(long First, long Wide)> Chunks)>> writers)
            : this(ImmutableDictionary.CreateRange(writers))
        {
        }

        public int Count => all.Length;

        /// <summary>Numbers at which chunks begin, so many at most, evenly over all there are.</summary>
        public long[] Spread(int most)
        {
            var count = Math.Min(most, all.Length);
            var spread = new long[count];
            for (var i = 0; i < count; i++)
            {
                spread[i] = all[(int)((long)i * all.Length / count)];
            }

            return spread;
        }

        public long ToldBy(short writer) => writers.TryGetValue(writer, out var its) ? its.Told : 0;

        public long LastOf(short writer) => writers.TryGetValue(writer, out var its) && its.Chunks.Length > 0 ? its.Chunks[^1].First : 0;

        public Map With(short writer, long told, IReadOnlyList<(long First, long Wide)> later) => new(writers.SetItem(
            writer, (told, (writers.TryGetValue(writer, out var its) ? its.Chunks : []).AddRange(later))));

        /// <summary>The number so many chunks behind (below zero: before) another; null where there are no more.</summary>
        public long? Step(long from, int chunks)
        {
            var at = Array.BinarySearch(all, from);
            at = (at < 0 ? ~at - 1 : at) + chunks;
            return at < 0 || at >= all.Length ? null : all[at];
        }

        /// <summary>Names of chunks, wide ones among them, that hold all numbers from low to high, both inclusive, and some others.</summary>
        public long[] Between(long low, long high)
        {
            var found = new List<long>();
            foreach (var (_, chunks) in writers.Values)
            {
                var at = chunks.BinarySearch((low, long.MaxValue));
                for (at = Math.Max(0, (at < 0 ? ~at : at) - 1); at < chunks.Length && chunks[at].First <= high;)
                {
                    var (wide, from) = (chunks[at].Wide, at);
                    while (at < chunks.Length && chunks[at].First <= high && chunks[at].Wide == wide)
                    {
                        at++;
                    }

                    if (wide != 0 && at - from >= EnoughForWide)
                    {
                        found.Add(wide);
                    }
                    else
                    {
                        found.AddRange(chunks.AsSpan(from, at - from).ToArray().Select(chunk => chunk.First));
                    }
                }
            }

            return [.. found];
        }
    }
}
