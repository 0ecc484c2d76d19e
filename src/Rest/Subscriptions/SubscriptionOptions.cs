namespace Kangqiao.Rest.Subscriptions;

/// <summary>How long the server bears a receiver that does not answer, and whom it takes for the sender of its notifications.</summary>
public sealed record SubscriptionOptions
{
    public static readonly SubscriptionOptions Default = new();

    /// <summary>Folder of the topics; null for none.</summary>
    public string? TopicFolder { get; init; }

    /// <summary>From it each subscription's secret is made.</summary>
    public ReadOnlyMemory<byte> Key { get; init; }

    /// <summary>Before the second attempt; doubled before each further one.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan LongestPause { get; init; } = TimeSpan.FromHours(1);

    /// <summary>So long after the first failure the Subscription's status says error; attempts go on.</summary>
    public TimeSpan ErrorAfter { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>So long after the first failure the Subscription is off, until somebody requests it again.</summary>
    public TimeSpan OffAfter { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Events kept for $events after the receiver has confirmed them.</summary>
    public int KeptEvents { get; init; } = 10_000;
}
