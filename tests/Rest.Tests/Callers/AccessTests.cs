using Kangqiao.Rest.Callers;

namespace Kangqiao.Rest.Tests.Callers;

public sealed class AccessTests(RestServer server)
{
    [Fact]
    public async Task Only_the_statement_and_the_smart_configuration_are_open()
    {
        using var stranger = server.Client(null);
        (await AskAsync(stranger, "metadata")).Status.ShouldBe(200);
        (await AskAsync(stranger, ".well-known/smart-configuration")).Status.ShouldBe(200);
        foreach (var address in (string[])["Patient/1", "Patient", "", "_history", "nothing/at/all", "Patient/1/$meta"])
        {
            var reply = await AskAsync(stranger, address);
            reply.Status.ShouldBe(401, address);
            reply.Header("WWW-Authenticate").ShouldBe("Bearer realm=\"fhir\"");
        }
    }

    [Fact]
    public async Task A_token_that_is_not_ours_or_was_altered_is_refused()
    {
        var good = server.Token(Roles.System);
        foreach (var bad in (string[])["x", good[..^3] + "abc", "eyJhbGciOiJub25lIn0.eyJyb2xlIjoic3lzdGVtIn0."])
        {
            using var client = server.Client(bad);
            var reply = await AskAsync(client, "Patient");
            reply.Status.ShouldBe(401);
            reply.Header("WWW-Authenticate").ShouldNotBeNull().ShouldContain("invalid_token");
        }
    }

    [Theory]
    [InlineData("auditor")]
    [InlineData("researcher")]
    [InlineData("admin")]
    [InlineData("security")]
    public async Task Roles_that_have_nothing_to_do_with_patients_may_not_ask_for_them(string role)
    {
        using var client = server.Client(server.Token(role));
        foreach (var address in (string[])["Patient/1", "Patient", "Patient/1/$everything", "Patient/1/Observation", "$reindex", "Patient/$export"])
        {
            var reply = await AskAsync(client, address);
            reply.Status.ShouldBe(403, address);
            reply.IssueType.ShouldBe("forbidden");
        }

        using var response = await client.PostAsync("Patient", new StringContent(Sample.Patient()), TestContext.Current.CancellationToken);
        ((int)response.StatusCode).ShouldBe(403);
    }

    [Fact]
    public async Task A_token_ends_with_its_time()
    {
        var clock = new Clock();
        var tokens = new BearerTokens(new byte[32], clock);
        var token = tokens.Issue(new Caller(Roles.System) { Institution = "H1" }, TimeSpan.FromMinutes(5));
        (await tokens.ReadAsync(token)).ShouldNotBeNull().Institution.ShouldBe("H1");
        clock.Now += TimeSpan.FromMinutes(6);
        (await tokens.ReadAsync(token)).ShouldBeNull();
        (await tokens.ReadAsync(token)).ShouldBeNull();
    }

    private static async Task<Reply> AskAsync(HttpClient client, string address)
    {
        using var response = await client.GetAsync(address, TestContext.Current.CancellationToken);
        return await Reply.OfAsync(response);
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 3, 5, 8, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
