using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Kangqiao.Rest.Tests.Subscriptions;

/// <summary>Somebody else's server that is notified: keeps what it was sent, and answers as it is told to.</summary>
internal sealed class Receiver : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly List<Received> received = [];

    public Receiver()
    {
        using (var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        listener.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}/"));
        listener.Start();
        _ = ServeAsync();
    }

    public int Port { get; }

    public string Address => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}/hook");

    /// <summary>The status it answers with.</summary>
    public volatile int Answers = 200;

    public Received[] All
    {
        get
        {
            lock (received)
            {
                return [.. received];
            }
        }
    }

    /// <summary>Numbers of the events it has confirmed, in the order they came.</summary>
    public long[] Numbers => [.. All.Where(r => r is { Answered: 200, Type: "event-notification" }).SelectMany(r => r.Numbers)];

    /// <summary>What an event was about, by its number.</summary>
    public Dictionary<long, string> Focuses => All.Where(r => r.Answered == 200).SelectMany(r => r.Events).DistinctBy(e => e.Number).ToDictionary(e => e.Number, e => e.Focus);

    public async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    public void Dispose() => listener.Close();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                var answer = Answers;
                lock (received)
                {
                    received.Add(new(Encoding.UTF8.GetString(body.ToArray()), context.Request.Headers["X-Kangqiao-Signature"]!, context.Request.Headers["X-Own"], answer));
                }

                context.Response.StatusCode = answer;
                context.Response.Close();
            }
        }
        catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}

internal sealed record Received(string Text, string Signature, string? OwnHeader, int Answered)
{
    private JsonArray Parameters => JsonNode.Parse(Text)!["entry"]![0]!["resource"]!["parameter"]!.AsArray();

    public string Type => (string)Parameters.Single(p => (string)p!["name"]! == "type")!["valueCode"]!;

    public IEnumerable<(long Number, string Focus)> Events => Parameters.Where(p => (string)p!["name"]! == "notification-event").Select(p =>
    {
        var parts = p!["part"]!.AsArray();
        return (
            long.Parse((string)parts.Single(x => (string)x!["name"]! == "event-number")!["valueString"]!, CultureInfo.InvariantCulture),
            (string?)parts.SingleOrDefault(x => (string)x!["name"]! == "focus")?["valueReference"]!["reference"] ?? "");
    });

    public IEnumerable<long> Numbers => Events.Select(e => e.Number);
}
