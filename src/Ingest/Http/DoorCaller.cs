using Kangqiao.Kernel;
using Kangqiao.Registry.Senders;
using Microsoft.AspNetCore.Http;

namespace Kangqiao.Ingest.Http;

/// <summary>Who stands at the door, as the token says.</summary>
/// <param name="Role">system, institution or steward; others have no business here.</param>
/// <param name="Institution">Code of the sender that an institution's token is for.</param>
public sealed record DoorCaller(string Role, string? Institution)
{
    public bool IsSystem => Role == "system";

    /// <summary>Sees what all senders have sent.</summary>
    internal bool SeesAll => Role is "system" or "steward";

    /// <summary>Null where the caller may see what a sender has sent.</summary>
    internal bool MaySee(string sender) => SeesAll || (Role == "institution" && Institution == sender);
}

/// <summary>Who asks; null where there is no valid token.</summary>
public delegate ValueTask<DoorCaller?> WhoAsks(HttpContext http);

/// <summary>Finds out for whom something is sent.</summary>
internal static class Sending
{
    /// <param name="asked">The sender that the request names, or null.</param>
    public static async ValueTask<Outcome<Sender>> ForAsync(Door door, DoorCaller caller, string? asked, HttpContext http, CancellationToken cancel)
    {
        if (caller.Role == "institution")
        {
            if (caller.Institution is null)
            {
                return Problems.NoInstitution();
            }

            if (asked is not null && asked != caller.Institution)
            {
                return Problems.NotYours();
            }
        }
        else if (!caller.IsSystem)
        {
            return Problems.NotForRole(caller.Role);
        }

        // An operator's own word is as good as an admission; a bare token only lets a sender try itself out.
        var code = caller.IsSystem ? asked ?? Sender.LocalCode : caller.Institution!;
        var found = caller.IsSystem
            ? await VouchedAsync(door.Senders, code, SenderState.Admitted, cancel)
            : await VouchedAsync(door.Senders, code, SenderState.Testing, cancel);
        return found.Then<Sender>(sender => SenderRegistry.Refusal(sender, caller.IsSystem ? null : http.Connection.RemoteIpAddress) is { } refused ? refused : sender);
    }

    /// <summary>The sender of that code; entered where it is not known, on the word of whoever may issue tokens.</summary>
    public static async ValueTask<Outcome<Sender>> VouchedAsync(SenderRegistry senders, string code, SenderState first, CancellationToken cancel)
    {
        if (!(await senders.FindAsync(code, cancel)).Try(out var sender, out var problem))
        {
            return problem;
        }

        if (sender is not null)
        {
            return sender;
        }

        var entered = await senders.PutAsync(
            new Sender(code, code) { Feeds = first == SenderState.Admitted ? [new Feed("*") { IsStrict = false }] : [] }, first, "operator", "named by the operator", cancel);
        return entered.Problem?.Kind == ProblemKind.Conflict && (await senders.FindAsync(code, cancel)).Try(out var other, out _) && other is not null ? other : entered;
    }
}
