using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Kangqiao.Bench.Kills;

/// <summary>
/// Writers who remember what was acknowledged, and the look afterwards. Records are created, updated and some deleted one by one; bundles
/// bring forty records each in a transaction.
/// </summary>
internal sealed class KillsLoad : IDisposable
{
    public const int BundleSize = 20;

    private const string System = "urn:kangqiao:kills";
    private readonly HttpClient http;
    private readonly ConcurrentQueue<Promise> all = new();
    private int next;
    private long acknowledged;

    public KillsLoad(string address, string token)
    {
        http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2) }) { BaseAddress = new Uri(address + "/"), Timeout = TimeSpan.FromSeconds(30) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public IReadOnlyCollection<Promise> All => all;

    /// <summary>Requests that were answered with yes.</summary>
    public long Acknowledged => Interlocked.Read(ref acknowledged);

    /// <summary>Presses on the server until it is told to stop, or the server is no more.</summary>
    public async Task PressAsync(int records, int bundles, CancellationToken stop) => await Task.WhenAll(
        Enumerable.Range(0, records).Select(_ => LoopAsync(isBundle: false, stop)).Concat(Enumerable.Range(0, bundles).Select(_ => LoopAsync(isBundle: true, stop))));

    /// <summary>Where a thing stands now: the step, or null where it stands at none that there could be.</summary>
    public async Task<int?> StandsAtAsync(Promise promise, CancellationToken cancel) =>
        promise.IsBundle ? await BundleAsync(promise, cancel) : await RecordAsync(promise, cancel);

    public void Dispose() => http.Dispose();

    private async Task LoopAsync(bool isBundle, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var number = Interlocked.Increment(ref next);
            var promise = new Promise(string.Create(CultureInfo.InvariantCulture, $"{(isBundle ? 'b' : 'r')}{number}"), isBundle);
            all.Enqueue(promise);
            var steps = isBundle ? 1 : number % 3 == 0 ? 3 : 2;
            for (var step = 1; step <= steps; step++)
            {
                promise.IsOpen = true;
                if (!await AskAsync(promise, step))
                {
                    return;
                }

                (promise.Acknowledged, promise.IsOpen) = (step, false);
                Interlocked.Increment(ref acknowledged);
            }
        }
    }

    /// <summary>False when there was no answer, or one that says nothing of whether it happened.</summary>
    private async Task<bool> AskAsync(Promise promise, int step)
    {
        try
        {
            while (true)
            {
                using var request = Request(promise, step);
                using var answer = await http.SendAsync(request);
                if (answer.StatusCode == HttpStatusCode.TooManyRequests)
                {
                    await Task.Delay(50);
                    continue;
                }

                if (!answer.IsSuccessStatusCode && (int)answer.StatusCode < 500)
                {
                    throw new InvalidOperationException($"The server refused {promise.Id} step {step} with {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
                }

                return answer.IsSuccessStatusCode;
            }
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    private static HttpRequestMessage Request(Promise promise, int step)
    {
        if (promise.IsBundle)
        {
            var entries = Enumerable.Range(0, BundleSize).SelectMany(i => new[]
            {
                Entry("Patient", $"{promise.Id}-{i}", Patient($"{promise.Id}-{i}", promise.Id, "1")),
                Entry("Observation", $"{promise.Id}-{i}", Observation($"{promise.Id}-{i}", promise.Id)),
            });
            return Of(HttpMethod.Post, "", $$"""{"resourceType":"Bundle","type":"transaction","entry":[{{string.Join(',', entries)}}]}""");
        }

        return step == 3
            ? new HttpRequestMessage(HttpMethod.Delete, $"Patient/{promise.Id}")
            : Of(HttpMethod.Put, $"Patient/{promise.Id}", Patient(promise.Id, promise.Id, step.ToString(CultureInfo.InvariantCulture)));
    }

    private static HttpRequestMessage Of(HttpMethod method, string address, string body) => new(method, address)
    {
        Content = new StringContent(body, Encoding.UTF8, "application/fhir+json"),
    };

    private static string Entry(string type, string id, string resource) =>
        $$$"""{"resource":{{{resource}}},"request":{"method":"PUT","url":"{{{type}}}/{{{id}}}"}}""";

    private static string Patient(string id, string group, string step) =>
        $$"""{"resourceType":"Patient","id":"{{id}}","identifier":[{"system":"{{System}}","value":"{{group}}"}],"name":[{"family":"step{{step}}"}]}""";

    private static string Observation(string id, string group) =>
        $$$"""{"resourceType":"Observation","id":"{{{id}}}","identifier":[{"system":"{{{System}}}","value":"{{{group}}}"}],"status":"final","code":{"text":"kills"},"subject":{"reference":"Patient/{{{id}}}"}}""";

    private async Task<int?> RecordAsync(Promise promise, CancellationToken cancel)
    {
        using var answer = await http.GetAsync($"Patient/{promise.Id}", cancel);
        switch (answer.StatusCode)
        {
            case HttpStatusCode.NotFound:
                return await CountAsync("Patient", promise.Id, cancel) == 0 ? 0 : null;
            case HttpStatusCode.Gone:
                return await CountAsync("Patient", promise.Id, cancel) == 0 ? 3 : null;
            case HttpStatusCode.OK:
                using (var json = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancel)))
                {
                    // Version, content and index must speak of the same step.
                    var version = int.Parse(json.RootElement.GetProperty("meta").GetProperty("versionId").GetString()!, CultureInfo.InvariantCulture);
                    var family = json.RootElement.GetProperty("name")[0].GetProperty("family").GetString();
                    return family == string.Create(CultureInfo.InvariantCulture, $"step{version}") && await CountAsync("Patient", promise.Id, cancel) == 1 ? version : null;
                }

            default:
                throw new InvalidOperationException($"Reading {promise.Id} was answered with {(int)answer.StatusCode}.");
        }
    }

    private async Task<int?> BundleAsync(Promise promise, CancellationToken cancel)
    {
        var found = await CountAsync("Patient", promise.Id, cancel) + await CountAsync("Observation", promise.Id, cancel);
        if (found is 0 or 2 * BundleSize)
        {
            // The records themselves, too, not only the index.
            using var first = await http.GetAsync($"Patient/{promise.Id}-0", cancel);
            using var last = await http.GetAsync($"Observation/{promise.Id}-{BundleSize - 1}", cancel);
            var expected = found == 0 ? HttpStatusCode.NotFound : HttpStatusCode.OK;
            return first.StatusCode == expected && last.StatusCode == expected ? (found == 0 ? 0 : 1) : null;
        }

        return null;
    }

    private async Task<int> CountAsync(string type, string group, CancellationToken cancel)
    {
        var text = await http.GetByteArrayAsync($"{type}?identifier={Uri.EscapeDataString($"{System}|{group}")}&_summary=count&_total=accurate", cancel);
        using var json = JsonDocument.Parse(text);
        return json.RootElement.GetProperty("total").GetInt32();
    }
}
