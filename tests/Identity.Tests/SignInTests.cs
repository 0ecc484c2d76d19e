using Kangqiao.Identity.Accounts;

namespace Kangqiao.Identity.Tests;

public sealed class SignInTests(SignInServer server)
{
    private const string Read = "/fhir/Organization?_count=1";

    [Fact]
    public async Task Who_signs_in_reads_with_the_token_and_the_application_knows_who_it_is()
    {
        await server.AccountAsync("anna");
        var signedIn = await server.SignedInAsync("anna");
        var token = signedIn["access_token"]!.GetValue<string>();
        (await server.SendAsync("GET", Read, token)).Status.ShouldBe(200);
        signedIn["scope"]!.GetValue<string>().ShouldBe("openid fhirUser user/*.rs online_access");
        var claims = new Microsoft.IdentityModel.JsonWebTokens.JsonWebToken(signedIn["id_token"]!.GetValue<string>());
        claims.Subject.ShouldBe("anna");
        claims.GetClaim("nonce").Value.ShouldBe("n1");
        claims.GetClaim("fhirUser").Value.ShouldEndWith("/fhir/Practitioner/pr1");
        claims.Alg.ShouldBe("ES384");
        var keys = (await server.SendAsync("GET", "/oauth2/jwks", null)).Json!["keys"]!.AsArray();
        keys[0]!["kid"]!.GetValue<string>().ShouldBe(claims.Kid);
        var smart = (await server.SendAsync("GET", "/fhir/.well-known/smart-configuration", null)).Json!;
        smart["token_endpoint"]!.GetValue<string>().ShouldEndWith("/oauth2/token");
    }

    [Fact]
    public async Task A_code_is_good_once_and_one_that_comes_again_ends_the_sign_in()
    {
        await server.AccountAsync("bert");
        var verifier = SignInServer.NewVerifier();
        var code = await server.CodeAsync("bert", verifier);
        var first = await server.ExchangeAsync(code, verifier);
        first.Status.ShouldBe(200);
        var token = first.Json!["access_token"]!.GetValue<string>();
        (await server.SendAsync("GET", Read, token)).Status.ShouldBe(200);
        var again = await server.ExchangeAsync(code, verifier);
        (again.Status, again.Json!["error"]!.GetValue<string>()).ShouldBe((400, "invalid_grant"));
        (await server.SendAsync("GET", Read, token)).Status.ShouldBe(401);
    }

    [Fact]
    public async Task PKCE_can_neither_be_left_out_nor_weakened_nor_guessed()
    {
        await server.AccountAsync("carl");
        var verifier = SignInServer.NewVerifier();
        using var http = server.Browser();
        foreach (var other in ((string, string?)[])[("code_challenge", null), ("code_challenge_method", null), ("code_challenge_method", "plain"), ("response_type", "token")])
        {
            using var answer = await http.GetAsync(new Uri(server.Base, SignInServer.Authorize(verifier, other: [other])), TestContext.Current.CancellationToken);
            answer.Headers.Location!.ToString().ShouldStartWith(SignInServer.Redirect + "?error=");
        }

        foreach (var wrong in (string[])["", SignInServer.NewVerifier(), SignInServer.Challenge(verifier)])
        {
            var code = await server.CodeAsync("carl", verifier);
            (await server.ExchangeAsync(code, wrong)).Json!["error"]!.GetValue<string>().ShouldBe("invalid_grant");

            // And the attempt has used it up.
            (await server.ExchangeAsync(code, verifier)).Json!["error"]!.GetValue<string>().ShouldBe("invalid_grant");
        }
    }

    [Theory]
    [InlineData("client_id", "nobody")]
    [InlineData("redirect_uri", "https://evil.example/callback")]
    [InlineData("redirect_uri", "https://app.example/callback/more")]
    [InlineData("redirect_uri", "https://app.example/callback?x=1")]
    public async Task Nobody_is_sent_to_an_address_that_was_not_registered(string name, string value)
    {
        using var http = server.Browser();
        using var answer = await http.GetAsync(new Uri(server.Base, SignInServer.Authorize(SignInServer.NewVerifier(), other: [(name, value)])), TestContext.Current.CancellationToken);
        ((int)answer.StatusCode).ShouldBe(400);
        answer.Headers.Location.ShouldBeNull();
    }

