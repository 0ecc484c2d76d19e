using System.Net;
using System.Net.Sockets;

namespace Kangqiao.Bench.Load;

/// <summary>Load is put on servers of this machine only: a mistyped address must never press on somebody else's.</summary>
internal static class Loopback
{
    /// <summary>The base without a slash at its end; null, and why, when it is not on this machine.</summary>
    public static string? Base(string? url, ref string problem)
    {
        if (url is null || !Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            problem = "--url is the address of a FHIR base, such as http://127.0.0.1:8080/fhir.";
            return null;
        }

        if (!IsLoopback(address) || address.UserInfo.Length > 0 || address.Query.Length > 0)
        {
            problem = $"{address.Host} is not asked: only servers on this machine (127.0.0.1, [::1], localhost) are.";
            return null;
        }

        return address.GetLeftPart(UriPartial.Path).TrimEnd('/');
    }

    /// <summary>Connects, and only to this machine, whatever a name resolves to.</summary>
    public static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancel);
        var usable = Array.FindAll(addresses, IPAddress.IsLoopback);
        if (usable.Length == 0)
        {
            throw new SocketException((int)SocketError.AddressNotAvailable, $"{host} is not this machine.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(usable, context.DnsEndPoint.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // Only literals and the one reserved name (RFC 6761 section 6.3): Uri.IsLoopback also takes this machine's own name.
    private static bool IsLoopback(Uri address) =>
        address.IdnHost == "localhost" || (IPAddress.TryParse(address.IdnHost.Trim('[', ']'), out var literal) && IPAddress.IsLoopback(literal));
}
