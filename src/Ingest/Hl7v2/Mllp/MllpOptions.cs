using System.Net;
using System.Net.Security;
using Kangqiao.Fhir.Findings;

namespace Kangqiao.Ingest.Hl7v2.Mllp;

/// <summary>Who sent a message, as far as the connection tells.</summary>
/// <param name="CertificateHash">SHA-256 of the client's certificate under mutual TLS, in hexadecimal, or null.</param>
public sealed record MllpPeer(IPEndPoint Address, string? CertificateHash);

/// <summary>What became of a message.</summary>
/// <param name="Refused">Why it was not kept; empty where it is durable.</param>
/// <param name="Outcome">What mapping and checking found, once that is known; null where nobody waits for it.</param>
public sealed record TakenMessage(IReadOnlyList<Finding> Refused, Task<IReadOnlyList<Finding>>? Outcome = null)
{
    /// <summary>The whole answer, where the block holds several messages; null for a single one.</summary>
    public Task<byte[]>? Answer { get; init; }

    public static readonly TakenMessage Durable = new([]);
}

/// <summary>
/// Takes one message, without its framing, and completes when it is durable, so that a commit acknowledgement may be given.
/// Called for many messages at once, also of one connection. The memory is the taker's to keep.
/// </summary>
public delegate ValueTask<TakenMessage> TakeMessage(ReadOnlyMemory<byte> message, MllpPeer peer, CancellationToken cancel);

/// <summary>How the MLLP door listens.</summary>
public sealed record MllpOptions
{
    public required IPEndPoint Endpoint { get; init; }

    /// <summary>TLS, if set.</summary>
    public SslServerAuthenticationOptions? Tls { get; init; }

    /// <summary>Networks that may connect; empty lets all.</summary>
    public IReadOnlyList<IPNetwork> Allowed { get; init; } = [];

    public int MaxConnections { get; init; } = 512;

    /// <summary>A sender that floods takes no more than these.</summary>
    public int MaxConnectionsPerAddress { get; init; } = 64;

    /// <summary>A longer message is refused, without being held.</summary>
    public int MaxMessageBytes { get; init; } = 64 << 20;

    /// <summary>Messages of one connection that may wait for their answer; then reading waits.</summary>
    public int MaxPending { get; init; } = 256;

    /// <summary>Bytes of such messages; then reading waits.</summary>
    public int MaxPendingBytes { get; init; } = 16 << 20;

    /// <summary>How long the rest of a message may be awaited, a handshake may take, and an answer may be in sending.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection may be silent between messages.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long messages that were taken may still be answered after the door closes.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(20);
}
