using System.Net.Http.Headers;
using Kangqiao.Host.Serving;
using Kangqiao.Rest.Callers;

namespace Kangqiao.Rest.Tests.Http;

/// <summary>What happens at the bounds, on a small server of its own.</summary>
public sealed class BoundsTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("kangqiao-bounds-").FullName;
    private readonly HttpClient http = new();
    private Server? server;

    public async ValueTask InitializeAsync()
    {
        var rest = new RestOptions { MostBodyBytes = 100_000, MostBytesInFlight = 150_000, MostBundleEntries = 3 };
        server = (await Server.StartAsync(new ServerOptions("http://127.0.0.1:0", folder) { Rest = rest }, TimeProvider.System, CancellationToken.None)).Value;
        http.BaseAddress = new Uri(server.Urls.First() + "/fhir/");
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", new BearerTokens(TokenKey.In(folder).Value, TimeProvider.System).Issue(new Caller(Roles.System), TimeSpan.FromHours(1)));
    }

    [Fact]
    public async Task A_body_beyond_the_bound_is_too_large_whether_its_length_is_told_or_not()
    {
        var large = new byte[100_001];
        using var told = new ByteArrayContent(large);
        (await SendAsync(told)).Status.ShouldBe(413);
        using var untold = new StreamContent(new MemoryStream(large));
        untold.Headers.ContentLength = null;
        http.DefaultRequestHeaders.TransferEncodingChunked = true;
        var reply = await SendAsync(untold);
        reply.Status.ShouldBe(413);
        reply.IssueType.ShouldBe("too-long");
    }

    [Fact]
    public async Task While_memory_is_taken_senders_are_told_to_come_back()
    {
        using var stop = new CancellationTokenSource();
        using var slow = new SlowContent(90_000, stop.Token);
        slow.Headers.ContentType = new MediaTypeHeaderValue("application/fhir+json");
        var waiting = http.PostAsync("Patient", slow, TestContext.Current.CancellationToken);
        await slow.Began;

        using var second = new ByteArrayContent(new byte[90_000]);
        Reply reply;
        do
        {
            // Until the first one's announcement has reached the server.
            reply = await SendAsync(second);
        }
        while (reply.Status == 400);

        reply.Status.ShouldBe(429);
        reply.Header("Retry-After").ShouldBe("1");
        reply.IssueType.ShouldBe("throttled");
        await stop.CancelAsync();
        await Should.ThrowAsync<Exception>(waiting);

        // What the broken request held is given back.
        do
        {
            reply = await SendAsync(second);
        }
        while (reply.Status == 429);

        reply.Status.ShouldBe(400);
    }

    [Fact]
    public async Task A_bundle_of_too_many_entries_is_too_large()
    {
        using var bundle = new StringContent(Sample.Bundle("batch", [.. Enumerable.Repeat(Sample.Entry("GET", "metadata"), 4)]));
        (await SendAsync(bundle, "")).Status.ShouldBe(413);
    }

    [Fact]
    public async Task A_second_server_on_the_same_data_is_refused()
    {
        var other = await Server.StartAsync(new ServerOptions("http://127.0.0.1:0", folder), TimeProvider.System, CancellationToken.None);
        other.Problem.ShouldNotBeNull().Code.ShouldBe("STO023");
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await server!.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task<Reply> SendAsync(HttpContent content, string address = "Patient")
    {
        content.Headers.ContentType = new MediaTypeHeaderValue("application/fhir+json");
        using var response = await http.PostAsync(address, content, TestContext.Current.CancellationToken);
        return await Reply.OfAsync(response);
    }

    /// <summary>Announces its length, sends a little, and then nothing.</summary>
    private sealed class SlowContent(int length, CancellationToken stop) : HttpContent
    {
        private readonly TaskCompletionSource began = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Began => began.Task;

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            await stream.WriteAsync(new byte[1000], stop);
            await stream.FlushAsync(stop);
            began.SetResult();
            await Task.Delay(Timeout.Infinite, stop);
        }

        protected override bool TryComputeLength(out long computed)
        {
            computed = length;
            return true;
        }
    }
}
