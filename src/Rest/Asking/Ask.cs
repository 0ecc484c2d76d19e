using Kangqiao.Kernel;
using Kangqiao.Rest.Callers;
using Kangqiao.Standard.Making;
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

    /// <summary>Who is noted as the sender of what the caller writes.</summary>
    public Provenance Provenance => Caller.Institution is { Length: > 0 } institution ? new Provenance(institution) : Provenance.Own;

    /// <summary>The caller may choose what a new record is called; for others that would tell which names are taken.</summary>
    public bool MayName => Caller.Viewer.IsSystem;

    /// <summary>The store as the caller may see it in this question.</summary>
    public async ValueTask<Outcome<Sight>> SightAsync(RestRoom room, CancellationToken cancel)
    {
        if (!room.Access.DependsOnPersons(Caller.Viewer))
        {
            return await Sight.OfAsync(room, Caller, [], cancel);
        }

        return (await Concern.OfAsync(room, this, cancel)).Try(out var named, out var problem) ? await Sight.OfAsync(room, Caller, named, cancel) : problem;
    }
}
