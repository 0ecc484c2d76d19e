using Kangqiao.Store.Postgres.Binding;
using Npgsql;

namespace Kangqiao.Store.Postgres.Writing;

/// <summary>
/// The versions that a transaction replaced, by the writers who made them. Where a commit is told in a step of its own, another
/// writer's may be committed and not told yet: what stands on it is told behind it, so that a record's versions come in order.
/// </summary>
internal sealed class Forerunners(short self)
{
    private const string Told = "SELECT coalesce(max(last), 0) FROM store.span WHERE w = $1";

    /// <summary>A process that was stopped between commit and word must not stop the others for ever; then order may break once.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly Dictionary<short, long> last = [];

    public void Open() => last.Clear();

    public void Add(long sequence)
    {
        var writer = Moment.WriterOf(sequence);
        if (writer != self)
        {
            last[writer] = Math.Max(sequence, last.GetValueOrDefault(writer));
        }
    }

    /// <summary>
    /// Completes when the feed tells of all of them. Nobody waits in a ring: each waits for what was committed before its own.
    /// </summary>
    public async Task ToldAsync(NpgsqlConnection connection, TimeProvider time, CancellationToken cancel)
    {
        var began = time.GetTimestamp();
        foreach (var (writer, sequence) in last)
        {
            for (var pause = 1; !await IsToldAsync(connection, writer, sequence, cancel) && time.GetElapsedTime(began) < LongestWait; pause = Math.Min(2 * pause, 50))
            {
                // Who died before it could tell is spoken for by whoever finds its lock free.
                await Claim.RecoverDeadAsync(connection, [writer], cancel);
                await Task.Delay(TimeSpan.FromMilliseconds(pause), cancel);
            }
        }
    }

    private static async Task<bool> IsToldAsync(NpgsqlConnection connection, short writer, long sequence, CancellationToken cancel)
    {
        await using var told = connection.Command(Told).With(writer);
        return (long)(await told.ExecuteScalarAsync(cancel))! >= sequence;
    }
}
