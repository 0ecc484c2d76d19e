using Kangqiao.Kernel;
using Kangqiao.Store.Feed;
using Kangqiao.Store.Postgres.Binding;
using Kangqiao.Store.Postgres.Reading;
using Npgsql;

namespace Kangqiao.Store.Postgres;

/// <summary>
/// The change feed; a partition is a writer's number. A writer commits one transaction after the other and its sequences
/// rise, so behind what its spans tell no open transaction can still fill a place. A page merges the partitions by sequence
/// in one snapshot: of two versions of a record by two writers the later has the higher one, and comes later.
/// </summary>
internal sealed class PostgresFeed(Connections connections, News news, RecordReader records) : IChangeFeed
{
    private const string Writers = "SELECT w FROM store.writer ORDER BY w";
    private const string End = "SELECT coalesce(max(last), 0) FROM store.span WHERE w = $1";
    private const string Spans = """
        SELECT first, last FROM store.span
        WHERE w = $1 AND last > $2 AND first >= coalesce((SELECT max(first) FROM store.span WHERE w = $1 AND first <= $2), 0)
        ORDER BY first LIMIT 64
        """;

    private static readonly string Versions = Current.Versions("seq > $1 AND seq <= $2 AND (seq & 127) = $3", "ASC", "$4");

    /// <summary>Word may be lost with a connection; so long at most does nobody look.</summary>
    private static readonly TimeSpan LooksAnyway = TimeSpan.FromSeconds(1);

    public ValueTask<Outcome<ChangePage>> ReadAsync(ChangeCursor after, int limit, CancellationToken cancel = default) =>
        StoreLimits.IsPage(limit)
            ? connections.InSnapshotAsync<ChangePage>(
                async (connection, token) =>
                {
                    var rows = new List<RecordRow>();
                    var next = after;

                    // First how far each has come, all of one server: what is told stands on nothing that is not told.
                    var told = new List<(short Writer, List<(long First, long Last)> Spans)>();
                    foreach (var writer in await WritersAsync(connection, token))
                    {
                        told.Add((writer, await SpansAsync(connection, writer, after[writer], token)));
                    }

                    foreach (var (writer, spans) in told)
                    {
                        next = await BehindAsync(connection, writer, spans, next, limit, rows, token);
                    }

                    await records.LearnAsync(connection, rows, token);
                    return Page(rows, after, next, limit);
                },
                null, cancel)
            : new(Problems.BadLimit(StoreLimits.MostInPage));

    public ValueTask<Outcome<ChangeCursor>> EndAsync(CancellationToken cancel = default) =>
        connections.InSnapshotAsync<ChangeCursor>(async (connection, token) => await EndAsync(connection, token), null, cancel);

    public async Task WaitAsync(ChangeCursor after, CancellationToken cancel = default)
    {
        while (!connections.IsClosed)
        {
            // The signal is taken before the look, so a commit between the two is not slept through.
            var signal = news.Next;
            var end = await EndAsync(cancel);
            if (end.IsSuccess && IsBehind(after, end.Value))
            {
                return;
            }

            if (!connections.IsClosed)
            {
                await Task.WhenAny(signal, Task.Delay(LooksAnyway, cancel));
                cancel.ThrowIfCancellationRequested();
            }
        }
    }

    public int PartitionOf(long sequence) => Moment.WriterOf(sequence);

    public ValueTask<Outcome<ChangeCursor>> PositionAsync(string follower, CancellationToken cancel = default) =>
        connections.UseAsync(async (connection, token) => ChangeCursor.Parse(await PositionAsync(connection, follower, token) ?? ""), null, cancel);

