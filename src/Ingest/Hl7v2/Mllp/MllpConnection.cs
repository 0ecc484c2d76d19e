using System.Threading.Channels;
using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Hl7v2.Acknowledging;
using Kangqiao.Kernel;

namespace Kangqiao.Ingest.Hl7v2.Mllp;

/// <summary>
/// One connection: it reads blocks as fast as they are taken, and answers in the order in which they came, so that a sender may
/// send many before the first answer.
/// </summary>
internal sealed class MllpConnection(Stream stream, MllpPeer peer, MllpOptions options, TakeMessage take, TimeProvider time) : IDisposable
{
    private readonly MllpFrames frames = new(options.MaxMessageBytes);
    private readonly Identifiers identifiers = new(time);
    private readonly SemaphoreSlim drained = new(0);

    private readonly Channel<Pending> pending = Channel.CreateBounded<Pending>(
        new BoundedChannelOptions(options.MaxPending) { SingleReader = true, SingleWriter = true });

    private long pendingBytes;

    /// <summary>A message on its way; its answer is known when the task ends.</summary>
    private readonly record struct Pending(ReadOnlyMemory<byte> Message, Task<TakenMessage> Taken);

    public void Dispose() => drained.Dispose();

    /// <summary>Until the peer leaves, stalls, or the door closes; then what was taken is still answered.</summary>
    /// <param name="stop">No further messages are read.</param>
    /// <param name="abort">Nothing further is answered.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken abort)
    {
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(abort);
        var answering = AnswerAsync(broken);
        try
        {
            using var reading = CancellationTokenSource.CreateLinkedTokenSource(stop, broken.Token);
            await ReadAsync(reading.Token, abort);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ChannelClosedException or ObjectDisposedException)
        {
            // The peer is gone, stalls, or the door closes: what it sent whole is still taken and answered where it can be.
        }
        finally
        {
            pending.Writer.TryComplete();
            await answering;
        }
    }

    private async Task ReadAsync(CancellationToken stop, CancellationToken abort)
    {
        var buffer = new byte[32 * 1024];
        while (true)
        {
            var read = await ReadSomeAsync(buffer, stop);
            if (read == 0)
            {
                return;
            }

            for (var used = 0; used < read;)
            {
                used += frames.Read(buffer.AsSpan(used, read - used), out var kind, out var message);
                var taken = kind switch
                {
                    FrameKind.Message => TakeAsync(message, abort),
                    FrameKind.Unended => Refuse(Hl7Findings.FrameBroken),
                    FrameKind.TooLong => Refuse(Hl7Findings.TooLarge, $"{options.MaxMessageBytes >> 20}"),
                    _ => null,
                };
                if (taken is not null)
                {
                    await QueueAsync(new Pending(message, taken), stop);
                }
            }
        }
    }

    private async ValueTask<int> ReadSomeAsync(byte[] buffer, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(frames.IsInside ? options.StallTimeout : options.IdleTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop);
        return await stream.ReadAsync(buffer, either.Token);
    }

    private async Task QueueAsync(Pending next, CancellationToken stop)
    {
        // Once a message has been handed on, its answer has its place in the queue, even when the door closes meanwhile.
        await pending.Writer.WriteAsync(next, CancellationToken.None);
        if (Interlocked.Add(ref pendingBytes, next.Message.Length) > options.MaxPendingBytes)
        {
            while (Interlocked.Read(ref pendingBytes) > options.MaxPendingBytes && !pending.Reader.Completion.IsCompleted)
            {
                await drained.WaitAsync(stop);
            }
        }
    }

    private async Task<TakenMessage> TakeAsync(ReadOnlyMemory<byte> message, CancellationToken abort)
    {
        MllpMetrics.Messages.Add(1);
        try
        {
            return await take(message, peer, abort);
        }
#pragma warning disable CA1031 // The edge of the process: a message that cannot be taken is answered so, and the next one is read.
        catch (Exception)
#pragma warning restore CA1031
        {
            MllpMetrics.Failed.Add(1);
            return new TakenMessage([Hl7Findings.Of(Hl7Findings.NotTaken, "")]);
        }
    }

    private static Task<TakenMessage> Refuse(FindingKind kind, params string[] arguments)
    {
        MllpMetrics.Broken.Add(1);
        return Task.FromResult(new TakenMessage([Hl7Findings.Of(kind, "", arguments)]));
    }

