using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Kangqiao.Bench.Kernel;
using Kangqiao.Bench.Kills;

namespace Kangqiao.Bench.Ingest;

/// <summary>
/// How fast a running server makes HL7 v2 messages durable and answers with a commit acknowledgement: connections that send results of
/// ten items, each with so many messages on their way. The server maps and stores at the same time.
/// </summary>
internal static class MllpCommand
{
    public static async Task<int> RunAsync(Options options)
    {
        var program = options.Text("server") ?? throw new ArgumentException("--server names the published program.");
        var connections = (int)options.Number("connections", 10);
        var inFlight = (int)options.Number("in-flight", 16);
        var seconds = (int)options.Number("seconds", 20);
        var folder = Directory.CreateTempSubdirectory("kangqiao-bench-mllp-").FullName;
        try
        {
            using var server = new KilledServer(program, folder, null, KilledServer.FreePort());
            var port = KilledServer.FreePort();
            await server.StartAsync(CancellationToken.None, "--mllp", port.ToString(CultureInfo.InvariantCulture));
            await RegisterAsync(server);
            var units = ShapedOru.Units(options.Seed(), 200_000);
            var counts = new long[connections];
            var slow = new long[connections];
            var faults = 0;
            using var end = new CancellationTokenSource();
            var watch = Stopwatch.StartNew();
            var running = Enumerable.Range(0, connections).Select(c => Task.Run(async () =>
            {
                using var tcp = new TcpClient { NoDelay = true };
                await tcp.ConnectAsync("127.0.0.1", port);
                var stream = tcp.GetStream();
                using var free = new SemaphoreSlim(inFlight);
                var sent = new Queue<long>();
                var reading = Task.Run(() => ReadAsync(stream, answer =>
                {
                    if (!answer)
                    {
                        Interlocked.Increment(ref faults);
                    }

                    lock (sent)
                    {
                        slow[c] = Math.Max(slow[c], Stopwatch.GetTimestamp() - sent.Dequeue());
                    }

                    counts[c]++;
                    free.Release();
                }));
                for (var i = c; i < units.Length && watch.Elapsed.TotalSeconds < seconds; i += connections)
                {
                    await free.WaitAsync();
                    lock (sent)
                    {
                        sent.Enqueue(Stopwatch.GetTimestamp());
                    }

                    await stream.WriteAsync((byte[])[0x0B, .. units[i].Bytes.Span, 0x1C, 0x0D]);
                }

                for (var i = 0; i < inFlight; i++)
                {
                    await free.WaitAsync();
                }

                tcp.Client.Shutdown(SocketShutdown.Both);
                await reading;
            })).ToArray();
            await Task.WhenAll(running);
            var elapsed = watch.Elapsed.TotalSeconds;
            var total = counts.Sum();
            Console.WriteLine(Machine.Describe());
            Console.WriteLine();
            Console.WriteLine("| connections | on their way each | seconds | messages | messages/s | slowest answer ms | refused | raw bytes on disk each |\n|--:|--:|--:|--:|--:|--:|--:|--:|");
            var raw = Directory.GetFiles(Path.Combine(folder, "raw"), "*.raw").Sum(f => new FileInfo(f).Length);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {connections} | {inFlight} | {elapsed:F1} | {total:N0} | {total / elapsed:N0} | {slow.Max() * 1000.0 / Stopwatch.Frequency:N0} | {faults} | {raw / Math.Max(1, total):N0} |"));
            return faults == 0 && total / elapsed >= options.Number("floor", 0) ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task RegisterAsync(KilledServer server)
    {
        using var http = new HttpClient { BaseAddress = new Uri(server.Base[..^"/fhir".Length]) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", await server.TokenAsync(CancellationToken.None));
        foreach (var (address, body) in new[]
        {
            ("/door/senders", """{"code":"H1","name":"H1","feeds":[{"format":"*","isStrict":false}]}"""),
            ("/door/senders/H1/state", """{"state":"testing","why":"bench"}"""), ("/door/senders/H1/state", """{"state":"admitted","why":"bench"}"""),
        })
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(new Uri(address, UriKind.Relative), content);
            answer.EnsureSuccessStatusCode();
        }
    }

    /// <summary>Tells of each answer whether it is a commit.</summary>
    private static async Task ReadAsync(NetworkStream stream, Action<bool> answered)
    {
        var buffer = new byte[64 * 1024];
        var held = 0;
        while (true)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(held));
            if (read == 0)
            {
                return;
            }

            held += read;
            var at = 0;
            for (int end; (end = buffer.AsSpan(at, held - at).IndexOf((byte)0x1C)) >= 0; at += end + 1)
            {
                answered(buffer.AsSpan(at, end).IndexOf("MSA|CA|"u8) >= 0);
            }

            buffer.AsSpan(at, held - at).CopyTo(buffer);
            held -= at;
        }
    }
}