    public ValueTask<Outcome<ChangeCursor>> MoveAsync(string follower, ChangeCursor from, ChangeCursor to, CancellationToken cancel = default) =>
        StoreLimits.IsName(follower)
            ? connections.UseAsync(
                async (connection, token) =>
                {
                    var text = await PositionAsync(connection, follower, token);
                    if (!ChangeCursor.Parse(text ?? "").Try(out var at, out var unreadable))
                    {
                        return unreadable;
                    }

                    if (at != from)
                    {
                        return Problems.CursorMoved(follower);
                    }

                    var moved = text is null
                        ? await connection.Command("INSERT INTO store.follower (name, position) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                            .WithText(follower).WithText(to.ToString()).RunAsync(token)
                        : await connection.Command("UPDATE store.follower SET position = $2 WHERE name = $1 AND position = $3")
                            .WithText(follower).WithText(to.ToString()).WithText(text).RunAsync(token);
                    return moved == 1 ? to : (Outcome<ChangeCursor>)Problems.CursorMoved(follower);
                },
                null, cancel)
            : new(Problems.BadName("A follower's name"));

    internal static async Task<ChangeCursor> EndAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var end = ChangeCursor.Start;
        foreach (var writer in await WritersAsync(connection, cancel))
        {
            await using var last = connection.Command(End).With(writer);
            end = end.With(writer, (long)(await last.ExecuteScalarAsync(cancel))!);
        }

        return end;
    }

    private static Task<List<short>> WritersAsync(NpgsqlConnection connection, CancellationToken cancel) =>
        connection.Command(Writers).RowsAsync(row => row.GetInt16(0), cancel);

    private static async Task<string?> PositionAsync(NpgsqlConnection connection, string follower, CancellationToken cancel)
    {
        var found = await connection.Command("SELECT position FROM store.follower WHERE name = $1").WithText(follower).RowsAsync(row => row.GetString(0), cancel);
        return found.Count > 0 ? found[0] : null;
    }

    private static bool IsBehind(ChangeCursor at, ChangeCursor end)
    {
        for (var i = 0; i < end.Count; i++)
        {
            if (at[i] < end[i])
            {
                return true;
            }
        }

        return false;
    }

    private static Task<List<(long First, long Last)>> SpansAsync(NpgsqlConnection connection, short writer, long after, CancellationToken cancel) =>
        connection.Command(Spans).With(writer).With(after).RowsAsync(row => (row.GetInt64(0), row.GetInt64(1)), cancel);

    /// <summary>One writer's versions behind the cursor. Answers how far it has looked, which may be past the last that is left of them.</summary>
    private static async Task<ChangeCursor> BehindAsync(
        NpgsqlConnection connection, short writer, List<(long First, long Last)> spans, ChangeCursor after, int limit, List<RecordRow> into, CancellationToken cancel)
    {
        var left = limit;
        foreach (var span in spans)
        {
            var rows = await connection.Command(Versions).With(Math.Max(span.First - 1, after[writer])).With(span.Last).With((long)writer).With(left)
                .RowsAsync(RecordRow.Read, cancel);
            into.AddRange(rows);
            left -= rows.Count;
            if (left == 0)
            {
                return after.With(writer, rows[^1].Sequence);
            }

            after = after.With(writer, span.Last);
        }

        return after;
    }

    private ChangePage Page(List<RecordRow> rows, ChangeCursor after, ChangeCursor looked, int limit)
    {
        rows.Sort((a, b) => a.Sequence.CompareTo(b.Sequence));
        if (rows.Count > limit)
        {
            // What is cut off is read again: each writer's place is its last that is told.
            rows.RemoveRange(limit, rows.Count - limit);
            looked = after;
            foreach (var row in rows)
            {
                looked = looked.With(Moment.WriterOf(row.Sequence), row.Sequence);
            }
        }

        return new(
            rows.ConvertAll(row => new Change(
                Moment.WriterOf(row.Sequence), row.Sequence, (ChangeKind)row.Kind, row.Number, row.Key(records.Names), row.Version,
                Moment.InstantOf(row.Sequence), new(row.Shard), records.Names.Known(row.Sender)!)),
            looked);
    }
}
