using System.Net;
using Kangqiao.Rest.Callers;
using Kangqiao.Web.Gate;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kangqiao.Web.Tests.Gate;

public sealed class GateTests(CityServer city)
{
    private static readonly string[] OpenPages = ["/", "/sign-in", "/offline"];

    [Fact]
    public async Task The_public_sees_the_front_page_with_the_citys_numbers()
    {
        using var reader = city.Reader();
        var (response, text) = await reader.GetAsync("/");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        text.ShouldContain("一座城市的健康记录");
        text.ShouldContain("建档患者");
        text.ShouldContain("演示数据：所有人物均为虚构");
    }

    [Fact]
    public async Task Who_is_not_signed_in_is_led_to_the_sign_in_and_back()
    {
        using var reader = city.Reader();
        var (response, _) = await reader.GetAsync("/home");
        response.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        response.Headers.Location!.ToString().ShouldBe("/sign-in?to=%2Fhome");
    }

    [Fact]
    public async Task One_click_plays_a_role_in_a_demonstration()
    {
        using var reader = await city.Reader().PlayAsync("auditor");
        var (response, text) = await reader.GetAsync("/home?stay=yes");
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        text.ShouldContain("审计员");
    }

    [Fact]
    public async Task A_token_of_the_operator_signs_in()
    {
        using var reader = city.Reader();
        var (response, _) = await reader.PostAsync("/sign-in", "/sign-in", ("token", city.Token(new Caller("steward"))), ("to", "/home"));
        response.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        response.Headers.Location!.ToString().ShouldBe("/home");
        (await reader.GetAsync("/home?stay=yes")).Text.ShouldContain("数据管理员");
    }

    [Fact]
    public async Task A_wrong_token_signs_nobody_in()
    {
        using var reader = city.Reader();
        var (response, text) = await reader.PostAsync("/sign-in", "/sign-in", ("token", "eyJhbGciOiJub25lIn0.e30."));
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        text.ShouldContain("没有登录成功");
        (await reader.GetAsync("/home")).Response.StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Theory]
    [InlineData("//evil.example/")]
    [InlineData("https://evil.example/")]
    [InlineData("/\\evil.example")]
    [InlineData("/home?x=1\r\nSet-Cookie: a=b")]
    public async Task Nobody_is_led_astray_after_the_sign_in(string to)
    {
        using var reader = city.Reader();
        var (response, _) = await reader.PostAsync("/sign-in", "/sign-in", ("part", "auditor"), ("to", to));
        response.Headers.Location!.ToString().ShouldBe("/home");
    }

