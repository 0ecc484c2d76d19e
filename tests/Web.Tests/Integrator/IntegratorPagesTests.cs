using System.Net;
using System.Text;
using System.Text.Json;
using Kangqiao.Rest.Callers;

namespace Kangqiao.Web.Tests.Integrator;

public sealed class IntegratorPagesTests(CityServer city)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_integrator_sees_their_own_institution_and_its_receipts()
    {
        using var reader = await city.Reader().PlayAsync("integrator");
        var (response, text) = await reader.GetAsync("/integrator");
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        text.ShouldContain("安澜市中心医院");
        text.ShouldContain("已接入");
        text.ShouldContain("/integrator/receipts/");
    }

    [Fact]
    public async Task A_receipt_of_another_institution_is_not_there()
    {
        var (receipt, _) = await SendAsync("BH001", Patient("外院一"));
        using var reader = await city.Reader().PlayAsync("integrator");
        (await reader.GetAsync($"/integrator/receipts/{receipt}")).Response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await reader.GetAsync("/integrator/receipts?sender=BH001")).Text.ShouldNotContain(receipt);

        using var steward = await city.Reader().PlayAsync("steward");
        (await steward.GetAsync($"/integrator/receipts/{receipt}")).Response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_quarantined_record_of_another_institution_can_be_neither_seen_nor_changed()
    {
        var (_, entry) = await SendAsync("BH001", Patient("外院二", ",\"gender\":\"男\""));
        using var reader = await city.Reader().PlayAsync("integrator");
        (await reader.GetAsync($"/integrator/quarantine/{entry}")).Response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await reader.GetAsync($"/integrator/quarantine/{entry}/raw")).Response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await reader.PostAsync("/integrator", $"/integrator/quarantine/{entry}/withdraw")).Response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await reader.PostAsync("/integrator", $"/integrator/quarantine/{entry}/resubmit", ("text", "{}"))).Response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("/integrator")]
    [InlineData("/integrator/receipts")]
    [InlineData("/integrator/quarantine")]
    [InlineData("/live/receipts")]
    public async Task These_pages_are_not_for_an_auditor(string path)
    {
        using var reader = await city.Reader().PlayAsync("auditor");
        var (response, text) = await reader.GetAsync(path);
        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        text.ShouldContain("这一页不对您开放");
    }

    [Fact]
    public async Task What_was_refused_is_mended_on_the_page_and_taken()
    {
        var (receipt, entry) = await SendAsync("AC002", Patient("待修正", ",\"gender\":\"男\""));
        using var reader = await city.Reader().PlayAsync("integrator");
        (await reader.GetAsync($"/integrator/receipts/{receipt}")).Text.ShouldContain($"/integrator/quarantine/{entry}");
        var (_, text) = await reader.GetAsync($"/integrator/quarantine/{entry}");
        text.ShouldContain("FHR201");
        text.ShouldContain("可用代码");

        var (sent, answer) = await reader.PostAsync(
            $"/integrator/quarantine/{entry}", $"/integrator/quarantine/{entry}/resubmit", ("text", Patient("待修正", ",\"gender\":\"male\"").Replace("{", "{\r\n", StringComparison.Ordinal)));
        sent.StatusCode.ShouldBe(HttpStatusCode.Redirect, answer);
        var (_, mended) = await reader.GetAsync(sent.Headers.Location!.ToString());
        mended.ShouldContain("修正后的数据已收下");

        // A second time there is nothing to send: what was typed is still there.
        var (again, kept) = await reader.PostAsync($"/integrator/receipts/{receipt}", $"/integrator/quarantine/{entry}/resubmit", ("text", "{\"mine\":1}"));
        again.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        kept.ShouldContain("没有重新发送");
    }

    [Fact]
    public async Task What_was_refused_can_be_taken_back()
    {
        var (_, entry) = await SendAsync("AC002", Patient("撤回", ",\"gender\":\"女\""));
        using var reader = await city.Reader().PlayAsync("integrator");
        (await reader.PostAsync($"/integrator/quarantine/{entry}", $"/integrator/quarantine/{entry}/withdraw")).Response.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await reader.GetAsync($"/integrator/quarantine/{entry}")).Text.ShouldContain("已撤回");
    }

    [Fact]
    public async Task A_new_receipt_appears_by_itself()
    {
        using var reader = await city.Reader().PlayAsync("integrator");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        await using var stream = await reader.Http.GetStreamAsync(new Uri("/live/receipts", UriKind.Relative), limit.Token);
        using var lines = new StreamReader(stream);
        (await lines.ReadLineAsync(limit.Token)).ShouldBe("event: part");
        var (receipt, _) = await SendAsync("AC002", Patient("直播"));
        while (await lines.ReadLineAsync(limit.Token) is { } line && !line.Contains(receipt, StringComparison.Ordinal))
        {
            // Earlier news.
        }

        limit.IsCancellationRequested.ShouldBeFalse();
    }

    /// <summary>Sends a patient to the door as an institution does.</summary>
    /// <returns>Its receipt, and its number in quarantine, or "".</returns>
    internal async Task<(string Receipt, string Entry)> SendAsync(string institution, string patient)
    {
        using var http = new HttpClient { BaseAddress = new Uri(city.Url) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", city.Token(new Caller("institution") { Institution = institution }));
        using var content = new StringContent(patient, Encoding.UTF8, "application/fhir+json");
        using var response = await http.PostAsync(new Uri("/door/fhir", UriKind.Relative), content, Cancel);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancel));
        var records = answer.RootElement.GetProperty("records");
        var entry = records.GetArrayLength() > 0 && records[0].TryGetProperty("quarantine", out var number) ? number.GetString()! : "";
        return (answer.RootElement.GetProperty("receipt").GetString()!, entry);
    }

    internal static string Patient(string name, string more = "") =>
        $$"""{"resourceType":"Patient","id":"p-{{(uint)name.GetHashCode(StringComparison.Ordinal)}}","name":[{"text":"{{name}}"}],"birthDate":"1980-02-03"{{more}}}""";
}
