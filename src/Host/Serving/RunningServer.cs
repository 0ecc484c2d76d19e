using System.Text.Json;

namespace Kangqiao.Host.Serving;

/// <summary>Says in the data folder where its server listens, so that commands beside it can hand their work over.</summary>
internal sealed class RunningServer : IDisposable
{
    private const string FileName = "server.json";

    private readonly string path;

    private RunningServer(string path) => this.path = path;

    public static RunningServer Tell(string dataFolder, string url)
    {
        var file = Path.Combine(dataFolder, FileName);
        File.WriteAllText(file, JsonSerializer.Serialize(new Where(url)));
        return new RunningServer(file);
    }

    /// <summary>Address of the server that runs on the data folder and answers; null where there is none.</summary>
    public static async ValueTask<Uri?> FindAsync(string dataFolder, CancellationToken cancel)
    {
        var file = Path.Combine(dataFolder, FileName);
        if (!File.Exists(file))
        {
            return null;
        }

        try
        {
            // A server that was killed leaves its word behind: only one that answers counts.
            var address = new Uri(JsonSerializer.Deserialize<Where>(await File.ReadAllTextAsync(file, cancel))!.Url.Replace("[::]", "127.0.0.1", StringComparison.Ordinal).Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal));
            using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
            return await http.GetStringAsync(new Uri(address, "/healthz"), cancel) == "ok" ? address : null;
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException or UriFormatException or IOException
            || (fault is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return null;
        }
    }

    public void Dispose() => File.Delete(path);

    private sealed record Where(string Url);
}
