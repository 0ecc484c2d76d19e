using System.Net.Http.Headers;
using System.Text;

namespace Kangqiao.Bench.Load.Wire;

/// <summary>
/// Requests to one FHIR base over kept connections: no redirects, no proxy, no cookies, no unpacking, so that the driver costs
/// the measured machine as little as it can.
/// </summary>
internal sealed class FhirWire : IDisposable
{
    private static readonly UriCreationOptions AsGiven = new() { DangerousDisablePathAndQueryCanonicalization = true };
    private static readonly MediaTypeHeaderValue FhirJson = new("application/fhir+json") { CharSet = "utf-8" };

    private readonly string address;
    private readonly AuthenticationHeaderValue? token;
    private readonly HttpMessageInvoker invoker;

    public FhirWire(LoadPlan plan)
    {
        address = plan.Base;
        token = plan.Token is null ? null : new AuthenticationHeaderValue("Bearer", plan.Token);
        invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            MaxConnectionsPerServer = plan.Clients,
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
            ActivityHeadersPropagator = null,
            ConnectCallback = Loopback.ConnectAsync,
        });
    }

    /// <summary>Sends, and reads the answer whole into <paramref name="reply"/>. No answer is status 0.</summary>
    /// <param name="path">What follows the base, with its slash or question mark; percent-encoded.</param>
    public async Task SendAsync(HttpMethod method, string path, ReadOnlyMemory<byte> body, Reply reply, CancellationToken cancel)
    {
        reply.Clear();
        using var request = new HttpRequestMessage(method, Address(path));
        request.Headers.Authorization = token;
        request.Headers.TryAddWithoutValidation("Accept", "application/fhir+json");
        if (!body.IsEmpty)
        {
            request.Content = new ReadOnlyMemoryContent(body);
            request.Content.Headers.ContentType = FhirJson;
        }

        try
        {
            using var response = await invoker.SendAsync(request, cancel);
            reply.Status = (int)response.StatusCode;
            reply.Location = response.Headers.Location?.OriginalString;
            reply.RetryAfter = response.Headers.RetryAfter?.Delta;
            await using var stream = await response.Content.ReadAsStreamAsync(cancel);
            await reply.FillAsync(stream, cancel);
        }
        catch (HttpRequestException fault)
        {
            reply.Fail(fault.HttpRequestError.ToString());
        }
        catch (IOException)
        {
            reply.Fail("the answer broke off");
        }
        catch (OperationCanceledException)
        {
            reply.Fail("no answer in time");
        }
    }

    public void Dispose() => invoker.Dispose();

    private Uri Address(string path) => new(address + path, AsGiven);
}

/// <summary>An answer; one object a client, filled again and again.</summary>
internal sealed class Reply
{
    private const int MostBytes = 256 * 1024 * 1024;

    private byte[] buffer = new byte[64 * 1024];
    private int length;

    /// <summary>0 when there was no answer.</summary>
    public int Status { get; set; }

    public string? Location { get; set; }

    public TimeSpan? RetryAfter { get; set; }

    /// <summary>Why there was no answer.</summary>
    public string? Fault { get; private set; }

    public bool IsGood => Status is >= 200 and < 300;

    public ReadOnlySpan<byte> Body => buffer.AsSpan(0, length);

    public string Text => Encoding.UTF8.GetString(Body);

    public void Clear() => (Status, Location, RetryAfter, Fault, length) = (0, null, null, null, 0);

    public void Fail(string fault)
    {
        Clear();
        Fault = fault;
    }

    public async Task FillAsync(Stream from, CancellationToken cancel)
    {
        while (await from.ReadAsync(buffer.AsMemory(length), cancel) is > 0 and var read)
        {
            length += read;
            if (length == buffer.Length)
            {
                if (length >= MostBytes)
                {
                    throw new IOException("The answer is larger than any that was asked for.");
                }

                Array.Resize(ref buffer, length * 2);
            }
        }
    }

    /// <summary>The logical id a creation was given: ".../Patient/ID/_history/1" or ".../Patient/ID" (R4 http.html#create).</summary>
    public string? NewId(string type)
    {
        if (Location is null)
        {
            return null;
        }

        var at = Location.LastIndexOf(type + "/", StringComparison.Ordinal);
        if (at < 0)
        {
            return null;
        }

        var rest = Location[(at + type.Length + 1)..];
        return rest.IndexOf('/') is >= 0 and var slash ? rest[..slash] : rest;
    }
}
