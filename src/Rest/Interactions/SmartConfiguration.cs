using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;

namespace Kangqiao.Rest.Interactions;

/// <summary>
/// SMART App Launch's well-known document: where applications sign in, as the room that signs them in says; without one it names no
/// endpoint and no grant, only the scopes that a token is held to, of version 2 with searches and of version 1.
/// </summary>
internal static class SmartConfiguration
{
    private static readonly byte[] Json = """{"grant_types_supported":[],"code_challenge_methods_supported":[],"scopes_supported":["patient/*.rs","user/*.cruds","system/*.cruds"],"capabilities":[]}"""u8.ToArray();

    public static ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel) =>
        new(Answer.Json(room.Options.SmartConfiguration is { } tell ? tell(ask.Base) : Json) with { IsPlainJson = true });
}
