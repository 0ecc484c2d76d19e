using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;

namespace Kangqiao.Rest.Interactions;

internal delegate ValueTask<Answer> Handler(RestRoom room, Ask ask, CancellationToken cancel);

/// <summary>What a caller's role must be allowed to do.</summary>
internal enum Need
{
    Read,
    Write,
    ReadOrWrite,
    Export,

    /// <summary>Whoever has a token.</summary>
    Anyone,

    /// <summary>Only who runs the platform.</summary>
    Operator,
}

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

    /// <summary>What the caller's role must be allowed to do with records of the type.</summary>
    public Need Need => Operation switch
    {
        null => Method switch
        {
            "GET" => Need.Read,
            _ when Shape is Shape.TypeSearch or Shape.SystemSearch or Shape.CompartmentSearch => Need.Read,

            // Each entry of a bundle is asked by itself.
            _ when Shape is Shape.Base => Need.Anyone,
            _ => Need.Write,
        },
        "$meta-add" or "$meta-delete" => Need.Write,
        "$validate" => Need.ReadOrWrite,
        "$export" => Need.Export,

        // A job answers to its owner.
        "$bulk-status" or "$bulk-file" => Need.Anyone,
        "$import" or "$reindex" or "$viewdefinition-run" => Need.Operator,
        _ => Need.Read,
    };

    /// <summary>Answered without a token.</summary>
    public bool IsOpen { get; init; }
}
