using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Kangqiao.Ingest.Receipts;
using Kangqiao.Kernel;
using Kangqiao.Ledger;
using Kangqiao.Registry.Institutions;
using Kangqiao.Rest.Callers;

namespace Kangqiao.Host.Loading;

/// <summary>The door of the server that runs on the data folder, over HTTP, with a token of the folder's own key.</summary>
internal sealed class ServersDoor : ILoadDoor
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestLook = TimeSpan.FromMilliseconds(500);

    private readonly HttpClient http;
    private readonly TimeProvider time;
    private readonly string run;
    private long residents;

    public ServersDoor(Uri address, byte[] key, TimeProvider time)
    {
        this.time = time;
        run = new Identifiers(time).NextId();
        http = new HttpClient { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", new BearerTokens(key, time).Issue(new Caller(Roles.System), TimeSpan.FromDays(7)));
        http.DefaultRequestHeaders.Add("Prefer", "respond-async");
    }

    public async ValueTask<Outcome<RegistryReport>> RegistryAsync(string file, CancellationToken cancel)
    {
        using var content = new ByteArrayContent(await File.ReadAllBytesAsync(file, cancel));
        using var response = await http.PostAsync(new Uri($"/door/registry/{Uri.EscapeDataString(Path.GetFileName(file))}", UriKind.Relative), content, cancel);
        return response.IsSuccessStatusCode
            ? JsonSerializer.Deserialize<RegistryReport>(await response.Content.ReadAsStringAsync(cancel), LedgerJson.Options)!
            : await ProblemAsync(response, cancel);
    }

    public async ValueTask<bool> IsSenderAsync(string code, CancellationToken cancel)
    {
        using var response = await http.GetAsync(new Uri($"/door/senders/{Uri.EscapeDataString(code)}", UriKind.Relative), cancel);
        return response.IsSuccessStatusCode;
    }

    public async ValueTask<Outcome<Task<Counts>>> SendAsync(LoadFile file, string institution, CancellationToken cancel)
    {
        var address = $"/door/{file.Format}?institution={Uri.EscapeDataString(institution)}&run={run}&name={Uri.EscapeDataString(Path.GetFileName(file.Path))}";
        await using var stream = File.OpenRead(file.Path);
        using var content = new StreamContent(stream, 1 << 18);
        using var response = await http.PostAsync(new Uri(address, UriKind.Relative), content, cancel);
        return response.IsSuccessStatusCode && response.Headers.TryGetValues("X-Receipt", out var number)
            ? WatchAsync(number.First(), cancel)
            : await ProblemAsync(response, cancel);
    }

    public ValueTask<long> ResidentsAsync(CancellationToken cancel) => new(Interlocked.Read(ref residents));

    public ValueTask DisposeAsync()
    {
        http.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<Counts> WatchAsync(string number, CancellationToken cancel)
    {
        for (var look = FirstLook; ; look = look * 2 < LongestLook ? look * 2 : LongestLook)
        {
            using var response = await http.GetAsync(new Uri($"/door/receipts/{number}?run={run}", UriKind.Relative), cancel);
            using var receipt = JsonDocument.Parse(await response.Content.ReadAsStreamAsync(cancel));
            var root = receipt.RootElement;
            if (response.IsSuccessStatusCode && root.GetProperty("status").ValueEquals("done"))
            {
                if (response.Headers.TryGetValues("X-Run-Residents", out var seen))
                {
                    Raise(long.Parse(seen.First(), CultureInfo.InvariantCulture));
                }

                return new Counts(Number(root, "accepted"), Number(root, "warned"), Number(root, "unchanged"), Number(root, "quarantined"));
            }

            await Task.Delay(look, time, cancel);
        }
    }

    private void Raise(long seen)
    {
        for (var known = Interlocked.Read(ref residents); known < seen; known = Interlocked.Read(ref residents))
        {
            Interlocked.CompareExchange(ref residents, seen, known);
        }
    }

    private static long Number(JsonElement receipt, string name) => receipt.GetProperty(name).GetInt64();

    private static async ValueTask<Problem> ProblemAsync(HttpResponseMessage response, CancellationToken cancel) =>
        new("HST020", ProblemKind.Unavailable, $"The server answers {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancel)}");
}
