using Kangqiao.Audit.Entries;
using Kangqiao.Audit.Trail;
using Kangqiao.Ingest;
using Kangqiao.Kernel;
using Kangqiao.Rest.Auditing;
using Kangqiao.Rest.Callers;

namespace Kangqiao.Host.Serving;

/// <summary>Puts into the trail what happens at the door: every submission, everything read there, every change of a sender, every refusal.</summary>
internal static class DoorAudit
{
    /// <summary>A submission, however it came.</summary>
    public static DoorOptions With(DoorOptions options, AuditTrail trail) => options with { Submitted = submission => NoteAsync(trail, submission) };

    /// <summary>What is asked over HTTP: on record before the head of its answer leaves.</summary>
    public static void UseDoorAudit(this IApplicationBuilder application, AuditTrail trail, BearerTokens tokens) => application.UseWhen(
        http => http.Request.Path.StartsWithSegments("/door", StringComparison.Ordinal),
        door => door.Use(async (http, next) =>
        {
            var caller = await tokens.OfAsync(http.Request);
            http.Response.OnStarting(async () =>
            {
                if (await trail.AppendAsync(EntryOf(http, caller)) is { } problem)
                {
                    throw new IOException(problem.Message);
                }
            });
            await next(http);
        }));

    private static async ValueTask<Problem?> NoteAsync(AuditTrail trail, Submitted one) => await trail.AppendAsync(
        new AuditEntry(AuditAction.Submit, new AuditActor("institution") { Institution = one.Sender, Address = one.From }) { Detail = $"{one.Format} {one.Number:D}" });

    private static List<AuditEntry> EntryOf(HttpContext http, Caller? caller)
    {
        var isSubmission = http.Request.Method == "POST" && http.Response.Headers.ContainsKey("X-Receipt");
        var status = http.Response.StatusCode;
        if (isSubmission && status < 400)
        {
            return [];
        }

        var actor = (caller is null ? new AuditActor("") : Actors.Of(caller)) with { Address = http.Connection.RemoteIpAddress?.ToString() };
        var action = http.Request.Method is "GET" or "HEAD" ? AuditAction.Read
            : http.Request.Path.StartsWithSegments("/door/senders", StringComparison.Ordinal) || http.Request.Path.StartsWithSegments("/door/registry", StringComparison.Ordinal) ? AuditAction.Administer
            : AuditAction.Submit;
        return
        [
            new AuditEntry(action, actor)
            {
                Outcome = status >= 500 ? AuditOutcome.Failed : status >= 400 ? AuditOutcome.Refused : AuditOutcome.Success,
                Detail = http.Request.Path + http.Request.QueryString,
            },
        ];
    }
}
