using Kangqiao.Audit.Entries;
using Kangqiao.Rest.Callers;

namespace Kangqiao.Rest.Auditing;

/// <summary>The audit trail's name for who asks.</summary>
public static class Actors
{
    public static AuditActor Of(Caller caller) => new(caller.Role)
    {
        User = caller.User,
        Client = caller.Client,
        Institution = caller.Institution,
        Practitioner = caller.Practitioner,
        Resident = caller.Resident,
        Region = caller.Region,
        Purpose = caller.Purpose,
    };
}
