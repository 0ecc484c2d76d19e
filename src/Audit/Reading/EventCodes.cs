using Kangqiao.Audit.Entries;

namespace Kangqiao.Audit.Reading;

/// <param name="System">Short name: see <see cref="EventCodes.SystemOf"/>.</param>
internal readonly record struct EventCode(string System, string Code, string Display);

/// <summary>How actions are coded in AuditEvent: IHE BALP 1.1.3 for what is done over REST, DICOM PS3.16 for the rest, and our own where neither has a word.</summary>
internal static class EventCodes
{
    private static readonly EventCode Rest = new("type", "rest", "RESTful Operation");
    private static readonly EventCode Alert = new("dcm", "110113", "Security Alert");
    private static readonly EventCode Activity = new("dcm", "110100", "Application Activity");
    private static readonly EventCode Authentication = new("dcm", "110114", "User Authentication");

    public static EventCode TypeOf(AuditAction action) => action switch
    {
        AuditAction.Export => new("dcm", "110106", "Export"),
        AuditAction.Submit => new("dcm", "110107", "Import"),
        AuditAction.SignIn or AuditAction.SignOut or AuditAction.Token => Authentication,
        AuditAction.BreakGlass or AuditAction.Administer or AuditAction.Warning or AuditAction.Watch or AuditAction.Unwatch or AuditAction.Reveal => Alert,
        AuditAction.Start or AuditAction.Stop or AuditAction.Retire => Activity,
        _ => Rest,
    };

    public static EventCode SubtypeOf(AuditAction action) => action switch
    {
        AuditAction.Read => new("rest", "read", "read"),
        AuditAction.VersionRead => new("rest", "vread", "vread"),
        AuditAction.Search => new("rest", "search", "search"),
        AuditAction.History => new("rest", "history", "history"),
        AuditAction.Operation => new("rest", "operation", "operation"),
        AuditAction.Create => new("rest", "create", "create"),
        AuditAction.Update => new("rest", "update", "update"),
        AuditAction.Patch => new("rest", "patch", "patch"),
        AuditAction.Delete => new("rest", "delete", "delete"),
        AuditAction.SignIn => new("dcm", "110122", "Login"),
        AuditAction.SignOut => new("dcm", "110123", "Logout"),
        AuditAction.BreakGlass => new("dcm", "110127", "Emergency Override Started"),
        AuditAction.Administer => new("dcm", "110129", "Security Configuration"),
        AuditAction.Start => new("dcm", "110120", "Application Start"),
        AuditAction.Stop => new("dcm", "110121", "Application Stop"),
        _ => new("own", Name(action), Name(action)),
    };

    /// <summary>Of http://hl7.org/fhir/audit-event-action. BALP: a query is executed.</summary>
    public static char LetterOf(AuditAction action) => action switch
    {
        AuditAction.Create or AuditAction.Submit or AuditAction.Token => 'C',
        AuditAction.Read or AuditAction.VersionRead or AuditAction.History or AuditAction.Export or AuditAction.Reveal => 'R',
        AuditAction.Update or AuditAction.Patch => 'U',
        AuditAction.Delete or AuditAction.Retire => 'D',
        _ => 'E',
    };

    public static IReadOnlyList<AuditAction> ActionsOf(Func<AuditAction, bool> isMeant) => [.. Enum.GetValues<AuditAction>().Where(isMeant)];

    public static string SystemOf(string name) => name switch
    {
        "type" => "http://terminology.hl7.org/CodeSystem/audit-event-type",
        "rest" => "http://hl7.org/fhir/restful-interaction",
        "dcm" => "http://dicom.nema.org/resources/ontology/DCM",
        _ => "https://kangqiao.dev/fhir/CodeSystem/audit-subtype",
    };

    private static string Name(AuditAction action) => action switch
    {
        AuditAction.Export => "export",
        AuditAction.Submit => "submit",
        AuditAction.Token => "token",
        AuditAction.Reveal => "reveal",
        AuditAction.Warning => "warning",
        AuditAction.Watch => "watch",
        AuditAction.Unwatch => "unwatch",
        AuditAction.Retire => "retire",
        _ => "other",
    };
}
