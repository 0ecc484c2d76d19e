using System.Text.Json;
using Kangqiao.Store.Outboxes;

namespace Kangqiao.Rest.Subscriptions;

/// <summary>An event of a subscription, as its outbox keeps it.</summary>
/// <param name="Type">Of the record that changed.</param>
/// <param name="Kind">Created, Updated or Deleted.</param>
/// <param name="At">Place in the change feed behind which the follower stood when it had seen the event.</param>
internal sealed record Notice(string Type, string Id, long Version, string Kind, DateTimeOffset Instant, string At)
{
    public static Notice Read(in OutboxMessage message) => JsonSerializer.Deserialize<Notice>(message.Text)!;

    public string Write() => JsonSerializer.Serialize(this);
}

/// <summary>Where a subscription stands; the state of its outbox.</summary>
/// <param name="Number">Of the Subscription's record.</param>
/// <param name="Start">Place in the change feed behind which events count; null until the handshake.</param>
/// <param name="IsGreeted">The receiver has answered a handshake since the subscription was last requested.</param>
/// <param name="Delivered">Number of the last event that the receiver has confirmed.</param>
/// <param name="FailingSince">Since when the receiver does not answer; null when it does.</param>
internal sealed record BoxState(long Number, string? Start, bool IsGreeted, long Delivered, DateTimeOffset? FailingSince, int Attempts, string LastError)
{
    public static BoxState New(long number) => new(number, null, false, 0, null, 0, "");

    public static BoxState Read(string json) => JsonSerializer.Deserialize<BoxState>(json)!;

    public string Write() => JsonSerializer.Serialize(this);
}
