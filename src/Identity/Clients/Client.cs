using System.Text.Json.Serialization;

namespace Kangqiao.Identity.Clients;

/// <summary>An application that signs people in, or a service that signs in by itself; a document of the ledger.</summary>
/// <param name="Id">3 to 40 of a-z A-Z 0-9 . - _. The ledger keeps nothing under the name id.</param>
public sealed record Client([property: JsonPropertyName("clientId")] string Id, string Name)
{
    internal const string Kind = "Client";

    /// <summary>Compared letter by letter (RFC 9700, 2.1).</summary>
    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    /// <summary>Public keys as JWK, for <c>private_key_jwt</c>; a client without is public and lives by PKCE alone.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Scopes it may ask for, separated by spaces.</summary>
    public string Scopes { get; init; } = "openid fhirUser launch launch/patient patient/*.rs user/*.cruds online_access offline_access";

    /// <summary>Role of a service; null for an application that only signs people in.</summary>
    public string? ServiceRole { get; init; }

    public string? Institution { get; init; }

    public bool IsDisabled { get; init; }

    internal static bool IsId(string id) => id.Length is >= 3 and <= 40 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
}
