using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kangqiao.Ingest.Tests.Hl7v2.Mllp;

/// <summary>A sender at the other end of a real connection.</summary>
internal sealed class MllpClient(TcpClient tcp) : IDisposable
{
    private const byte Start = 0x0B;
    private const byte End = 0x1C;

    private readonly Stream stream = tcp.GetStream();
    private readonly byte[] one = new byte[1];

    public static async Task<MllpClient> ConnectAsync(IPEndPoint endpoint)
    {
        var tcp = new TcpClient { NoDelay = true };
        await tcp.ConnectAsync(endpoint, TestContext.Current.CancellationToken);
        return new MllpClient(tcp);
    }

    public static byte[] Framed(byte[] message) => [Start, .. message, End, (byte)'\r'];

    public static byte[] Framed(string message) => Framed(Encoding.UTF8.GetBytes(message));

    public async Task SendAsync(byte[] bytes) => await stream.WriteAsync(bytes, TestContext.Current.CancellationToken);

    /// <summary>The next answer, without its frame; null where the connection is closed.</summary>
    public async Task<string?> AnswerAsync()
    {
        var bytes = new List<byte>();
        while (await stream.ReadAsync(one, TestContext.Current.CancellationToken) == 1)
        {
            if (one[0] == End)
            {
                await stream.ReadExactlyAsync(one, TestContext.Current.CancellationToken);
                return Encoding.UTF8.GetString([.. bytes]);
            }

            if (one[0] != Start)
            {
                bytes.Add(one[0]);
            }
        }

        return null;
    }

    /// <summary>Nothing more comes from here; answers are still heard.</summary>
    public void Finish() => tcp.Client.Shutdown(SocketShutdown.Send);

    public void Dispose()
    {
        stream.Dispose();
        tcp.Dispose();
    }
}
