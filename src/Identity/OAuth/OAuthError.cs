namespace Kangqiao.Identity.OAuth;

/// <summary>A refusal in OAuth's own words (RFC 6749, 5.2).</summary>
/// <param name="Code">invalid_request, invalid_client, invalid_grant, …</param>
internal sealed record OAuthError(string Code, string Description)
{
    public int Status => Code switch { "invalid_client" => 401, "temporarily_unavailable" => 503, "slow_down" => 429, _ => 400 };

    public static readonly OAuthError InvalidClient = new("invalid_client", "The client is not known, or did not prove who it is.");

    public static readonly OAuthError InvalidGrant = new("invalid_grant", "The code or token is not good, or not any more.");

    public static readonly OAuthError InvalidScope = new("invalid_scope", "More was asked for than was granted.");
}
