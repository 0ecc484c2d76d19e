using System.Net.Http.Headers;
using Kangqiao.Kernel;
using Kangqiao.Store.Feed;
using Kangqiao.Store.Outboxes;

namespace Kangqiao.Rest.Subscriptions;

/// <summary>
/// One subscription: its outbox, and the messenger that brings what is in it to the receiver, in order, and again until it is
/// confirmed. Events have numbers without gaps; a notification that was confirmed but not noted because of a kill comes again under the
/// same number, so the receiver's own cursor sees each event once.
/// </summary>
internal sealed class Post : IAsyncDisposable
{
    private const int HandshakeTries = 4;

    private readonly RestRoom room;
    private readonly CancellationTokenSource stop;
    private readonly List<Notice> added = [];
    private readonly HttpClient http;
    private TaskCompletionSource news = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile BoxState state;
    private ChangeCursor heard;
    private long last;
    private Task working = Task.CompletedTask;

    private Post(RestRoom room, Subscriber subscriber, Outbox box, ChangeCursor heard, CancellationToken stop)
    {
        this.room = room;
        this.heard = heard;
        Subscriber = subscriber;
        state = BoxState.Read(box.State);
        last = box.Last;
        http = room.Options.Outgoing.Client(subscriber.Timeout);
        this.stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
    }

    public Subscriber Subscriber { get; private set; }

    public static async ValueTask<Outcome<Post>> OpenAsync(
        RestRoom room, Subscriber subscriber, ChangeCursor? at, CancellationToken stop, CancellationToken cancel)
    {
        var boxes = room.Platform.Outboxes;
        if (!(await boxes.FindAsync(subscriber.Box, cancel)).Try(out var box, out var problem))
        {
            return problem;
        }

        if (box is not null && BoxState.Read(box.State).Number != subscriber.Number)
        {
            // Another record had this id: its events are not this one's.
            if ((await boxes.RemoveAsync(subscriber.Box, cancel)).Problem is { } notRemoved)
            {
                return notRemoved;
            }

            box = null;
        }

        var now = box is null ? BoxState.New(subscriber.Number) : BoxState.Read(box.State);
        if (subscriber.Status == "requested")
        {
            // Asked anew, the first time or after it was off: a handshake, and events from then on.
            now = now with { Start = null, IsGreeted = false, FailingSince = null, Attempts = 0, LastError = "" };
        }
        else if (now is { Start: null, IsGreeted: true } && at is { } place)
        {
            now = now with { Start = place.ToString() };
        }

        if (!(await boxes.SaveAsync(subscriber.Box, now.Write(), cancel)).Try(out box, out problem)
            || !(await HeardAsync(boxes, box, now, cancel)).Try(out var heard, out problem))
        {
            return problem;
        }

        var post = new Post(room, subscriber, box, heard, stop);
        post.working = Task.Run(post.WorkAsync, CancellationToken.None);
        return post;
    }

    /// <summary>The change lies behind the subscription's beginning, and behind what its outbox has heard.</summary>
    public bool Hears(Change change) => state.Start is not null && change.Sequence > heard[change.Partition];

    public void Add(Notice notice, ChangeCursor at)
    {
        added.Add(notice);
        heard = at;
    }

