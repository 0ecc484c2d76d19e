using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Kangqiao.Kernel;

namespace Kangqiao.Rest.Outgoing;

/// <summary>
/// Whom the server may call by itself. A client that names an address must not make the server reach what the client cannot
/// (OWASP, Server Side Request Forgery), so only what the operator allows is called, and a name that leads to this machine or a
/// private network is not called unless that network itself is allowed.
/// </summary>
public sealed class OutgoingRules
{
    public static readonly OutgoingRules Nobody = new([]);

    private readonly Rule[] rules;

    private OutgoingRules(Rule[] rules) => this.rules = rules;

    private sealed record Rule(bool IsPlain, string? Host, IPNetwork? Network, int? Port);

    /// <summary>Reads what an operator allows: <c>host</c>, <c>host:port</c>, <c>*.domain</c>, <c>10.1.0.0/16</c>, each with <c>http://</c> before it to allow calls without encryption.</summary>
    public static Outcome<OutgoingRules> Parse(IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var read = new List<Rule>();
        foreach (var text in texts)
        {
            if (RuleOf(text.Trim()) is not { } rule)
            {
                return Problems.BadOutgoingRule(text);
            }

            read.Add(rule);
        }

        return new OutgoingRules([.. read]);
    }

    /// <summary>Null when the address may be called, as far as its text says; the rest is decided when a connection is made.</summary>
    internal Problem? Refusal(string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http") || uri.UserInfo.Length > 0)
        {
            return Problems.NotOutgoing(address, "it is no http or https address without a user's name.");
        }

        return Array.Exists(rules, r => Fits(r, uri)) ? null : Problems.NotOutgoing(uri.Host, "the operator has not allowed it.");
    }

    /// <summary>A client that calls only what is allowed: it follows no redirects, uses no proxy, and looks at where a name leads.</summary>
    internal HttpClient Client(TimeSpan timeout) => new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = TimeSpan.FromSeconds(15),
            ConnectCallback = ConnectAsync,
        },
        disposeHandler: true)
    {
        Timeout = timeout,
    };

    internal static bool IsPrivate(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        if (IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) || address.Equals(IPAddress.Broadcast)
            || address.IsIPv6LinkLocal || address.IsIPv6SiteLocal || address.IsIPv6UniqueLocal || address.IsIPv6Multicast || address.IsIPv6Teredo)
        {
            return true;
        }

        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            // RFC 6052 and RFC 3056 carry an IPv4 address inside, which may be a private one.
            var wide = address.GetAddressBytes();
            return wide.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x00, 0x64, 0xff, 0x9b]) || wide.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x20, 0x02]);
        }

        // RFC 6890: private, shared, link-local, "this network", benchmarks, multicast and reserved.
        return address.GetAddressBytes() is
            [0 or 10 or 127, ..] or [100, >= 64 and <= 127, ..] or [169, 254, ..] or [172, >= 16 and <= 31, ..] or [192, 168, ..]
            or [192, 0, 0, _] or [198, 18 or 19, ..] or [>= 224, ..];
    }

    private static Rule? RuleOf(string text)
    {
        var isPlain = text.StartsWith("http://", StringComparison.OrdinalIgnoreCase);
        var rest = isPlain ? text["http://".Length..] : text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? text["https://".Length..] : text;
        if (rest.Contains('/', StringComparison.Ordinal))
        {
            return IPNetwork.TryParse(rest, out var block) ? new(isPlain, null, block, null) : null;
        }

        int? port = null;
        var colon = rest.LastIndexOf(':');
        if (colon > 0 && !rest.EndsWith(']') && (rest.IndexOf(':', StringComparison.Ordinal) == colon || rest[colon - 1] == ']'))
        {
            if (!int.TryParse(rest.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 65535)
            {
                return null;
            }

            (port, rest) = (number, rest[..colon]);
        }

        if (IPAddress.TryParse(rest.Trim('[', ']'), out var literal))
        {
            return new(isPlain, null, new IPNetwork(literal, literal.AddressFamily == AddressFamily.InterNetwork ? 32 : 128), port);
        }

        var name = rest.StartsWith("*.", StringComparison.Ordinal) ? rest[2..] : rest;
        return Uri.CheckHostName(name) == UriHostNameType.Dns ? new(isPlain, rest.ToLowerInvariant(), null, port) : null;
    }

    private static bool Fits(Rule rule, Uri uri)
    {
        // Encryption is wanted unless the rule says that it is not.
        if ((uri.Scheme == "http" && !rule.IsPlain) || (rule.Port is { } port && port != uri.Port))
        {
            return false;
        }

        if (IPAddress.TryParse(uri.IdnHost.Trim('[', ']'), out var literal))
        {
            return rule.Network?.Contains(literal) == true;
        }

        var host = uri.IdnHost.ToLowerInvariant();
        return rule.Host is { } name && (name.StartsWith("*.", StringComparison.Ordinal) ? host.EndsWith(name[1..], StringComparison.Ordinal) : host == name);
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancel);

        // Looked at here and not before, because a name may lead elsewhere the second time it is asked.
        var port = context.DnsEndPoint.Port;
        var usable = Array.FindAll(
            addresses, a => !IsPrivate(a) || Array.Exists(rules, r => r.Network?.Contains(a) == true && (r.Port is null || r.Port == port)));
        if (usable.Length == 0)
        {
            throw new SocketException((int)SocketError.AddressNotAvailable, "The name leads into a network that is not allowed.");
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
}
