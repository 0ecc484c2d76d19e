using Kangqiao.Rest.Callers;
using Microsoft.AspNetCore.Http;

namespace Kangqiao.Rest.Asking;

/// <summary>What the bytes of a request's body are.</summary>
internal enum BodyKind
{
    None,

    /// <summary>FHIR JSON; XML was brought into it at the door.</summary>
    Resource,

    /// <summary>RFC 6902.</summary>
    JsonPatch,

    /// <summary>RFC 5261.</summary>
    XmlPatch,

    /// <summary>Parameters of a search.</summary>
    Form,
}

/// <summary>One FHIR request, whether it came alone or as an entry of a bundle.</summary>
internal sealed record Ask
{
    public required string Method { get; init; }

    public required Target Target { get; init; }

    public required Caller Caller { get; init; }

    /// <summary>Address of the server's FHIR base, without a slash at its end.</summary>
    public required string Base { get; init; }

    /// <summary>The address as asked, below the base, with its query: for links to itself.</summary>
    public required string Address { get; init; }

    public AskParameters Parameters { get; init; } = AskParameters.None;

    public Preference Prefer { get; init; }

    public string? IfMatch { get; init; }

    public string? IfNoneMatch { get; init; }

    public string? IfNoneExist { get; init; }

    public DateTimeOffset? IfModifiedSince { get; init; }

    public BodyKind BodyKind { get; init; }

    /// <summary>Valid until the request is answered.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The request itself, where <see cref="Interactions.Interaction.IsStreamed"/>: its body was not read.</summary>
    public HttpContext? Http { get; init; }

    /// <summary>It is an entry of a bundle.</summary>
    public bool IsEntry { get; init; }
}
