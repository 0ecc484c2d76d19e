using System.Text.Json;
using Kangqiao.Kernel;
using Kangqiao.Rest.Callers;
using Kangqiao.Standard.Making;
using Kangqiao.Store;
using Kangqiao.Store.Feed;
using Kangqiao.Store.Jobs;
using Kangqiao.Store.Queries;

namespace Kangqiao.Rest.Subscriptions;

/// <summary>
/// Follows the change feed for all subscribers and puts each event into the outbox of each whom it concerns, once: the outbox says
/// how far it has heard, so a page that is read again after a kill adds nothing twice. One process at a time does it; the job that
/// never ends holds the place.
/// </summary>
internal sealed class NoticeWork(RestRoom room) : IJobWork
{
    private const string Name = "subscriptions";
    private const int PageSize = 500;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(5);

    public string Kind => Name;

    private sealed record Place(string After);

    /// <summary>Adds the job when it is not there, or has ended in a way it should not.</summary>
    public static async ValueTask EnsureAsync(RestRoom room, CancellationToken cancel)
    {
        if ((await room.Platform.Jobs.FindAsync(Name, cancel)).Try(out var job, out _))
        {
            if (job is { State: JobState.Done or JobState.Failed or JobState.Cancelled })
            {
                await room.Platform.Jobs.RemoveAsync(Name, cancel);
            }

            if (job is not { State: JobState.Waiting or JobState.Running })
            {
                await room.Platform.Jobs.AddAsync(Name, Name, "{}", cancel);
            }
        }
    }

    public async Task<Outcome<string>> WorkAsync(JobRun run, CancellationToken cancel)
    {
        if (!(await BeginAsync(run, cancel)).Try(out var after, out var problem)
            || !(await SubscriptionShelf.AllAsync(room, ReaderPredicate.Platform, cancel)).Try(out var subscribers, out problem))
        {
            return problem;
        }

        // Kept at once: whoever subscribes from now on is behind this place, also when we are killed before the first news.
        if (await run.ReportAsync(new(0, 0, JsonSerializer.Serialize(new Place(after.ToString()))), cancel) is { } notKept)
        {
            return notKept;
        }

        await using var posts = new Posts(room, cancel);
        foreach (var subscriber in subscribers)
        {
            if (await posts.TakeAsync(subscriber, cancel) is { } refused)
            {
                return refused;
            }
        }

        while (true)
        {
            if (!(await room.Platform.Changes.ReadAsync(after, PageSize, cancel)).Try(out var page, out problem))
            {
                return problem;
            }

            if (await TellAsync(page, after, posts, cancel) is { } refused)
            {
                return refused;
            }

            if (page.Next != after)
            {
                after = page.Next;
                if (await run.ReportAsync(new(0, 0, JsonSerializer.Serialize(new Place(after.ToString()))), cancel) is { } stop)
                {
                    return stop;
                }

                continue;
            }

            await WaitAsync(after, cancel);
            if (run.Stopped is { } elsewhere)
            {
                return elsewhere;
            }
        }
    }

    /// <summary>From where the follower stands; the first time from now on.</summary>
    private async ValueTask<Outcome<ChangeCursor>> BeginAsync(JobRun run, CancellationToken cancel) => run.Job.Checkpoint.Length > 0
        ? ChangeCursor.Parse(JsonSerializer.Deserialize<Place>(run.Job.Checkpoint)!.After)
        : await room.Platform.Changes.EndAsync(cancel);

