namespace Kangqiao.Registry.Senders;

/// <summary>Where a sender stands in its life. What it sends is taken while testing and admitted, and only then.</summary>
public enum SenderState
{
    Applied,

    /// <summary>Checked and given receipts like all others; nothing of it reaches a reader.</summary>
    Testing,
    Admitted,
    Suspended,
    Left,
}

/// <summary>What kind of sender it is.</summary>
public enum SenderKind
{
    Institution,

    /// <summary>An enterprise, a maker of devices or apps.</summary>
    Enterprise,

    /// <summary>A department of government.</summary>
    Department,

    /// <summary>A device that sends by itself.</summary>
    Device,
}

/// <summary>One step in a sender's life.</summary>
/// <param name="Who">Who decided; a role or a user, never a person's name.</param>
public sealed record SenderStep(SenderState State, DateTimeOffset At, string Who, string Why);

/// <summary>How a sender proves who it is.</summary>
/// <param name="Name">To tell it from others of the sender.</param>
public sealed record Credential(string Name)
{
    /// <summary>PBKDF2 over the secret, as <see cref="SecretHash"/> writes it; the secret itself is kept nowhere.</summary>
    public string? SecretHash { get; init; }

    /// <summary>A public key as JWK, for <c>private_key_jwt</c> (RFC 7523).</summary>
    public string? PublicKey { get; init; }

    /// <summary>SHA-256 of the client certificate, in hexadecimal, for mutual TLS (RFC 8705).</summary>
    public string? CertificateHash { get; init; }

    public DateTimeOffset? ValidUntil { get; init; }
}

/// <summary>What a sender owes and how it is taken.</summary>
/// <param name="Format">"fhir", "hl7v2", "cda", "csv/NAME", or "*" for all that is not named.</param>
public sealed record Feed(string Format)
{
    /// <summary>Strict: what breaks the standard waits in quarantine. Lenient: it is taken with warnings, and unknown elements are left out.</summary>
    public bool IsStrict { get; init; } = true;

    /// <summary>Of the ten collection domains of the ordinance.</summary>
    public IReadOnlyList<string> Domains { get; init; } = [];

    /// <summary>Data sets that must come.</summary>
    public IReadOnlyList<string> DataSets { get; init; } = [];

    /// <summary>Days between deliveries; null where none is owed.</summary>
    public double? EveryDays { get; init; }
}

/// <summary>A business identifier by which a sender's records of a type are the same in all its formats.</summary>
/// <param name="System">Identifier.system in what it sends as FHIR.</param>
/// <param name="Kind">The kind of key it is: "pid", "visit", "placer", "filler", "doc", as in the keys of other formats.</param>
public sealed record KeySystem(string Type, string System, string Kind);

/// <summary>Who sends, as the registry has it.</summary>
/// <param name="Code">Unique; 1 to 40 of A-Z a-z 0-9 - _ and full stop.</param>
public sealed record Sender(string Code, string Name)
{
    /// <summary>The operator's own files: <c>load</c> without an institution. Takes all that can be read.</summary>
    public const string LocalCode = "LOCAL";

    public static readonly Sender Local = new(LocalCode, "本地") { State = SenderState.Admitted, Feeds = [new Feed("*") { IsStrict = false }] };

    public SenderKind Kind { get; init; }

    public SenderState State { get; init; }

    public IReadOnlyList<SenderStep> Steps { get; init; } = [];

    public IReadOnlyList<Credential> Credentials { get; init; } = [];

    /// <summary>Networks it may send from, as 10.1.0.0/16; all where none is named.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    public IReadOnlyList<Feed> Feeds { get; init; } = [];

    /// <summary>
    /// What it calls itself in messages, besides its code: HL7 v2 MSH-4, or MSH-3 and MSH-4 with a bar between. No two senders have
    /// the same.
    /// </summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    public IReadOnlyList<KeySystem> Keys { get; init; } = [];

    /// <summary>What it sends is taken, at least for checking.</summary>
    public bool MaySend => State is SenderState.Testing or SenderState.Admitted;

    /// <summary>Built in, and under no duty of the ordinance.</summary>
    public bool IsLocal => Code == LocalCode;

    public static bool IsCode(string code) =>
        code.Length is > 0 and <= 40 && code.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    /// <summary>The feed that what comes in a format belongs to.</summary>
    public Feed FeedOf(string format) =>
        Feeds.FirstOrDefault(f => f.Format == format)
        ?? Feeds.FirstOrDefault(f => f.Format == "*")
        ?? new Feed(format);
}
