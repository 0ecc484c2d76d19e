using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Kangqiao.Rest.Tests.Faults;

/// <summary>What clients and machines do to a server: it says clearly what is wrong, and goes on without a hand.</summary>
public sealed class FaultTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_that_sends_slowly_is_waited_for_and_others_are_not_kept_waiting()
    {
        await using var server = await OwnServer.StartAsync();
        var body = Encoding.UTF8.GetBytes(Sample.Patient(id: "slow"));
        using var slow = await ConnectAsync(server);
        await slow.WriteAsync(Encoding.ASCII.GetBytes(Head(server, "PUT", "Patient/slow", body.Length)), Cancel);
        for (var i = 0; i < body.Length; i++)
        {
            await slow.WriteAsync(body.AsMemory(i, 1), Cancel);
            if (i % 120 == 0)
            {
                (await server.PutAsync(Sample.Patient($"Quick{i}", "quick"))).Status.ShouldBeLessThan(300);
            }
        }

        (await AnswerAsync(slow)).ShouldStartWith("HTTP/1.1 201");
    }

    [Fact]
    public async Task A_client_that_hangs_up_leaves_nothing_half_and_nothing_held()
    {
        await using var server = await OwnServer.StartAsync(RestOptions.Default with { MostBytesInFlight = 300_000, MostBodyBytes = 200_000 });
        for (var i = 0; i < 20; i++)
        {
            // In the midst of the body, or with the answer on its way.
            using var gone = await ConnectAsync(server);
            var body = Encoding.UTF8.GetBytes(Sample.Patient(new string('x', 100_000), $"p{i}"));
            await gone.WriteAsync(Encoding.ASCII.GetBytes(Head(server, "PUT", $"Patient/p{i}", body.Length)), Cancel);
            await gone.WriteAsync(i % 2 == 0 ? body.AsMemory(0, body.Length / 2) : body, Cancel);
            gone.Socket.Close(0);
        }

        // What they held is given back: a large body is taken again.
        Reply reply;
        do
        {
            reply = await server.SendAsync("PUT", "Patient/after", Sample.Patient(new string('y', 150_000), "after"));
        }
        while (reply.Status == 429);

        reply.Status.ShouldBe(201);
        for (var i = 0; i < 20; i += 2)
        {
            (await server.SendAsync("GET", $"Patient/p{i}")).Status.ShouldBe(404, "a body that was cut makes no record");
        }
    }

    [Fact]
    public async Task A_client_that_reads_an_export_slowly_or_leaves_costs_no_more_than_its_connection()
    {
        await using var server = await OwnServer.StartAsync();
        var lines = string.Join('\n', Enumerable.Range(0, 3000).Select(i => Sample.Patient(new string('z', 1000), $"p{i}").Trim()));
        await server.DoneAsync(await server.SendAsync("POST", "$import", lines, "application/fhir+ndjson"));
        var manifest = await server.DoneAsync(await server.SendAsync("GET", "$export"));
        var address = new Uri((string)manifest.Json["output"]![0]!["url"]!).PathAndQuery["/fhir/".Length..];
        for (var i = 0; i < 5; i++)
        {
            using var gone = await ConnectAsync(server);
            await gone.WriteAsync(Encoding.ASCII.GetBytes(Head(server, "GET", address, 0)), Cancel);
            _ = await gone.ReadAsync(new byte[1000], Cancel);
            gone.Socket.Close(0);
        }

        (await server.LinesAsync((string)manifest.Json["output"]![0]!["url"]!)).Length.ShouldBe(3000);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_turns_no_time_round_and_stops_no_work()
    {
        var clock = new MovedClock();
        await using var server = await OwnServer.StartAsync(time: clock);
        var first = await server.PutAsync(Sample.Patient("First", "p1"));
        clock.Move(TimeSpan.FromHours(-2));

        var second = await server.PutAsync(Sample.Patient("Second", "p1"));
        await server.PutAsync(Sample.Patient(id: "p2"));

        At(second).ShouldBeGreaterThanOrEqualTo(At(first));
        (await server.SendAsync("GET", "_history")).Json["entry"]!.AsArray()
            .Select(e => (string)e!["resource"]!["meta"]!["lastUpdated"]!).ShouldBeInOrder(SortDirection.Descending);
        var manifest = await server.DoneAsync(await server.SendAsync("GET", "$export"));
        (await server.LinesAsync((string)manifest.Json["output"]![0]!["url"]!)).Length.ShouldBe(2);
        await server.RestartAsync();
        At(await server.PutAsync(Sample.Patient("Third", "p1"))).ShouldBeGreaterThanOrEqualTo(At(second));

        static DateTimeOffset At(Reply reply) => DateTimeOffset.Parse((string)reply.Json["meta"]!["lastUpdated"]!, System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task On_a_full_disk_writes_are_refused_clearly_reads_go_on_and_space_is_all_it_takes()
    {
        var folder = Directory.CreateTempSubdirectory("kangqiao-full-").FullName;
        var isMounted = await RunAsync("mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", folder) == 0;
        Assert.SkipUnless(isMounted, "A small file system cannot be mounted here.");
        try
        {
            await using (var server = await OwnServer.StartAsync(folder: folder))
            {
                await server.PutAsync(Sample.Patient(id: "first"));
                var ballast = Path.Combine(folder, "ballast");
                Fill(ballast);
                var (status, kept, i) = (0, new List<string>(), 0);
                for (; status is not 503 && i < 500; i++)
                {
                    var reply = await server.SendAsync("PUT", $"Patient/p{i}", Sample.Patient(RandomText(i), $"p{i}"));
                    status = reply.Status;
                    if (status == 201)
                    {
                        kept.Add($"p{i}");
                    }
                    else
                    {
                        reply.Code.ShouldBe("STO012", reply.Text);
                        reply.Header("Retry-After").ShouldNotBeNull();
                    }
                }

                status.ShouldBe(503, "the disk is full");
                (await server.SendAsync("GET", "Patient/first")).Status.ShouldBe(200);
                (await server.SendAsync("GET", $"Patient/p{i - 1}")).Status.ShouldBe(404, "what was refused is not there");

                File.Delete(ballast);

                await server.PutAsync(Sample.Patient(id: "after"));
                foreach (var id in kept)
                {
                    (await server.SendAsync("GET", $"Patient/{id}")).Status.ShouldBe(200);
                }

                (await server.SendAsync("GET", "Patient?_summary=count")).Json["total"]!.GetValue<int>().ShouldBe(kept.Count + 2);
            }
        }
        finally
        {
            await RunAsync("umount", "-l", folder);
            Directory.Delete(folder);
        }
    }

    /// <summary>Takes all the room there is but a little.</summary>
    private static void Fill(string path)
    {
        using var file = File.Create(path);
        var free = new DriveInfo(Path.GetDirectoryName(path)!).AvailableFreeSpace - (1500 * 1024);
        file.Write(new byte[Math.Max(0, free)]);
    }

    /// <summary>Does not pack well.</summary>
    private static string RandomText(int seed)
    {
        var random = new Random(seed);
        return string.Create(50_000, random, (span, r) =>
        {
            foreach (ref var c in span)
            {
                c = (char)('a' + r.Next(26));
            }
        });
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using var process = Process.Start(start)!;
            await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }

    private static async Task<NetworkStream> ConnectAsync(OwnServer server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync("127.0.0.1", server.Http.BaseAddress!.Port, Cancel);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static string Head(OwnServer server, string method, string address, int length) =>
        $"{method} /fhir/{address} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {server.Http.DefaultRequestHeaders.Authorization}\r\nContent-Type: application/fhir+json\r\nContent-Length: {length}\r\n\r\n";

    private static async Task<string> AnswerAsync(NetworkStream stream)
    {
        var buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer, Cancel));
    }

    private sealed class MovedClock : TimeProvider
    {
        private long offset;

        public void Move(TimeSpan by) => Interlocked.Add(ref offset, by.Ticks);

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref offset));
    }
}
