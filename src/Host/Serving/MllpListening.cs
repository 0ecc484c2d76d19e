using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kangqiao.Ingest.Hl7v2.Mllp;
using Kangqiao.Kernel;

namespace Kangqiao.Host.Serving;

/// <summary>Where HL7 v2 over MLLP is listened for, and with which certificate.</summary>
internal sealed record MllpListening(IReadOnlyList<IPEndPoint> Endpoints, X509Certificate2? Certificate = null)
{
    public static readonly MllpListening Nowhere = new([]);

    /// <summary>Reads what the command line says.</summary>
    /// <param name="places">Each a port, then on the host of the URL, or address:port.</param>
    /// <param name="url">Where HTTP is listened for.</param>
    /// <param name="certificate">A PEM file with certificate and key, or a PKCS#12 file without password; null for no TLS.</param>
    /// <param name="key">A PEM file with the key, where it is not beside the certificate.</param>
    public static Outcome<MllpListening> Parse(IReadOnlyList<string> places, string url, string? certificate, string? key)
    {
        var endpoints = new List<IPEndPoint>();
        foreach (var place in places)
        {
            if (int.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= IPEndPoint.MaxPort)
            {
                endpoints.Add(new IPEndPoint(HostOf(url), port));
            }
            else if (place.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(place, out var endpoint) && endpoint.Port > 0)
            {
                endpoints.Add(endpoint);
            }
            else
            {
                return new Problem("HST007", ProblemKind.Invalid, $"--mllp '{place}' is neither a port nor address:port.");
            }
        }

        if (certificate is null)
        {
            return new MllpListening(endpoints);
        }

        try
        {
            return new MllpListening(endpoints, Read(certificate, key));
        }
        catch (Exception wrong) when (wrong is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return new Problem("HST008", ProblemKind.Invalid, $"The certificate {certificate} cannot be used: {wrong.Message}");
        }
    }

    /// <summary>Listens on all of them.</summary>
    public Outcome<IReadOnlyList<MllpServer>> Start(MllpDoor taking, TimeProvider time)
    {
        var servers = new List<MllpServer>();
        foreach (var endpoint in Endpoints)
        {
            try
            {
                servers.Add(MllpServer.Start(new MllpOptions { Endpoint = endpoint, Tls = Tls() }, taking.TakeAsync, time));
            }
            catch (SocketException fault)
            {
                foreach (var server in servers)
                {
                    server.DisposeAsync().AsTask().GetAwaiter().GetResult();
                }

                return new Problem("HST009", ProblemKind.Unavailable, $"MLLP cannot be listened for at {endpoint}: {fault.Message}");
            }
        }

        return servers;
    }

    private static X509Certificate2 Read(string certificate, string? key)
    {
        var isPem = File.ReadAllText(certificate).Contains("-----BEGIN", StringComparison.Ordinal);
        if (!isPem)
        {
            return X509CertificateLoader.LoadPkcs12FromFile(certificate, null);
        }

        return X509Certificate2.CreateFromPemFile(certificate, key);
    }

    private static IPAddress HostOf(string url)
    {
        var host = Uri.TryCreate(url, UriKind.Absolute, out var address) ? address.Host : "*";
        return IPAddress.TryParse(host.Trim('[', ']'), out var named) ? named
            : string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback
            : IPAddress.IPv6Any;
    }

    private SslServerAuthenticationOptions? Tls() => Certificate is null ? null : new SslServerAuthenticationOptions
    {
        ServerCertificate = Certificate,
        ClientCertificateRequired = true,
#pragma warning disable CA5359 // A client's certificate is compared with the hash registered for its sender, not with an authority; one without is heard where its sender has none.
        RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
    };
}
