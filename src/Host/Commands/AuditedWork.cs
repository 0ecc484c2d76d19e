using Kangqiao.Audit;
using Kangqiao.Audit.Entries;
using Kangqiao.Audit.Trail;
using Kangqiao.Crypto.Keys;
using Kangqiao.Kernel;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kangqiao.Host.Commands;

/// <summary>What an operator does with a command on the data folder goes into the trail before it is done; beside a running server too, in a part of its own.</summary>
internal static class AuditedWork
{
    /// <summary>Null when it is on record; else why it must not be done.</summary>
    public static async ValueTask<Problem?> NoteAsync(string dataFolder, AuditAction action, string detail)
    {
        if (!Open(dataFolder, TimeProvider.System).Try(out var trail, out var problem))
        {
            return problem;
        }

        await using (trail)
        {
            return await trail.AppendAsync(new AuditEntry(action, new AuditActor("operator") { User = Environment.UserName }) { Detail = detail });
        }
    }

    public static Outcome<AuditTrail> Open(string dataFolder, TimeProvider time) =>
        KeyRing.Open(dataFolder, time).Then<AuditTrail>(ring => AuditTrail.Open(new AuditOptions(dataFolder), ring, time, NullLogger.Instance));
}
