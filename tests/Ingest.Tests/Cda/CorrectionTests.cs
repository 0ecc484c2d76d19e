using Kangqiao.Ingest.Cda.Writing;
using Kangqiao.Ingest.Tests.Http;

namespace Kangqiao.Ingest.Tests.Cda;

/// <summary>A document that takes the place of another, through the door of a running server.</summary>
public sealed class CorrectionTests : IAsyncLifetime
{
    private DoorServer server = null!;
    private HttpClient system = null!;

    public async ValueTask InitializeAsync()
    {
        server = await DoorServer.StartAsync();
        system = server.Client();
    }

    public async ValueTask DisposeAsync()
    {
        system.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task What_a_later_version_no_longer_says_is_withdrawn()
    {
        await SendAsync(Report(["GLU", "ALT"]));
        (await FinalAsync()).ShouldBe(2);

        await SendAsync(Report(["GLU"], version: "2", hour: 12));

        (await FinalAsync()).ShouldBe(1);
        (await system.CountAsync("Observation?status=entered-in-error")).ShouldBe(1);
        (await system.CountAsync("DocumentReference?status=current")).ShouldBe(1);
    }

    [Fact]
    public async Task What_a_replacement_under_another_set_no_longer_says_is_withdrawn()
    {
        await SendAsync(Report(["GLU", "ALT"]));

        await SendAsync(Report(["GLU", "CREA"], hour: 12) with { SetId = "SET-0002", Id = "D2", Replaces = new SharedParent("x", "SET-0001", "1") });

        (await FinalAsync()).ShouldBe(2);
        (await system.CountAsync("Observation?status=entered-in-error")).ShouldBe(1);
        (await system.CountAsync("DocumentReference?status=superseded")).ShouldBe(1);
    }

    [Fact]
    public async Task An_older_version_that_comes_late_withdraws_nothing()
    {
        await SendAsync(Report(["GLU", "ALT"], version: "2", hour: 12));

        await SendAsync(Report(["GLU"], hour: 9));

        (await FinalAsync()).ShouldBe(2);
    }

    [Fact]
    public async Task What_somebody_else_has_said_since_is_left_alone()
    {
        await SendAsync(Report(["GLU", "ALT"]));
        await SendAsync(Report(["ALT"], hour: 11, value: "6.1") with { SetId = "SET-0009" });
        (await FinalAsync()).ShouldBe(2);

        await SendAsync(Report(["GLU"], version: "2", hour: 12));

        (await FinalAsync()).ShouldBe(2);
    }

    private static SharedDocument Report(string[] items, string version = "1", int hour = 10, string value = "5.6") =>
        Samples.Of("C0007", [new SharedSection("30954-2", "STUDIES SUMMARY", [.. items.Select(i => DocumentTests.Result(i, value, "mmol/L"))])]) with
        {
            Version = version,
            Id = $"D{version}{hour}",
            Made = new DateTime(2024, 5, 6, hour, 30, 0),
        };

    private async Task SendAsync(SharedDocument document)
    {
        using var content = new ByteArrayContent(TheFormat.Writer.Write(document));
        using var answer = await system.PostAsync(new Uri("/door/cda", UriKind.Relative), content, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        text.ShouldNotContain("\"quarantined\":1");
    }

    private Task<int> FinalAsync() => system.CountAsync("Observation?status=final");
}
