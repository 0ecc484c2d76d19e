using Kangqiao.Kernel;
using Kangqiao.Store.Feed;

namespace Kangqiao.Rest.Subscriptions;

/// <summary>The subscriptions being served by this process, each with its outbox and its messenger.</summary>
internal sealed class Posts(RestRoom room, CancellationToken stop) : IAsyncDisposable
{
    private readonly Dictionary<string, Post> posts = new(StringComparer.Ordinal);

    /// <summary>Those whom a change may concern and who have not heard of it yet.</summary>
    public IEnumerable<Post> Of(Change change)
    {
        foreach (var post in posts.Values)
        {
            if (post.Hears(change) && post.Subscriber.Topic.Triggers.Any(t => t.Type == change.Key.Type && t.Kinds.Contains(change.Kind)))
            {
                yield return post;
            }
        }
    }

    /// <summary>Serves a subscription as it is now.</summary>
    /// <param name="at">Its place in the feed; null at the start, when its outbox knows.</param>
    public async ValueTask<Problem?> TakeAsync(Subscriber subscriber, CancellationToken cancel, ChangeCursor? at = null)
    {
        if (posts.Remove(subscriber.Id, out var before))
        {
            await before.DisposeAsync();
        }

        if (subscriber.Status == "off")
        {
            return null;
        }

        if (!(await Post.OpenAsync(room, subscriber, at, stop, cancel)).Try(out var post, out var problem))
        {
            return problem;
        }

        posts.Add(subscriber.Id, post);
        return null;
    }

    /// <param name="isGone">The record is no more, so nobody will ask for its events.</param>
    public async ValueTask<Problem?> DropAsync(string id, bool isGone, CancellationToken cancel)
    {
        if (posts.Remove(id, out var post))
        {
            await post.DisposeAsync();
        }

        return isGone ? (await room.Platform.Outboxes.RemoveAsync($"subscription/{id}", cancel)).Problem : null;
    }

    /// <summary>Keeps durably what was added.</summary>
    public async ValueTask<Problem?> KeepAsync(CancellationToken cancel)
    {
        foreach (var post in posts.Values)
        {
            if (await post.KeepAsync(cancel) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var post in posts.Values)
        {
            await post.DisposeAsync();
        }
    }
}