    [Fact]
    public async Task A_code_is_of_no_use_with_another_redirect_address()
    {
        await server.AccountAsync("dora");
        var verifier = SignInServer.NewVerifier();
        (await server.ExchangeAsync(await server.CodeAsync("dora", verifier), verifier, redirect: "https://other.example/")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task The_form_of_one_browser_is_of_no_use_in_another()
    {
        await server.AccountAsync("emil");
        using var mine = server.Browser();
        var page = await mine.GetStringAsync(new Uri(server.Base, SignInServer.Authorize(SignInServer.NewVerifier())), TestContext.Current.CancellationToken);
        var ask = page.Split("name=\"ask\" value=\"")[1].Split('"')[0];
        var (status, _) = await server.FormAsync("/oauth2/authorize", ("ask", ask), ("login", "emil"), ("password", SignInServer.Password));
        status.ShouldBe(400);
    }

    [Fact]
    public async Task A_revoked_token_is_worth_nothing_at_once()
    {
        await server.AccountAsync("fritz");
        var signedIn = await server.SignedInAsync("fritz");
        var token = signedIn["access_token"]!.GetValue<string>();
        (await server.SendAsync("GET", Read, token)).Status.ShouldBe(200);
        (await server.FormAsync("/oauth2/revoke", ("token", token), ("client_id", SignInServer.App))).Status.ShouldBe(200);
        (await server.SendAsync("GET", Read, token)).Status.ShouldBe(401);
        var refreshed = await server.FormAsync("/oauth2/token", ("grant_type", "refresh_token"), ("refresh_token", signedIn["refresh_token"]!.GetValue<string>()), ("client_id", SignInServer.App));
        refreshed.Json!["error"]!.GetValue<string>().ShouldBe("invalid_grant");
    }

    [Fact]
    public async Task A_refresh_token_is_good_once_and_a_stolen_one_ends_the_sign_in()
    {
        await server.AccountAsync("gerd");
        var first = await server.SignedInAsync("gerd");
        var second = await RefreshAsync(first);
        second.Status.ShouldBe(200);
        second.Json!["refresh_token"]!.GetValue<string>().ShouldNotBe(first["refresh_token"]!.GetValue<string>());
        (await RefreshAsync(first)).Json!["error"]!.GetValue<string>().ShouldBe("invalid_grant");

        // The one who was there in time loses it as well: nobody can tell which of the two was the thief.
        (await RefreshAsync(second.Json)).Json!["error"]!.GetValue<string>().ShouldBe("invalid_grant");
        (await server.SendAsync("GET", Read, second.Json["access_token"]!.GetValue<string>())).Status.ShouldBe(401);
    }

    [Fact]
    public async Task Scopes_only_become_fewer()
    {
        await server.AccountAsync("hugo");
        var signedIn = await server.SignedInAsync("hugo", "user/Observation.rs user/*.cruds system/*.cruds patient/*.cruds online_access");

        // The client may not ask for system or for writing in a patient's context.
        signedIn["scope"]!.GetValue<string>().ShouldBe("user/Observation.rs user/*.cruds online_access");
        var less = await RefreshAsync(signedIn, "user/Observation.r");
        less.Status.ShouldBe(200, less.Json!.ToJsonString());
        less.Json["scope"]!.GetValue<string>().ShouldBe("user/Observation.r");
        (await RefreshAsync(less.Json, "system/*.r")).Json!["error"]!.GetValue<string>().ShouldBe("invalid_scope");
    }

    [Fact]
    public async Task Five_wrong_passwords_lock_the_account_and_the_right_one_does_not_open_it()
    {
        await server.AccountAsync("ida");
        for (var i = 0; i < 5; i++)
        {
            (await server.SignInAsync(SignInServer.Authorize(SignInServer.NewVerifier()), "ida", "wrong")).To.ShouldBeNull();
        }

        (await server.SignInAsync(SignInServer.Authorize(SignInServer.NewVerifier()), "ida", SignInServer.Password)).To.ShouldBeNull();
    }

    [Fact]
    public async Task An_unknown_name_and_a_wrong_password_look_the_same()
    {
        await server.AccountAsync("jan");
        var one = await server.SignInAsync(SignInServer.Authorize(SignInServer.NewVerifier()), "jan", "wrong");
        var other = await server.SignInAsync(SignInServer.Authorize(SignInServer.NewVerifier()), "nobody-at-all", "wrong");
        Said(one.Page).ShouldBe(Said(other.Page));

        static string Said(string page) => page.Split("role=\"alert\">")[1].Split('<')[0];
    }

    [Fact]
    public async Task With_a_second_factor_the_password_alone_is_not_enough_and_no_code_counts_twice()
    {
        await server.AccountAsync("karl");
        var (status, json) = await server.SendAsync("POST", "/accounts/second-factor", null, new { login = "karl", password = SignInServer.Password, code = "" });
        status.ShouldBe(200);
        var secret = Base32(new Uri(json!["uri"]!.GetValue<string>()).Query.Split("secret=")[1].Split('&')[0]);
        (await server.SignInAsync(SignInServer.Authorize(SignInServer.NewVerifier()), "karl", SignInServer.Password)).To.ShouldBeNull();
        var code = Totp.At(secret, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 30);
        (await server.SignInAsync(SignInServer.Authorize(SignInServer.NewVerifier()), "karl", SignInServer.Password, code)).To.ShouldNotBeNull();
        (await server.SignInAsync(SignInServer.Authorize(SignInServer.NewVerifier()), "karl", SignInServer.Password, code)).To.ShouldBeNull();
    }

    [Fact]
    public async Task A_fourth_sign_in_ends_the_oldest()
    {
        await server.AccountAsync("lisa");
        var tokens = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            tokens.Add((await server.SignedInAsync("lisa"))["access_token"]!.GetValue<string>());
        }

        (await server.SendAsync("GET", Read, tokens[0])).Status.ShouldBe(401);
        (await server.SendAsync("GET", Read, tokens[1])).Status.ShouldBe(200);
        (await server.SendAsync("GET", Read, tokens[3])).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_password_given_by_others_is_changed_first_and_old_ones_do_not_come_again()
    {
        await server.AccountAsync("mara", mustChange: true);
        (await server.SignInAsync(SignInServer.Authorize(SignInServer.NewVerifier()), "mara", SignInServer.Password)).To.ShouldBeNull();
        (await Change(SignInServer.Password, "short")).ShouldBe(400);
        (await Change(SignInServer.Password, "alllowercaseletters")).ShouldBe(400);
        (await Change(SignInServer.Password, "Has-mara-in-it-1")).ShouldBe(400);
        (await Change(SignInServer.Password, SignInServer.Password)).ShouldBe(400);
        (await Change("not-it", "Another-Horse-8")).ShouldBe(401);
        (await Change(SignInServer.Password, "Another-Horse-8")).ShouldBe(204);
        (await Change("Another-Horse-8", SignInServer.Password)).ShouldBe(400);
        (await server.SignInAsync(SignInServer.Authorize(SignInServer.NewVerifier()), "mara", "Another-Horse-8")).To.ShouldNotBeNull();

        async Task<int> Change(string old, string next) => (await server.SendAsync("POST", "/accounts/password", null, new { login = "mara", old, @new = next })).Status;
    }

    [Fact]
    public async Task Three_administrators_need_each_other()
    {
        var (admin, security) = (server.OperatorToken("admin"), server.OperatorToken("security"));
        var account = new { login = "nora", password = SignInServer.Password };
        (await server.SendAsync("POST", "/accounts", security, account)).Status.ShouldBe(403);
        (await server.SendAsync("POST", "/accounts", server.OperatorToken("system"), account)).Status.ShouldBe(403);
        (await server.SendAsync("POST", "/accounts", null, account)).Status.ShouldBe(401);
        (await server.SendAsync("POST", "/accounts", admin, account)).Status.ShouldBe(204);
        (await server.SendAsync("POST", "/accounts", admin, account)).Status.ShouldBe(409);

        // Made, and yet of no use until the security officer has spoken.
        (await server.SignInAsync(SignInServer.Authorize(SignInServer.NewVerifier()), "nora", SignInServer.Password)).To.ShouldBeNull();
        (await server.SendAsync("POST", "/accounts/nora/role", admin, new { role = "clinician" })).Status.ShouldBe(403);
        (await server.SendAsync("POST", "/accounts/op-security/role", security, new { role = "admin" })).Status.ShouldBe(403);
        (await server.SendAsync("POST", "/accounts/nora/role", security, new { role = "clinician", institution = "AC001", practitioner = "n1" })).Status.ShouldBe(204);
        (await server.SendAsync("POST", "/accounts/password", null, new { login = "nora", old = SignInServer.Password, @new = "Another-Horse-8" })).Status.ShouldBe(204);
        (await server.SignInAsync(SignInServer.Authorize(SignInServer.NewVerifier()), "nora", "Another-Horse-8")).To.ShouldNotBeNull();
        (await server.SendAsync("POST", "/accounts/nora/disable", security, new { why = "x" })).Status.ShouldBe(403);
        (await server.SendAsync("POST", "/accounts/nora/disable", admin, new { why = "left" })).Status.ShouldBe(204);
        (await server.SignInAsync(SignInServer.Authorize(SignInServer.NewVerifier()), "nora", "Another-Horse-8")).To.ShouldBeNull();
    }

    [Fact]
    public async Task Sign_ins_good_and_bad_are_in_the_audit_trail()
    {
        await server.AccountAsync("otto");
        await server.SignInAsync(SignInServer.Authorize(SignInServer.NewVerifier()), "otto", "wrong");
        await server.SignedInAsync("otto");
        var found = (await server.SendAsync("GET", "/audit/AuditEvent?agent=otto&subtype=110122", server.OperatorToken("auditor"))).Json!["entry"]!.AsArray();
        found.Select(e => e!["resource"]!["outcome"]!.GetValue<string>()).ShouldBe(["0", "4"]);
    }

    private Task<(int Status, System.Text.Json.Nodes.JsonNode? Json)> RefreshAsync(System.Text.Json.Nodes.JsonNode signedIn, string? scope = null) => server.FormAsync(
        "/oauth2/token",
        [("grant_type", "refresh_token"), ("refresh_token", signedIn["refresh_token"]!.GetValue<string>()), ("client_id", SignInServer.App), .. scope is null ? Array.Empty<(string, string)>() : [("scope", scope)]]);

    private static byte[] Base32(string text)
    {
        var bytes = new List<byte>();
        var (held, bits) = (0, 0);
        foreach (var c in text)
        {
            held = (held << 5) | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal);
            bits += 5;
            if (bits >= 8)
            {
                bytes.Add((byte)(held >> (bits - 8)));
                bits -= 8;
            }
        }

        return [.. bytes];
    }
}
