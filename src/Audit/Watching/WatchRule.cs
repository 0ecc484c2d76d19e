using System.Text.Json;
using Kangqiao.Audit.Entries;
using Kangqiao.Kernel;

namespace Kangqiao.Audit.Watching;

/// <summary>What a rule looks for.</summary>
public enum WatchKind
{
    /// <summary>One actor sees many persons in a short time.</summary>
    Burst,

    /// <summary>Somebody looks at a person under special watch.</summary>
    Watched,

    /// <summary>A member of staff looks at what may be their own family, or at themselves.</summary>
    Family,

    /// <summary>Much goes out at night.</summary>
    Night,

    /// <summary>One actor is refused again and again, or asks for what is not there.</summary>
    Enumeration,
}

/// <summary>A rule of content/rules/audit: one file each.</summary>
/// <param name="Id">Stands in the warnings.</param>
/// <param name="Title">For the security officer, in Chinese.</param>
public sealed record WatchRule(string Id, WatchKind Kind, string Title)
{
    /// <summary>Whom it watches; empty for everybody.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Accesses under these rights do not count.</summary>
    public IReadOnlyList<string> ExceptRights { get; init; } = [];

    /// <summary>So many are too many: persons, records or refusals.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Within so many minutes. One actor is warned of once in that time.</summary>
    public int Minutes { get; init; } = 60;

    /// <summary>Hours of the clock of Shanghai that are night: from the first, up to the second.</summary>
    public int FromHour { get; init; } = 22;

    public int ToHour { get; init; } = 6;

    internal bool IsFor(AuditEntry entry) =>
        (Roles.Count == 0 || Roles.Contains(entry.Actor.Role)) && (entry.Right is null || !ExceptRights.Contains(entry.Right));

    internal bool IsNight(DateTimeOffset at)
    {
        var hour = at.ToOffset(TimeSpan.FromHours(8)).Hour;
        return FromHour <= ToHour ? hour >= FromHour && hour < ToHour : hour >= FromHour || hour < ToHour;
    }

    /// <summary>Reads all rules of a folder; a wrong file is named.</summary>
    public static Outcome<IReadOnlyList<WatchRule>> Load(string folder)
    {
        var rules = new List<WatchRule>();
        foreach (var file in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal) : Enumerable.Empty<string>())
        {
            try
            {
                var rule = JsonSerializer.Deserialize<WatchRule>(File.ReadAllBytes(file), Options);
                if (rule is not { Id.Length: > 0, Title.Length: > 0, Count: > 0, Minutes: > 0 and <= 1440, FromHour: >= 0 and < 24, ToHour: >= 0 and < 24 })
                {
                    return Problems.BadRule(file, "it lacks an id or a title, or a number is out of bounds");
                }

                rules.Add(rule);
            }
            catch (Exception fault) when (fault is JsonException or IOException)
            {
                return Problems.BadRule(file, fault.Message);
            }
        }

        return rules;
    }

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };
}
