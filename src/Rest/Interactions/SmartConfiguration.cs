using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;

namespace Kangqiao.Rest.Interactions;

/// <summary>
/// SMART App Launch's well-known document. Until apps can sign in it names no endpoint, no grant and no capability, which is what a client
/// needs to know.
/// </summary>
internal static class SmartConfiguration
{
    private static readonly byte[] Json = """{"grant_types_supported":[],"code_challenge_methods_supported":[],"capabilities":[]}"""u8.ToArray();

    public static ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel) =>
        new(Answer.Json(Json) with { IsPlainJson = true });
}
