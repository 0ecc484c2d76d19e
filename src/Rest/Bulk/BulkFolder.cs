using Kangqiao.Rest.Callers;

namespace Kangqiao.Rest.Bulk;

/// <summary>Where the files of one export or import lie: a folder of the job's name.</summary>
internal static class BulkFolder
{
    public static string Of(RestRoom room, string job) => Path.Combine(room.Options.WorkFolder!, job);

    public static void Remove(RestRoom room, string job)
    {
        var folder = Of(room, job);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

/// <summary>Whose job it is: only they, and the system, may look at it.</summary>
internal sealed record BulkOwner(string Role, string? Institution, string? Practitioner, string? Resident, string? Region, string? Purpose, string? Scopes, string? Patient)
{
    public static BulkOwner Of(Caller caller) => new(caller.Role, caller.Institution, caller.Practitioner, caller.Resident, caller.Region, caller.Purpose, caller.Scopes, caller.Patient);

    public Caller Caller => new(Role)
    {
        Institution = Institution,
        Practitioner = Practitioner,
        Resident = Resident,
        Region = Region,
        Purpose = Purpose,
        Scopes = Scopes,
        Patient = Patient,
    };

    public bool Admits(Caller caller) => caller.Viewer.IsSystem || Of(caller) == this;
}
