using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Hl7v2;
using Kangqiao.Ingest.Hl7v2.Mllp;

namespace Kangqiao.Ingest.Tests.Hl7v2.Mllp;

public sealed class MllpServerTests
{
    private readonly ConcurrentQueue<string> taken = new();

    [Fact]
    public async Task Many_messages_sent_before_the_first_answer_are_answered_in_order()
    {
        var slow = new TaskCompletionSource();
        await using var server = Start(async (message, _, _) =>
        {
            var text = Encoding.UTF8.GetString(message.Span);
            if (text.Contains("|M1|", StringComparison.Ordinal))
            {
                await slow.Task;
            }

            taken.Enqueue(text);
            return TakenMessage.Durable;
        });
        using var client = await Client.ConnectAsync(server.Endpoint);

        await client.SendAsync(string.Concat(Enumerable.Range(1, 50).Select(i => Frame($"M{i}"))));
        await Until(() => taken.Count == 49);
        slow.SetResult();

        for (var i = 1; i <= 50; i++)
        {
            (await client.AnswerAsync()).ShouldContain($"MSA|AA|M{i}\r");
        }
    }

    [Fact]
    public async Task Nothing_is_answered_before_the_message_is_durable()
    {
        var durable = new TaskCompletionSource();
        var came = new TaskCompletionSource();
        await using var server = Start(async (_, _, _) =>
        {
            came.SetResult();
            await durable.Task;
            taken.Enqueue("durable");
            return TakenMessage.Durable;
        });
        using var client = await Client.ConnectAsync(server.Endpoint);

        await client.SendAsync(Frame("M1"));
        await came.Task.WaitAsync(TestContext.Current.CancellationToken);
        var answer = client.AnswerAsync();
        answer.IsCompleted.ShouldBeFalse();
        durable.SetResult();

        (await answer).ShouldContain("MSA|AA|M1");
        taken.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Enhanced_mode_commits_first_and_tells_the_outcome_later()
    {
        await using var server = Start((_, _, _) => ValueTask.FromResult(new TakenMessage([],
            Task.FromResult<IReadOnlyList<Finding>>([Hl7Findings.Of(Hl7Findings.NoPatientNumber, "PID[1]-3")]))));
        using var client = await Client.ConnectAsync(server.Endpoint);

        await client.SendAsync(Frame("M1", "AL", "AL"));

        (await client.AnswerAsync()).ShouldContain("MSA|CA|M1");
        (await client.AnswerAsync()).ShouldContain("MSA|AE|M1");
    }

    [Fact]
    public async Task A_message_in_pieces_and_several_in_one_piece_are_messages_all_the_same()
    {
        await using var server = Start(Keep);
        using var client = await Client.ConnectAsync(server.Endpoint);

        foreach (var letter in Frame("M1"))
        {
            await client.SendAsync(letter.ToString());
        }

        (await client.AnswerAsync()).ShouldContain("MSA|AA|M1");
        await client.SendAsync("\r\n noise between blocks " + Frame("M2") + Frame("M3"));
        (await client.AnswerAsync()).ShouldContain("MSA|AA|M2");
        (await client.AnswerAsync()).ShouldContain("MSA|AA|M3");
    }

    [Fact]
    public async Task A_block_that_does_not_end_is_refused_and_the_next_one_is_taken()
    {
        await using var server = Start(Keep);
        using var client = await Client.ConnectAsync(server.Endpoint);

        await client.SendAsync(Frame("M1")[..^8] + Frame("M2"));

        var refused = await client.AnswerAsync();
        refused.ShouldContain("MSA|AE|M1");
        refused.ShouldContain("HL7036");
        (await client.AnswerAsync()).ShouldContain("MSA|AA|M2");
        taken.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_message_beyond_the_bound_is_refused_without_ending_the_connection()
    {
        await using var server = Start(Keep, options => options with { MaxMessageBytes = 1 << 20 });
        using var client = await Client.ConnectAsync(server.Endpoint);

        await client.SendAsync(Frame("M1")[..^2] + "NTE|1||" + new string('x', 3 << 20) + "\u001c\r" + Frame("M2"));

        (await client.AnswerAsync()).ShouldContain("HL7004");
        (await client.AnswerAsync()).ShouldContain("MSA|AA|M2");
    }

    [Fact]
    public async Task A_sender_that_stalls_inside_a_message_is_let_go_and_others_are_not_kept_waiting()
    {
        await using var server = Start(Keep, options => options with { StallTimeout = TimeSpan.FromMilliseconds(50) });
        using var stalled = await Client.ConnectAsync(server.Endpoint);
        using var other = await Client.ConnectAsync(server.Endpoint);
        await stalled.SendAsync(Frame("M1")[..20]);

        await other.SendAsync(Frame("M2"));

        (await other.AnswerAsync()).ShouldContain("MSA|AA|M2");
        (await stalled.EndAsync()).ShouldBeTrue();
        taken.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_cannot_be_kept_is_answered_with_an_error_and_the_connection_lives()
    {
        var first = true;
        await using var server = Start((message, peer, cancel) =>
        {
            if (first)
            {
                first = false;
                throw new IOException("disk full");
            }

            return Keep(message, peer, cancel);
        });
        using var client = await Client.ConnectAsync(server.Endpoint);

        await client.SendAsync(Frame("M1", "AL", "NE") + Frame("M2", "AL", "NE"));

        (await client.AnswerAsync()).ShouldContain("MSA|CE|M1");
        (await client.AnswerAsync()).ShouldContain("MSA|CA|M2");
    }

    [Fact]
    public async Task Closing_the_door_answers_what_was_taken()
    {
        var came = new TaskCompletionSource();
        var slow = new TaskCompletionSource();
        await using var server = Start(async (message, peer, cancel) =>
        {
            came.SetResult();
            await slow.Task;
            return await Keep(message, peer, cancel);
        });
        using var client = await Client.ConnectAsync(server.Endpoint);
        await client.SendAsync(Frame("M1"));
        await came.Task.WaitAsync(TestContext.Current.CancellationToken);

        var stopping = server.StopAsync();
        slow.SetResult();

        (await client.AnswerAsync()).ShouldContain("MSA|AA|M1");
        await stopping;
        server.ConnectionCount.ShouldBe(0);
    }

    [Fact]
    public async Task Only_networks_on_the_list_are_let_in()
    {
        await using var server = Start(Keep, options => options with { Allowed = [IPNetwork.Parse("10.1.0.0/16")] });
        using var client = await Client.ConnectAsync(server.Endpoint);

        (await client.EndAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task One_address_cannot_take_all_connections()
    {
        await using var server = Start(Keep, options => options with { MaxConnectionsPerAddress = 2 });
        using var one = await Client.ConnectAsync(server.Endpoint);
        using var two = await Client.ConnectAsync(server.Endpoint);
        await Until(() => server.ConnectionCount == 2);
        using var three = await Client.ConnectAsync(server.Endpoint);

        (await three.EndAsync()).ShouldBeTrue();
        await one.SendAsync(Frame("M1"));
        (await one.AnswerAsync()).ShouldContain("MSA|AA|M1");
    }

    [Fact]
    public async Task The_door_speaks_TLS()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var from = TimeProvider.System.GetUtcNow().AddDays(-1);
        using var certificate = request.CreateSelfSigned(from, from.AddDays(10));
        await using var server = Start(Keep, options => options with { Tls = new SslServerAuthenticationOptions { ServerCertificate = certificate } });
        using var client = await Client.ConnectAsync(server.Endpoint, tls: true);

        await client.SendAsync(Frame("M1"));

        (await client.AnswerAsync()).ShouldContain("MSA|AA|M1");
    }

    private static MllpServer Start(TakeMessage take, Func<MllpOptions, MllpOptions>? with = null)
    {
        var options = new MllpOptions { Endpoint = new IPEndPoint(IPAddress.Loopback, 0) };
        return MllpServer.Start(with is null ? options : with(options), take, TimeProvider.System);
    }

    private ValueTask<TakenMessage> Keep(ReadOnlyMemory<byte> message, MllpPeer peer, CancellationToken cancel)
    {
        taken.Enqueue(Encoding.UTF8.GetString(message.Span));
        return ValueTask.FromResult(TakenMessage.Durable);
    }

    private static string Frame(string id, string accept = "", string application = "") =>
        $"\u000bMSH|^~\\&|HIS|H1|KQ|CITY|20260305||ADT^A01^ADT_A01|{id}|P|2.5.1|||{accept}|{application}\rPID|1||7\r\u001c\r";

    private static async Task Until(Func<bool> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            await Task.Delay(5, patience.Token);
        }
    }

    private sealed class Client(TcpClient tcp, Stream stream) : IDisposable
    {
        private readonly byte[] one = new byte[1];

        public static async Task<Client> ConnectAsync(IPEndPoint endpoint, bool tls = false)
        {
            var tcp = new TcpClient();
            await tcp.ConnectAsync(endpoint, TestContext.Current.CancellationToken);
            if (!tls)
            {
                return new Client(tcp, tcp.GetStream());
            }

#pragma warning disable CA5359 // The certificate was made a moment ago by this test.
            var secure = new SslStream(tcp.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
#pragma warning restore CA5359
            await secure.AuthenticateAsClientAsync("localhost");
            return new Client(tcp, secure);
        }

        public async Task SendAsync(string text) => await stream.WriteAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);

        public async Task<string> AnswerAsync()
        {
            var bytes = new List<byte>();
            while (await stream.ReadAsync(one, TestContext.Current.CancellationToken) == 1)
            {
                if (one[0] == 0x1C)
                {
                    await stream.ReadExactlyAsync(one, TestContext.Current.CancellationToken);
                    return Encoding.UTF8.GetString([.. bytes]);
                }

                bytes.Add(one[0]);
            }

            return "(closed)";
        }

        public async Task<bool> EndAsync()
        {
            try
            {
                return await stream.ReadAsync(one, TestContext.Current.CancellationToken) == 0;
            }
            catch (IOException)
            {
                return true;
            }
        }

        public void Dispose()
        {
            stream.Dispose();
            tcp.Dispose();
        }
    }
}
