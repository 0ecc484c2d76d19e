using Kangqiao.Rest.Callers;

namespace Kangqiao.Rest.Tests.Views;

public sealed class ViewRunTests : IAsyncLifetime
{
    private const string Names =
        """{"resource":"Patient","select":[{"column":[{"name":"id","path":"getResourceKey()"},{"name":"gender","path":"gender"}]}],"where":[{"path":"active"}]}""";

    private OwnServer server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await OwnServer.StartAsync(RestOptions.Default);
        for (var i = 0; i < 5; i++)
        {
            await server.PutAsync($$"""{"resourceType":"Patient","id":"p{{i}}","active":{{(i == 3 ? "false" : "true")}},"gender":"female"}""");
        }
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_view_runs_over_the_records_as_they_are_now()
    {
        (await server.SendAsync("DELETE", "Patient/p1")).Status.ShouldBeInRange(200, 204);
        var reply = await server.SendAsync("POST", "$viewdefinition-run?_format=csv", Names);
        reply.Status.ShouldBe(200, reply.Text);
        reply.Header("Content-Type").ShouldBe("text/csv; charset=utf-8");
        reply.Text.ShouldBe("id,gender\np0,female\np2,female\np4,female\n");
        var asJson = await server.SendAsync("POST", "ViewDefinition/$viewdefinition-run", $$"""
            {"resourceType":"Parameters","parameter":[{"name":"viewResource","resource":{{Names}}},{"name":"_limit","valueInteger":2}]}
            """);
        asJson.Json.AsArray().Select(r => (string)r!["id"]!).ShouldBe(["p0", "p2"]);
        (await server.SendAsync("POST", "$viewdefinition-run?_format=parquet", Names)).Text.ShouldStartWith("PAR1");
    }

    [Fact]
    public async Task A_faulty_view_is_refused_with_its_place()
    {
        var reply = await server.SendAsync("POST", "$viewdefinition-run", """{"resource":"Patient","select":[{"column":[{"name":"x","path":"name.where("}]}]}""");
        reply.Status.ShouldBe(422);
        reply.Code.ShouldBe("VWD008");
        reply.Text.ShouldContain("select[0].column[0].path");
        (await server.SendAsync("POST", "$viewdefinition-run?_format=xls", Names)).Status.ShouldBe(400);
        (await server.SendAsync("POST", "$viewdefinition-run")).Code.ShouldBe("RST090");
    }
}
