using System.Text;
using Kangqiao.Web.Look;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Kangqiao.Web.Gate;

/// <summary>
/// The one gate: every page, part, form and live stream is mapped here, with its rule. It reads who looks, refuses who may not, takes
/// only forms of our own pages, sets what browsers are told about security, and answers kindly when something breaks.
/// </summary>
internal sealed partial class PageRoutes(IEndpointRouteBuilder routes, WebRoom room, ILogger log, CancellationToken stopping)
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
        + "worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    /// <summary>Connections that listen may be so many; the next is told to come back.</summary>
    private const int MostListeners = 2_000;

    /// <summary>A connection that listens is ended after this; the browser comes back by itself, to a server that may be another.</summary>
    private static readonly TimeSpan LongestListening = TimeSpan.FromMinutes(10);

    private int listeners;

    public void Get(string path, PageRule rule, Func<Visit, ValueTask<IResult>> show) => Map("GET", path, rule, show);

    public void Get(string path, PageRule rule, Func<Visit, IResult> show) => Map("GET", path, rule, visit => new(show(visit)));

    /// <summary>A form. What it does is done once; the answer goes on to a page, or shows the form with what was typed.</summary>
    public void Post(string path, PageRule rule, Func<Visit, ValueTask<IResult>> take) => Map("POST", path, rule, async visit =>
        await visit.ReadFormAsync() ? await take(visit) : visit.Show<FailedPage, Failure>(new Failure("WEB001", visit.Words["failed.form"]), 400));

    /// <summary>Parts as server-sent events (HTML, Server-sent events): each is a whole new content of the element that listens.</summary>
    public void Live(string path, PageRule rule, Func<Visit, CancellationToken, IAsyncEnumerable<string>> parts) => Map("GET", path, rule, visit => new(new Stream(this, visit, parts, stopping)));

    /// <summary>What nobody else answers.</summary>
    public void Otherwise() => routes.MapFallback(http => AnswerAsync(http, PageRule.Everybody, visit => new(visit.NotFound()))).WithMetadata(PageRule.Everybody);

    private void Map(string method, string path, PageRule rule, Func<Visit, ValueTask<IResult>> answer) =>
        routes.MapMethods(path, [method], http => AnswerAsync(http, rule, answer)).WithMetadata(rule);

    private async Task AnswerAsync(HttpContext http, PageRule rule, Func<Visit, ValueTask<IResult>> answer)
    {
        Secure(http);
        var visit = new Visit(http, await room.Sessions.ViewerOfAsync(http), Sessions.VisitOf(http), room);
        try
        {
            await (await DecideAsync(visit, rule, answer)).ExecuteAsync(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The reader left.
        }
#pragma warning disable CA1031 // The edge of the process: logged under a number that the reader can quote.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            var number = http.TraceIdentifier;
            LogBroken(fault, number);
            if (!http.Response.HasStarted)
            {
                await visit.Show<FailedPage, Failure>(new Failure(number, null), 500).ExecuteAsync(http);
            }
        }
    }

    private async ValueTask<IResult> DecideAsync(Visit visit, PageRule rule, Func<Visit, ValueTask<IResult>> answer)
    {
        if (rule.IsOpen)
        {
            return await answer(visit);
        }

        if (visit.Viewer is not { } viewer)
        {
            return visit.GoTo(visit.Http.Request.Method == "GET" && !visit.IsPart ? "/sign-in?to=" + Uri.EscapeDataString(visit.Path) : "/sign-in");
        }

        if (rule.Admits(viewer))
        {
            return await answer(visit);
        }

        // A refusal goes on record before it is told, as every refusal does.
        var page = (visit.Http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "";
        LogRefused(viewer.Role, page);
        return await room.Records.RefusedAsync(viewer.Caller, page) is { } unwritten ? visit.Refuse(unwritten) : visit.NotForYou();
    }

    private static void Secure(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
    }

    [LoggerMessage(1, LogLevel.Error, "A page broke; the reader was given the number {Number}")]
    private partial void LogBroken(Exception fault, string number);

    [LoggerMessage(2, LogLevel.Warning, "A {Role} was refused at {Page}")]
    private partial void LogRefused(string role, string? page);

    private sealed class Stream(PageRoutes gate, Visit visit, Func<Visit, CancellationToken, IAsyncEnumerable<string>> parts, CancellationToken stopping) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            if (Interlocked.Increment(ref gate.listeners) > MostListeners)
            {
                Interlocked.Decrement(ref gate.listeners);
                response.StatusCode = 503;
                response.Headers.RetryAfter = "30";
                return;
            }

            using var end = CancellationTokenSource.CreateLinkedTokenSource(visit.Cancel, stopping);
            end.CancelAfter(LongestListening);
            try
            {
                response.ContentType = "text/event-stream";
                await foreach (var part in parts(visit, end.Token).WithCancellation(end.Token))
                {
                    await response.Body.WriteAsync(Encoding.UTF8.GetBytes(Event(part)), end.Token);
                    await response.Body.FlushAsync(end.Token);
                }
            }
            catch (OperationCanceledException) when (end.IsCancellationRequested)
            {
                // Its time is over, the reader left, or the server goes down.
            }
            finally
            {
                Interlocked.Decrement(ref gate.listeners);
            }
        }

        private static string Event(string part) =>
            part.Length == 0 ? ": still here\n\n" : $"event: part\ndata: {part.ReplaceLineEndings("\n").Replace("\n", "\ndata: ", StringComparison.Ordinal)}\n\n";
    }
}