    private async Task WaitAsync(ChangeCursor after, CancellationToken cancel)
    {
        using var look = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        look.CancelAfter(BetweenLooks);
        try
        {
            await room.Platform.Changes.WaitAsync(after, look.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Nothing came; the store is asked again, so that a store that has closed is noticed.
        }
    }

    private async ValueTask<Problem?> TellAsync(ChangePage page, ChangeCursor from, Posts posts, CancellationToken cancel)
    {
        var at = from;
        foreach (var change in page.Changes)
        {
            at = at.With(change.Partition, change.Sequence);
            if (change.Key.Type == "Subscription" && await MeetAsync(change, at, posts, cancel) is { } refused)
            {
                return refused;
            }

            Look? look = null;
            foreach (var post in posts.Of(change))
            {
                if (look is null)
                {
                    if (!(await ReadAsync(change, cancel)).Try(out look, out var problem))
                    {
                        return problem;
                    }
                }

                if (!(await ConcernsAsync(post.Subscriber, change, look, cancel)).Try(out var concerns, out var failed))
                {
                    return failed;
                }

                if (concerns)
                {
                    post.Add(new Notice(change.Key.Type, change.Key.Id, change.Version, change.Kind.ToString(), change.Instant, at.ToString()), at);
                }
            }
        }

        return await posts.KeepAsync(cancel);
    }

    /// <summary>A Subscription came, changed or went; it counts from its place in the feed on.</summary>
    private async ValueTask<Problem?> MeetAsync(Change change, ChangeCursor at, Posts posts, CancellationToken cancel)
    {
        // What was heard until here goes first, to the subscription as it was.
        if (await posts.KeepAsync(cancel) is { } notKept)
        {
            return notKept;
        }

        if (!(await room.Platform.ReadAsync(change.Key, cancel)).Try(out var record, out var problem))
        {
            return problem;
        }

        return SubscriptionShelf.Of(room, record) is { } subscriber
            ? await posts.TakeAsync(subscriber, cancel, at)
            : await posts.DropAsync(change.Key.Id, isGone: record is not { State: RecordState.Live }, cancel);
    }

    /// <summary>The version and the one before it, as far as they are still there.</summary>
    private sealed record Look(StoredRecord? Current, StoredRecord? Previous);

    private async ValueTask<Outcome<Look?>> ReadAsync(Change change, CancellationToken cancel)
    {
        if (!(await room.Platform.ReadAsync(change.Key, change.Version, cancel)).Try(out var current, out var problem))
        {
            return problem;
        }

        StoredRecord? previous = null;
        if (change.Version > 1 && change.Kind != ChangeKind.Created
            && !(await room.Platform.ReadAsync(change.Key, change.Version - 1, cancel)).Try(out previous, out problem))
        {
            return problem;
        }

        return new Look(current is { State: RecordState.Live } ? current : null, previous is { State: RecordState.Live } ? previous : null);
    }

    private async ValueTask<Outcome<bool>> ConcernsAsync(Subscriber subscriber, Change change, Look? look, CancellationToken cancel)
    {
        // Of a deletion the record as it was decides.
        var subject = change.Kind == ChangeKind.Deleted ? look?.Previous : look?.Current;
        // What is composed of a resident follows from the sources, and those are the events.
        if (subject is null || (subject.Key.Type == "Patient" && ResidentTag.IsOn(subject)))
        {
            return false;
        }

        if (!(await room.Book.OfAsync(change.Key.Type, cancel)).Try(out var terms, out var problem))
        {
            return problem;
        }

        using (var bench = room.Rent())
        {
            bench.Load(subject);
            if (!bench.Document.IsUsable)
            {
                return false;
            }

            var values = bench.Values(terms.Plan);
            if (!subscriber.Topic.Triggers.Any(t => t.Type == change.Key.Type && t.Kinds.Contains(change.Kind)
                    && (t.Criteria is null || t.Criteria.Matches(change.Key, values)) && Holds(t, bench, look!))
                || !subscriber.Filters.All(f => f.Type != change.Key.Type || f.Criteria.Matches(change.Key, values)))
            {
                return false;
            }
        }

        return (await NotificationBundle.SightOf(room, subscriber, cancel)).Try(out var sight, out problem) ? await sight.SeesAsync(subject, cancel) : problem;
    }

    private bool Holds(Trigger trigger, Workbench subject, Look look)
    {
        if (trigger.Condition is not { } condition)
        {
            return true;
        }

        var environment = new Fhir.FhirPath.FhirPathEnvironment { Time = room.Time };
        using var other = room.Rent();
        if (look.Current is not null && look.Previous is not null)
        {
            other.Load(look.Previous);
        }

        // The subject is the current version, but for a deletion, which has none.
        Set("current", look.Current is null ? null : subject);
        Set("previous", look.Previous is null ? null : look.Current is null ? subject : other);
        return condition.IsTrue(subject.Document.Root, environment);

        void Set(string name, Workbench? from)
        {
            if (from is null)
            {
                environment.SetVariable(name);
            }
            else
            {
                environment.SetVariable(name, Fhir.FhirPath.FhirPathItem.Of(from.Document.Root));
            }
        }
    }
}
