namespace Kangqiao.Identity.OAuth;

/// <summary>What the server offers (RFC 8414; OpenID Connect Discovery 1.0; SMART App Launch 2, Conformance).</summary>
public static class Discovery
{
    /// <param name="issuer">Address of the platform, without a slash at its end.</param>
    public static Dictionary<string, object?> Of(string issuer) => new()
    {
        ["issuer"] = issuer,
        ["authorization_endpoint"] = issuer + "/oauth2/authorize",
        ["token_endpoint"] = issuer + "/oauth2/token",
        ["revocation_endpoint"] = issuer + "/oauth2/revoke",
        ["introspection_endpoint"] = issuer + "/oauth2/introspect",
        ["jwks_uri"] = issuer + "/oauth2/jwks",
        ["response_types_supported"] = new[] { "code" },
        ["response_modes_supported"] = new[] { "query" },
        ["grant_types_supported"] = new[] { "authorization_code", "refresh_token", "client_credentials" },
        ["code_challenge_methods_supported"] = new[] { "S256" },
        ["token_endpoint_auth_methods_supported"] = new[] { "private_key_jwt", "none" },
        ["token_endpoint_auth_signing_alg_values_supported"] = new[] { "RS384", "ES384" },
        ["id_token_signing_alg_values_supported"] = new[] { "ES384" },
        ["subject_types_supported"] = new[] { "public" },
        ["authorization_response_iss_parameter_supported"] = true,
        ["scopes_supported"] = new[] { "openid", "fhirUser", "launch", "launch/patient", "online_access", "offline_access", "patient/*.rs", "user/*.cruds", "system/*.cruds" },
        ["capabilities"] = new[]
        {
            "launch-ehr", "launch-standalone", "client-public", "client-confidential-asymmetric", "sso-openid-connect", "context-ehr-patient", "context-standalone-patient", "permission-patient",
            "permission-user", "permission-offline", "permission-online", "permission-v2", "authorize-post",
        },
    };
}
