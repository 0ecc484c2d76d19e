using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Kangqiao.Ingest.Hl7v2.Mllp;

/// <summary>
/// The MLLP door: many connections, each with messages in flight, answered in order and only when <see cref="TakeMessage"/> says
/// that the message is durable. One slow, silent or broken sender costs the others nothing.
/// </summary>
public sealed class MllpServer : IAsyncDisposable
{
    private readonly MllpOptions options;
    private readonly TakeMessage take;
    private readonly TimeProvider time;
    private readonly Socket listener;
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource abort = new();
    private readonly ConcurrentDictionary<long, Task> connections = [];
    private readonly ConcurrentDictionary<IPAddress, int> perAddress = [];
    private readonly Task accepting;
    private long next;

    private MllpServer(MllpOptions options, TakeMessage take, TimeProvider time, Socket listener)
    {
        this.options = options;
        this.take = take;
        this.time = time;
        this.listener = listener;
        accepting = AcceptAsync();
    }

    /// <summary>Where it listens: the port that was given where port 0 was asked for.</summary>
    public IPEndPoint Endpoint => (IPEndPoint)listener.LocalEndPoint!;

    public int ConnectionCount => connections.Count;

    /// <summary>Listens.</summary>
    /// <exception cref="SocketException">The address or port cannot be had.</exception>
    public static MllpServer Start(MllpOptions options, TakeMessage take, TimeProvider time)
    {
        var socket = new Socket(options.Endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (options.Endpoint.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(options.Endpoint);
            socket.Listen(256);
            return new MllpServer(options, take, time, socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>No new connections and messages; what was taken is answered, for as long as <see cref="MllpOptions.StopTimeout"/>.</summary>
    public async Task StopAsync()
    {
        if (stop.IsCancellationRequested)
        {
            return;
        }

        await stop.CancelAsync();
        listener.Close();
        await accepting;
        try
        {
            await Task.WhenAll(connections.Values).WaitAsync(options.StopTimeout, time);
        }
        catch (TimeoutException)
        {
            await abort.CancelAsync();
            await Task.WhenAll(connections.Values);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        listener.Dispose();
        stop.Dispose();
        abort.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptAsync(stop.Token);
            }
            catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // A peer that left while it was being accepted, or no descriptor free: the next one is another matter.
                await Task.Delay(TimeSpan.FromMilliseconds(10), time, CancellationToken.None);
                continue;
            }

            Admit(socket);
        }
    }

    private void Admit(Socket socket)
    {
        var address = Plain(((IPEndPoint)socket.RemoteEndPoint!).Address);
        var mine = perAddress.AddOrUpdate(address, 1, (_, count) => count + 1);
        if (connections.Count >= options.MaxConnections || mine > options.MaxConnectionsPerAddress || !IsAllowed(address))
        {
            MllpMetrics.Turned.Add(1);
            Leave(address);
            socket.Dispose();
            return;
        }

        MllpMetrics.Connections.Add(1);
        var number = Interlocked.Increment(ref next);
        var gate = new TaskCompletionSource();
        connections[number] = Task.Run(async () =>
        {
            await gate.Task;
            try
            {
                await ServeAsync(socket);
            }
            finally
            {
                Leave(address);
                connections.TryRemove(number, out _);
            }
        });
        // Only now, so that a connection that ends at once is not put in after it was taken out.
        gate.SetResult();
    }

    private bool IsAllowed(IPAddress address) =>
        options.Allowed.Count == 0 || options.Allowed.Any(network => network.Contains(address));

    private static string? HashOf(X509Certificate? certificate) =>
        certificate is null ? null : Convert.ToHexStringLower(SHA256.HashData(certificate.GetRawCertData()));

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private void Leave(IPAddress address)
    {
        if (perAddress.AddOrUpdate(address, 0, (_, count) => count - 1) <= 0)
        {
            perAddress.TryRemove(new KeyValuePair<IPAddress, int>(address, 0));
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        var remote = (IPEndPoint)socket.RemoteEndPoint!;
        socket.NoDelay = true;
        await using var network = new NetworkStream(socket, ownsSocket: true);
        try
        {
            if (options.Tls is null)
            {
                using var open = new MllpConnection(network, new MllpPeer(remote, CertificateHash: null), options, take, time);
                await open.RunAsync(stop.Token, abort.Token);
                return;
            }

            await using var secure = new SslStream(network);
            using (var patience = new CancellationTokenSource(options.StallTimeout, time))
            using (var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop.Token))
            {
                await secure.AuthenticateAsServerAsync(options.Tls, either.Token);
            }

            using var connection = new MllpConnection(secure, new MllpPeer(remote, HashOf(secure.RemoteCertificate)), options, take, time);
            await connection.RunAsync(stop.Token, abort.Token);
        }
        catch (Exception gone) when (gone is IOException or AuthenticationException or OperationCanceledException or SocketException)
        {
            MllpMetrics.Broken.Add(1);
        }
    }
}
