using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;

namespace Kangqiao.Rest.Interactions;

internal delegate ValueTask<Answer> Handler(RestRoom room, Ask ask, CancellationToken cancel);

/// <summary>One thing that can be asked of the server.</summary>
/// <param name="Shape">The form of its address.</param>
/// <param name="Method">GET stands for HEAD too.</param>
/// <param name="Code">Of http://hl7.org/fhir/restful-interaction, or empty for what the CapabilityStatement names otherwise.</param>
/// <param name="Handle">Answers it.</param>
internal sealed record Interaction(Shape Shape, string Method, string Code, Handler Handle)
{
    /// <summary>With its dollar.</summary>
    public string? Operation { get; init; }

    /// <summary>Canonical URL of the operation's definition.</summary>
    public string? Definition { get; init; }

    /// <summary>The only type it is for; null for all.</summary>
    public string? Type { get; init; }

    /// <summary>It reads its body, or writes its answer, as it goes; so it is nothing for an entry of a bundle.</summary>
    public bool IsStreamed { get; init; }

    /// <summary>Answered without a token.</summary>
    public bool IsOpen { get; init; }
}