    private async Task AnswerAsync(CancellationTokenSource broken)
    {
        var output = new List<byte>(4096);
        try
        {
            await foreach (var next in pending.Reader.ReadAllAsync(broken.Token))
            {
                if (!next.Taken.IsCompleted && output.Count > 0)
                {
                    await SendAsync(output, broken.Token);
                }

                var taken = await next.Taken.WaitAsync(broken.Token);
                if (taken.Answer is { } several)
                {
                    await SendAsync(output, broken.Token);
                    await SeveralAsync(next.Message, several, output, broken.Token);
                }

                Task<IReadOnlyList<Finding>>? later = null;
                if (taken.Answer is null)
                {
                    Answer(next.Message, taken, output, out later);
                }

                if (later is not null)
                {
                    await SendAsync(output, broken.Token);
                    await LaterAsync(next.Message, later, output, broken.Token);
                }

                if (!pending.Reader.TryPeek(out _) || output.Count > 32 * 1024)
                {
                    await SendAsync(output, broken.Token);
                }

                Interlocked.Add(ref pendingBytes, -next.Message.Length);
                if (drained.CurrentCount == 0)
                {
                    drained.Release();
                }
            }

            await SendAsync(output, broken.Token);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Nobody hears the answers any more. Reading ends too: a sender that does not listen will send again.
            pending.Writer.TryComplete();
            await broken.CancelAsync();
            drained.Release();
        }
    }

    /// <param name="later">What the application acknowledgement still waits for.</param>
    private void Answer(ReadOnlyMemory<byte> message, TakenMessage taken, List<byte> output, out Task<IReadOnlyList<Finding>>? later)
    {
        var mode = AcknowledgementMode.Of(message);
        later = null;
        var isRefused = taken.Refused.Count > 0;
        if (mode.WantsCommit(isRefused))
        {
            Frame(Acknowledgement.Commit(message, taken.Refused, time.GetUtcNow(), identifiers.NextId()), output);
        }

        if (mode.Application == AnswerWish.Never || (isRefused && mode.IsEnhanced))
        {
            return;
        }

        if (isRefused || taken.Outcome is null)
        {
            if (mode.WantsApplication(isRefused))
            {
                Frame(Acknowledgement.Application(message, taken.Refused, time.GetUtcNow(), identifiers.NextId()), output);
            }
        }
        else
        {
            later = taken.Outcome;
        }
    }

    private async Task LaterAsync(ReadOnlyMemory<byte> message, Task<IReadOnlyList<Finding>> outcome, List<byte> output, CancellationToken cancel)
    {
        IReadOnlyList<Finding> findings;
        try
        {
            findings = await outcome.WaitAsync(cancel);
        }
#pragma warning disable CA1031 // The edge of the process: the message is durable; that it could not be finished now is an answer too.
        catch (Exception failed) when (failed is not OperationCanceledException || !cancel.IsCancellationRequested)
#pragma warning restore CA1031
        {
            MllpMetrics.Failed.Add(1);
            findings = [Hl7Findings.Of(Hl7Findings.NotTaken, "")];
        }

        if (AcknowledgementMode.Of(message).WantsApplication(AcknowledgementMode.IsError(findings)))
        {
            Frame(Acknowledgement.Application(message, findings, time.GetUtcNow(), identifiers.NextId()), output);
        }
    }

    private async Task SeveralAsync(ReadOnlyMemory<byte> message, Task<byte[]> answer, List<byte> output, CancellationToken cancel)
    {
        try
        {
            if (await answer.WaitAsync(cancel) is { Length: > 0 } said)
            {
                Frame(said, output);
            }
        }
#pragma warning disable CA1031 // The edge of the process, as above.
        catch (Exception failed) when (failed is not OperationCanceledException || !cancel.IsCancellationRequested)
#pragma warning restore CA1031
        {
            MllpMetrics.Failed.Add(1);
            Frame(Acknowledgement.Application(message, [Hl7Findings.Of(Hl7Findings.NotTaken, "")], time.GetUtcNow(), identifiers.NextId()), output);
        }
    }

    private static void Frame(byte[] answer, List<byte> output)
    {
        output.Add(0x0B);
        output.AddRange(answer);
        output.Add(0x1C);
        output.Add(0x0D);
    }

    private async Task SendAsync(List<byte> output, CancellationToken cancel)
    {
        if (output.Count == 0)
        {
            return;
        }

        using var patience = new CancellationTokenSource(options.StallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancel);
        await stream.WriteAsync(output.ToArray(), either.Token);
        await stream.FlushAsync(either.Token);
        output.Clear();
    }
}