    public async ValueTask<Problem?> KeepAsync(CancellationToken cancel)
    {
        if (added.Count == 0)
        {
            return null;
        }

        var kept = await room.Platform.Outboxes.AppendAsync(Subscriber.Box, last, [.. added.Select(n => n.Write())], cancel);
        if (kept.Problem is { } problem)
        {
            // Somebody else serves it: begin anew, from what is kept.
            return problem.Kind == ProblemKind.Conflict ? problem with { Kind = ProblemKind.Unavailable } : problem;
        }

        added.Clear();
        Volatile.Write(ref last, kept.Value.Last);
        Interlocked.Exchange(ref news, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await working;
        stop.Dispose();
        http.Dispose();
    }

    private static async ValueTask<Outcome<ChangeCursor>> HeardAsync(IOutboxes boxes, Outbox box, BoxState state, CancellationToken cancel)
    {
        var start = ChangeCursor.Parse(state.Start ?? "").Value;
        if (!(await boxes.ReadAsync(box.Name, box.Last - 1, 1, cancel)).Try(out var messages, out var problem))
        {
            return problem;
        }

        // The later of the two: a subscription requested again begins behind what it heard before.
        var told = messages is [var message] ? ChangeCursor.Parse(Notice.Read(message).At).Value : ChangeCursor.Start;
        for (var i = 0; i < Math.Max(start.Count, told.Count); i++)
        {
            start = start.With(i, Math.Max(start[i], told[i]));
        }

        return start;
    }

    private async Task WorkAsync()
    {
        try
        {
            if (!state.IsGreeted && (Subscriber.Status is "requested" or "active"))
            {
                await GreetAsync();
            }

            while (state.Start is not null)
            {
                if (Subscriber.End <= room.Time.GetUtcNow())
                {
                    await SayAsync("off", "Its end has come.");
                    return;
                }

                if (!await StepAsync())
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Another version of the subscription is served, or nobody any more.
        }
    }

    /// <summary>The handshake; when it succeeds the Subscription is active, and comes back through the feed as that.</summary>
    private async Task GreetAsync()
    {
        var failure = "";
        for (var i = 0; i < HandshakeTries; i++)
        {
            failure = await SendAsync("handshake", []);
            if (failure.Length == 0)
            {
                await SaveAsync(state with { IsGreeted = true });
                if (Subscriber.Status == "requested")
                {
                    await SayAsync("active", "");
                    return;
                }

                // Its owner says already that it is active: no new version will come through the feed, so it begins here.
                if ((await room.Platform.Changes.EndAsync(stop.Token)).Try(out var end, out _))
                {
                    heard = end;
                    await SaveAsync(state with { Start = end.ToString() });
                }

                return;
            }

            await Task.Delay(Pause(i + 1), room.Time, stop.Token);
        }

        await SaveAsync(state with { LastError = failure });
        await SayAsync("error", $"The handshake failed: {failure}");
    }

    /// <summary>Brings the next events, or a heartbeat when it is due. False when the subscription is off.</summary>
    private async Task<bool> StepAsync()
    {
        var signal = Volatile.Read(ref news);
        var read = await room.Platform.Outboxes.ReadAsync(Subscriber.Box, state.Delivered, Subscriber.MostEvents, stop.Token);
        if (!read.Try(out var messages, out _))
        {
            await Task.Delay(TimeSpan.FromSeconds(5), room.Time, stop.Token);
            return true;
        }

        if (messages.Count == 0 && !await IsHeartbeatDueAsync(signal.Task))
        {
            return true;
        }

        var failure = await SendAsync(messages.Count == 0 ? "heartbeat" : "event-notification", [.. messages.Select(m => (m.Number, Notice.Read(m)))]);
        if (failure.Length == 0)
        {
            return await SucceededAsync(messages.Count > 0 ? messages[^1].Number : state.Delivered);
        }

        return await FailedAsync(failure);
    }

    private async Task<bool> SucceededAsync(long delivered)
    {
        var wasFailing = state.FailingSince is not null;
        await SaveAsync(state with { Delivered = delivered, FailingSince = null, Attempts = 0, LastError = "" });
        if (delivered % 1000 == 0 && delivered > room.Options.Subscriptions.KeptEvents)
        {
            await room.Platform.Outboxes.TrimAsync(Subscriber.Box, delivered - room.Options.Subscriptions.KeptEvents, stop.Token);
        }

        if (wasFailing && Subscriber.Status == "error")
        {
            await SayAsync("active", "");
        }

        return true;
    }

    private async Task<bool> FailedAsync(string failure)
    {
        var options = room.Options.Subscriptions;
        var now = room.Time.GetUtcNow();
        var since = state.FailingSince ?? now;
        await SaveAsync(state with { FailingSince = since, Attempts = state.Attempts + 1, LastError = failure });
        if (now - since >= options.OffAfter)
        {
            await SayAsync("off", $"The receiver has not answered for {options.OffAfter.TotalHours:F0} hours: {failure}");
            return false;
        }

        if (now - since >= options.ErrorAfter && Subscriber.Status == "active")
        {
            await SayAsync("error", $"The receiver does not answer: {failure}");
        }

        await Task.Delay(Pause(state.Attempts), room.Time, stop.Token);
        return true;
    }

    private TimeSpan Pause(int attempts)
    {
        var options = room.Options.Subscriptions;
        var pause = options.FirstPause * Math.Pow(2, Math.Min(attempts - 1, 20));
        return pause < options.LongestPause ? pause : options.LongestPause;
    }

    private async Task<bool> IsHeartbeatDueAsync(Task signal)
    {
        if (Subscriber.Heartbeat is not { } period)
        {
            await signal.WaitAsync(stop.Token);
            return false;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        var first = await Task.WhenAny(signal, Task.Delay(period, room.Time, ended.Token));
        await ended.CancelAsync();
        stop.Token.ThrowIfCancellationRequested();
        return first != signal;
    }

    private async Task SaveAsync(BoxState next)
    {
        state = next;
        while ((await room.Platform.Outboxes.SaveAsync(Subscriber.Box, next.Write(), stop.Token)).Problem is not null)
        {
            // Not noted means sent again; better to wait for the store than to trouble the receiver.
            await Task.Delay(TimeSpan.FromSeconds(1), room.Time, stop.Token);
        }
    }

    private async Task SayAsync(string status, string error)
    {
        while ((await SubscriptionShelf.SayAsync(room, Subscriber, status, error, stop.Token)).Problem is not null)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), room.Time, stop.Token);
        }
    }

    /// <returns>Empty when the receiver has confirmed; else what happened, without anything of the receiver's answer.</returns>
    private async Task<string> SendAsync(string type, IReadOnlyList<(long Number, Notice Notice)> events)
    {
        var since = events.Count > 0 ? events[^1].Number : Volatile.Read(ref last);
        var bundle = await NotificationBundle.OfAsync(
            room, room.Options.BaseAddress ?? room.Options.OwnAddress, Subscriber, type, since, events, Subscriber.Content, "", stop.Token);
        if (!bundle.Try(out var body, out var problem))
        {
            return problem.Code;
        }

        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Subscriber.Endpoint) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/fhir+json");
            foreach (var (name, value) in Subscriber.Headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            var secret = Signature.Secret(room.Options.Subscriptions.Key, Subscriber.Id, Subscriber.Number);
            request.Headers.TryAddWithoutValidation(Signature.Header, Signature.Of(secret, room.Time.GetUtcNow(), body));
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token);
            return response.IsSuccessStatusCode ? "" : $"it answered {(int)response.StatusCode}";
        }
        catch (HttpRequestException failure)
        {
            return $"it cannot be reached ({failure.HttpRequestError})";
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return "it did not answer in time";
        }
    }
}
