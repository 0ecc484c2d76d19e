using Kangqiao.Fhir.Xml;
using Kangqiao.Kernel;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Auditing;
using Kangqiao.Rest.Callers;
using Kangqiao.Rest.Interactions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kangqiao.Rest.Http;

/// <summary>Where HTTP becomes a request and its answer becomes HTTP: the edge that catches what nobody expected.</summary>
internal sealed partial class FhirEndpoint(RestRoom room, BearerTokens tokens, ILogger<FhirEndpoint> log)
{
    private static readonly Wanted Plain = new(WireFormat.Json, false, null);

    /// <summary>Bytes of a search's form that go into the audit trail.</summary>
    private const int MostFormKept = 1000;

    private readonly BodyReader bodies = new(room.Options);

    /// <param name="path">Below the base.</param>
    public async Task HandleAsync(HttpContext http, string path)
    {
        var baseAddress = room.Options.BaseAddress ?? $"{http.Request.Scheme}://{http.Request.Host.Value}{http.Request.PathBase}/fhir";
        var wanted = Plain;
        HeldBody? held = null;
        Answer answer;
        var disclosure = new Disclosure();
        try
        {
            var parameters = new AskParameters();
            var query = http.Request.QueryString.Value ?? "";
            var problem = parameters.Add(query.AsSpan(query.Length > 0 ? 1 : 0));
            if (problem is null && (IsTable(path) ? Plain : Want(http, parameters)).Try(out wanted, out problem))
            {
                (answer, held, var asked) = await AnswerAsync(http, path, query, baseAddress, parameters, disclosure);
                wanted = asked ?? wanted;
            }
            else
            {
                wanted = Plain;
                answer = Answer.Refused(problem!, problem!.Code == "RST006" ? 406 : null);
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (BadHttpRequestException broken)
        {
            answer = Answer.Refused(
                broken.StatusCode == 413 ? Problems.BodyTooLarge(room.Options.MostBodyBytes) : Problems.BadRequest(broken.Message), broken.StatusCode);
        }
        catch (IOException) when (http.RequestAborted.IsCancellationRequested)
        {
            return;
        }
#pragma warning disable CA1031 // The edge of the process: logged, counted, answered.
        catch (Exception unexpected)
#pragma warning restore CA1031
        {
            LogUnexpected(unexpected, http.Request.Method);
            answer = Answer.Refused(Problems.Broken(), 500);
        }

        try
        {
            // Nothing leaves before it is on record.
            var entries = disclosure.Entries(http.Request.Method, path.TrimStart('/') + http.Request.QueryString.Value, http.Connection.RemoteIpAddress?.ToString(), answer);
            if (await room.Trail.AppendAsync(entries) is { } unwritten)
            {
                answer = Answer.Refused(unwritten);
                wanted = Plain;
            }

            await AnswerWriter.WriteAsync(http, baseAddress, answer, wanted);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            LogGone();
        }
        finally
        {
            held?.Dispose();
        }
    }

    /// <summary>Rows have formats of their own, which the operation reads.</summary>
    private static bool IsTable(string path) => path.EndsWith("/" + Views.ViewRun.Operation, StringComparison.Ordinal) || path == Views.ViewRun.Operation;

    private static Outcome<Wanted> Want(HttpContext http, AskParameters parameters)
    {
        if (!Negotiation.Asked(parameters, http.Request.Headers.Accept).Try(out var format, out var problem)
            || !Subset.Of(parameters).Try(out var subset, out problem))
        {
            return problem;
        }

        return new Wanted(format, parameters["_pretty"] is "true", subset);
    }

    private async ValueTask<(Answer Answer, HeldBody? Held, Wanted? Wanted)> AnswerAsync(
        HttpContext http, string path, string query, string baseAddress, AskParameters parameters, Disclosure disclosure)
    {
        var request = http.Request;
        var isRead = Target.Parse(path).Try(out var target, out var unread);
        var isOpen = isRead && target.Shape is Shape.Metadata or Shape.SmartConfiguration;
        disclosure.Target = isRead ? target : null;
        disclosure.IsOpen = isOpen;

        // Before anything else: strangers do not learn what there is.
        var caller = await CallerAsync(request);
        if (caller.Caller is null && !isOpen)
        {
            return (Answer.Refused(caller.Problem!), null, null);
        }

        disclosure.Actor = caller.Caller is { } known ? Actors.Of(known) : null;

        if (!isRead)
        {
            return (Answer.Refused(unread!), null, null);
        }

        var interaction = InteractionTable.Find(request.Method, target, out var refused);
        if (interaction is null)
        {
            return (refused!, null, null);
        }

        var ask = new Ask
        {
            Method = request.Method,
            Target = target,
            Caller = caller.Caller ?? new Caller(""),
            Base = baseAddress,
            Address = path.TrimStart('/') + query,
            Parameters = parameters,
            Prefer = Preference.Parse(request.Headers["Prefer"].ToString()),
            IfMatch = Header(request, "If-Match"),
            IfNoneMatch = Header(request, "If-None-Match"),
            IfNoneExist = Header(request, "If-None-Exist"),
            IfModifiedSince = request.GetTypedHeaders().IfModifiedSince,
        };
        if (Gate.Refusal(room, interaction, ask) is { } closed)
        {
            return (Answer.Refused(closed), null, null);
        }

        if (interaction.IsStreamed)
        {
            return (await interaction.Handle(room, ask with { Http = http }, http.RequestAborted), null, null);
        }

        if (request.Method is "GET" or "HEAD" or "DELETE")
        {
            return (await interaction.Handle(room, ask, http.RequestAborted), null, null);
        }

        return await WithBodyAsync(http, interaction, ask, disclosure);
    }

    private async ValueTask<(Answer Answer, HeldBody? Held, Wanted? Wanted)> WithBodyAsync(HttpContext http, Interaction interaction, Ask ask, Disclosure disclosure)
    {
        var (held, problem, status) = await bodies.ReadAsync(http.Request, http.RequestAborted);
        if (held is null)
        {
            return (Answer.Refused(problem!, status), null, null);
        }

        var kept = false;
        try
        {
            if (held.Bytes.IsEmpty)
            {
                return (await interaction.Handle(room, ask, http.RequestAborted), null, null);
            }

            if (!Sent(http.Request, interaction, held.Bytes).Try(out var sent, out problem))
            {
                return (Answer.Refused(problem, problem.Kind == ProblemKind.NotSupported ? 415 : null), null, null);
            }

            if (sent.Kind == BodyKind.Form)
            {
                disclosure.Form = System.Text.Encoding.UTF8.GetString(sent.Bytes.Span[..Math.Min(sent.Bytes.Length, MostFormKept)]);
                return await WithFormAsync(http, interaction, ask, sent.Bytes);
            }

            var answer = await interaction.Handle(room, ask with { BodyKind = sent.Kind, Body = sent.Bytes }, http.RequestAborted);
            kept = true;
            return (answer, held, null);
        }
        finally
        {
            if (!kept)
            {
                held.Dispose();
            }
        }
    }

    /// <summary>R4 search.html#Introduction: what is in the address and what is in the form count alike, format and summary too.</summary>
    private async ValueTask<(Answer Answer, HeldBody? Held, Wanted? Wanted)> WithFormAsync(
        HttpContext http, Interaction interaction, Ask ask, ReadOnlyMemory<byte> form)
    {
        var all = new AskParameters();
        foreach (var pair in ask.Parameters.Pairs)
        {
            all.Add(pair);
        }

        return all.Add(System.Text.Encoding.UTF8.GetString(form.Span)) is { } tooMany ? (Answer.Refused(tooMany), null, null)
            : Want(http, all).Try(out var wanted, out var problem)
                ? (await interaction.Handle(room, ask with { BodyKind = BodyKind.Form, Parameters = all }, http.RequestAborted), null, wanted)
                : (Answer.Refused(problem, problem.Code == "RST006" ? 406 : null), null, null);
    }

    private static Outcome<(BodyKind Kind, ReadOnlyMemory<byte> Bytes)> Sent(HttpRequest request, Interaction interaction, ReadOnlyMemory<byte> bytes)
    {
        var isSearch = interaction.Shape is Shape.TypeSearch or Shape.SystemSearch or Shape.CompartmentSearch;
        if (Negotiation.Sent(request.ContentType) is not { } sent
            || (sent.Kind == BodyKind.Form) != isSearch
            || (sent.Kind is BodyKind.JsonPatch or BodyKind.XmlPatch && interaction.Method != "PATCH"))
        {
            return interaction.Method == "PATCH" ? Problems.BadPatchFormat() : Problems.UnsupportedMedia(request.ContentType ?? "no Content-Type");
        }

        return sent.Format == WireFormat.Json ? (sent.Kind, bytes)
            : FhirXml.ToJson(bytes.Span).Try(out var json, out var problem) ? (sent.Kind, json)
            : problem;
    }

    private async ValueTask<(Caller? Caller, Problem? Problem)> CallerAsync(HttpRequest request)
    {
        if (!BearerTokens.IsGivenIn(request))
        {
            return (null, Problems.NeedsToken());
        }

        return await tokens.OfAsync(request) is { } caller ? (caller, null) : (null, Problems.BadToken());
    }

    private static string? Header(HttpRequest request, string name) =>
        request.Headers.TryGetValue(name, out var values) ? values.ToString() : null;

    [LoggerMessage(1, LogLevel.Error, "A {Method} request failed in a way that was not expected")]
    private partial void LogUnexpected(Exception fault, string method);

    [LoggerMessage(2, LogLevel.Debug, "The client left before its answer")]
    private partial void LogGone();
}
