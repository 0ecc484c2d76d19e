using Kangqiao.Bench.Load.Measured;
using Kangqiao.Bench.Load.Wire;
using Kangqiao.Bench.Shapes;

namespace Kangqiao.Bench.Load.Workloads;

/// <summary>Something that clients do again and again.</summary>
internal interface IWorkload
{
    /// <summary>What must be there before; not measured. Null, or why it cannot be.</summary>
    Task<string?> PrepareAsync(LoadClient client);

    /// <summary>One round of a client; false when there is nothing more to do.</summary>
    Task<bool> RoundAsync(LoadClient client);
}

/// <summary>One of the callers that press on the server at the same time.</summary>
internal sealed class LoadClient : IDisposable
{
    private readonly FhirWire wire;
    private readonly CancellationToken stop;
    private CancellationTokenSource patience = new();

    public LoadClient(FhirWire wire, int number, ulong seed, CancellationToken stop)
    {
        this.wire = wire;
        this.stop = stop;
        Number = number;
        Random = SplitMix64.Of(seed ^ 0x6C6F6164, (ulong)number);
        Records = new ShapedPatient();
    }

    /// <summary>A single answer takes no longer than this; one that does is an error.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(120);

    public int Number { get; }

    public SplitMix64 Random;

    public ShapedPatient Records { get; }

    public Reply Reply { get; } = new();

    public Tally Tally { get; set; } = new();

    /// <summary>Which of a workload's families is next.</summary>
    public int Turn { get; set; }

    /// <summary>Sends a request of a family, takes the time to the last byte of the answer, and notes an answer that is no success.</summary>
    /// <returns>Whether the answer was a success.</returns>
    public async Task<bool> SendAsync(string family, HttpMethod method, string path, ReadOnlyMemory<byte> body = default)
    {
        var begun = System.Diagnostics.Stopwatch.GetTimestamp();
        await AskAsync(method, path, body);
        Tally.Of(family).Latencies.Add((long)System.Diagnostics.Stopwatch.GetElapsedTime(begun).TotalMicroseconds);
        if (!Reply.IsGood && !IsThrottled)
        {
            Tally.Error(family, Reply);
        }

        if (Reply.Status == 0)
        {
            // A server that is not there is asked a little less often than one that is.
            await Task.Delay(100, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return Reply.IsGood;
    }

    public bool IsStopped => stop.IsCancellationRequested;

    /// <summary>Whether the last answer asked to come back later.</summary>
    public bool IsThrottled => Reply.Status is 429 or 503 && Reply.RetryAfter is not null;

    /// <summary>Sends without measuring.</summary>
    public async Task AskAsync(HttpMethod method, string path, ReadOnlyMemory<byte> body = default)
    {
        if (!patience.TryReset())
        {
            patience.Dispose();
            patience = new CancellationTokenSource();
        }

        patience.CancelAfter(Patience);
        await using var stopped = stop.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), patience);
        await wire.SendAsync(method, path, body, Reply, patience.Token);
    }

    /// <summary>Waits as long as the server asked, within reason.</summary>
    public async Task WaitAsAskedAsync()
    {
        Tally.Throttled++;
        var asked = Reply.RetryAfter ?? TimeSpan.FromSeconds(1);
        await Task.Delay(asked < TimeSpan.FromSeconds(10) ? asked : TimeSpan.FromSeconds(10), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => patience.Dispose();
}
