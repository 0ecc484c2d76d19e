using System.Net;
using Kangqiao.Rest.Outgoing;

namespace Kangqiao.Rest.Tests.Outgoing;

public sealed class OutgoingRulesTests
{
    [Theory]
    [InlineData("files.example.org", "https://files.example.org/x", true)]
    [InlineData("files.example.org", "http://files.example.org/x", false)]
    [InlineData("http://files.example.org", "http://files.example.org/x", true)]
    [InlineData("files.example.org:8443", "https://files.example.org/x", false)]
    [InlineData("files.example.org:8443", "https://files.example.org:8443/x", true)]
    [InlineData("*.example.org", "https://a.b.example.org/x", true)]
    [InlineData("*.example.org", "https://example.org/x", false)]
    [InlineData("*.example.org", "https://example.org.evil.test/x", false)]
    [InlineData("10.1.0.0/16", "https://10.1.2.3/x", true)]
    [InlineData("10.1.0.0/16", "https://10.2.2.3/x", false)]
    [InlineData("files.example.org", "https://files.example.org@10.1.2.3/x", false)]
    [InlineData("files.example.org", "ftp://files.example.org/x", false)]
    public void Only_what_the_operator_allows_may_be_called(string rule, string address, bool isAllowed) =>
        (OutgoingRules.Parse([rule]).Value.Refusal(address) is null).ShouldBe(isAllowed);

    [Fact]
    public void Nobody_may_be_called_when_nothing_is_said() => OutgoingRules.Nobody.Refusal("https://files.example.org/").ShouldNotBeNull();

    [Theory]
    [InlineData("")]
    [InlineData("host:0")]
    [InlineData("host:99999")]
    [InlineData("10.0.0.0/99")]
    [InlineData("a b")]
    public void What_is_no_address_is_refused(string rule) => OutgoingRules.Parse([rule]).IsSuccess.ShouldBeFalse();

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("10.0.0.1", true)]
    [InlineData("172.31.0.1", true)]
    [InlineData("172.32.0.1", false)]
    [InlineData("192.168.1.1", true)]
    [InlineData("169.254.169.254", true)]
    [InlineData("100.64.0.1", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("224.0.0.1", true)]
    [InlineData("8.8.8.8", false)]
    [InlineData("::1", true)]
    [InlineData("::", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("fe80::1", true)]
    [InlineData("fc00::1", true)]
    [InlineData("64:ff9b::7f00:1", true)]
    [InlineData("2002:7f00:1::", true)]
    [InlineData("2606:4700::1111", false)]
    public void This_machine_and_private_networks_are_known(string address, bool isPrivate) =>
        OutgoingRules.IsPrivate(IPAddress.Parse(address)).ShouldBe(isPrivate);

    [Theory]
    [InlineData("http://localhost", "http://localhost:1/")]
    [InlineData("http://*.localhost", "http://a.localhost:1/")]
    public async Task A_name_that_leads_to_this_machine_is_not_called_though_the_name_is_allowed(string rule, string address)
    {
        var rules = OutgoingRules.Parse([rule]).Value;
        rules.Refusal(address).ShouldBeNull();
        using var client = rules.Client(TimeSpan.FromSeconds(10));
        var failure = await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(address, TestContext.Current.CancellationToken));
        failure.ToString().ShouldContain(failure.HttpRequestError == HttpRequestError.NameResolutionError ? "" : "not allowed");
    }
}