    [Fact]
    public async Task A_form_that_our_page_did_not_give_is_not_taken()
    {
        using var reader = city.Reader();
        await reader.GetAsync("/sign-in");
        var (response, text) = await reader.SendAsync("/sign-in", ("part", "auditor"));
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        text.ShouldContain("没有提交");

        using var other = city.Reader();
        var (_, stolen) = await other.GetAsync("/sign-in");
        var token = stolen.Split("name=\"form-token\" value=\"")[1].Split('"')[0];
        (await reader.SendAsync("/sign-in", ("part", "auditor"), ("form-token", token))).Response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_form_from_another_site_is_not_taken_even_with_its_token()
    {
        using var reader = city.Reader();
        reader.Http.DefaultRequestHeaders.Add("Sec-Fetch-Site", "cross-site");
        (await reader.PostAsync("/sign-in", "/sign-in", ("part", "auditor"))).Response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Cookies_are_out_of_reach_of_scripts_and_of_other_sites()
    {
        using var reader = city.Reader();
        var (response, _) = await reader.PostAsync("/sign-in", "/sign-in", ("part", "auditor"));
        var cookies = response.Headers.GetValues("Set-Cookie").ToArray();
        cookies.ShouldContain(c => c.StartsWith("kangqiao-session=", StringComparison.Ordinal));
        cookies.ShouldAllBe(c => c.Contains("httponly", StringComparison.OrdinalIgnoreCase) && c.Contains("samesite=strict", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task After_signing_out_the_pages_are_closed()
    {
        using var reader = await city.Reader().PlayAsync("auditor");
        (await reader.PostAsync("/home?stay=yes", "/sign-out")).Response.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await reader.GetAsync("/home")).Response.Headers.Location!.ToString().ShouldStartWith("/sign-in");
    }

    [Fact]
    public async Task Every_page_tells_browsers_to_run_and_load_only_what_is_ours_and_to_keep_nothing()
    {
        foreach (var path in OpenPages)
        {
            using var reader = city.Reader();
            var (response, text) = await reader.GetAsync(path);
            var policy = response.Headers.GetValues("Content-Security-Policy").Single();
            policy.ShouldContain("default-src 'none'");
            policy.ShouldContain("script-src 'self';");
            policy.ShouldContain("style-src 'self';");
            policy.ShouldNotContain("unsafe");
            policy.ShouldNotContain("http");
            response.Headers.CacheControl!.NoStore.ShouldBeTrue();
            text.ShouldNotContain("style=\"");
            text.ShouldNotContain("<style");
            text.ShouldNotContain(" onclick");
        }
    }

    [Fact]
    public async Task An_unknown_address_says_so_kindly()
    {
        using var reader = city.Reader();
        var (response, text) = await reader.GetAsync("/no/such/page");
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        text.ShouldContain("没有这个页面");
    }

    [Fact]
    public async Task Language_and_look_are_remembered()
    {
        using var reader = city.Reader();
        await reader.PostAsync("/", "/settings", ("language", "en"));
        await reader.PostAsync("/", "/settings", ("theme", "dark"));
        await reader.PostAsync("/", "/settings", ("size", "large"));
        var (_, text) = await reader.GetAsync("/");
        text.ShouldContain("<html lang=\"en\" data-theme=\"dark\" data-size=\"large\"");
        text.ShouldContain("A city's health records, one bridge".Replace("'", "&#x27;", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_browsers_keep_for_ever_is_named_by_its_content()
    {
        using var reader = city.Reader();
        var (_, text) = await reader.GetAsync("/");
        var style = text.Split("rel=\"stylesheet\" href=\"")[1].Split('"')[0];
        var (response, css) = await reader.GetAsync(style);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.CacheControl!.ToString().ShouldContain("immutable");
        css.ShouldContain("--brand");
        (await reader.GetAsync("/assets/manifest.json")).Response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_citys_numbers_are_sent_live()
    {
        using var reader = city.Reader();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        cancel.CancelAfter(TimeSpan.FromSeconds(30));
        await using var stream = await reader.Http.GetStreamAsync(new Uri("/live/city", UriKind.Relative), cancel.Token);
        using var lines = new StreamReader(stream);
        (await lines.ReadLineAsync(cancel.Token)).ShouldBe("event: part");
        (await lines.ReadLineAsync(cancel.Token)).ShouldNotBeNull().ShouldStartWith("data: <dl class=\"figures\">");
    }

    [Fact]
    public void No_page_is_without_a_rule()
    {
        var rest = new[] { "/fhir/", "/door/", "/access/", "/audit/", "/index/", "/oauth2/", "/.well-known/", "/accounts", "/clients", "/healthz", "/readyz" };
        var pages = city.Endpoints.OfType<RouteEndpoint>().Where(e => !rest.Any(r => ("/" + e.RoutePattern.RawText!.TrimStart('/')).StartsWith(r, StringComparison.Ordinal))).ToArray();
        pages.Length.ShouldBeGreaterThan(8);
        pages.Where(e => e.Metadata.GetMetadata<PageRule>() is null).Select(e => e.DisplayName).ShouldBeEmpty();
    }

    [Fact]
    public void A_handle_means_something_in_its_own_visit_only()
    {
        var key = new PageKey(new byte[32]);
        var handle = key.Handle("visit-a", "Person/1");
        key.Text("visit-a", handle).ShouldBe("Person/1");
        key.Handle("visit-a", "Person/1").ShouldBe(handle);
        key.Text("visit-b", handle).ShouldBeNull();
        key.Text("visit-a", handle[..^2] + "AA").ShouldBeNull();
        key.Text("visit-a", "no handle!").ShouldBeNull();
    }
}
