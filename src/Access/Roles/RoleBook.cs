using System.Collections.Frozen;
using System.Text.Json;
using Kangqiao.Fhir.Facts;
using Kangqiao.Kernel;

namespace Kangqiao.Access.Roles;

/// <summary>Which role may do what with which kind of record: content, read once and checked.</summary>
public sealed class RoleBook
{
    public const string AnyKind = "*";

    private static readonly string[] Fields = ["idNumber", "phone", "address", "name"];
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { ReadCommentHandling = JsonCommentHandling.Skip };

    private readonly FrozenDictionary<string, string> kindOf;
    private readonly FrozenDictionary<string, Role> roles;

    private RoleBook(RoleFile file)
    {
        kindOf = file.Kinds.SelectMany(k => k.Value.Select(t => (Type: t, Kind: k.Key))).ToFrozenDictionary(p => p.Type, p => p.Kind, StringComparer.Ordinal);
        roles = file.Roles.ToFrozenDictionary(r => r.Code, StringComparer.Ordinal);
        Roles = file.Roles;
        Kinds = [.. file.Kinds.Keys];
        Treatment = file.Treatment;
    }

    public IReadOnlyList<Role> Roles { get; }

    public IReadOnlyList<string> Kinds { get; }

    public TreatmentRules Treatment { get; }

    /// <summary>Reads <c>roles.json</c>. Refused where a resource type has no kind or two, or a rule names what there is not.</summary>
    /// <param name="labels">Codes of sensitive matters there are.</param>
    public static Outcome<RoleBook> Load(string path, IReadOnlyList<string> labels)
    {
        RoleFile file;
        try
        {
            file = JsonSerializer.Deserialize<RoleFile>(File.ReadAllBytes(path), Json)!;
        }
        catch (Exception wrong) when (wrong is JsonException or IOException)
        {
            return Problems.BadRoles(path, wrong.Message);
        }

        return Fault(file, labels) is { } fault ? Problems.BadRoles(path, fault) : new RoleBook(file);
    }

    public Role? Find(string role) => roles.GetValueOrDefault(role);

    public string? KindOf(string type) => kindOf.GetValueOrDefault(type);

    public IReadOnlyList<string> TypesOf(string kind) => [.. kindOf.Where(p => p.Value == kind).Select(p => p.Key).Order(StringComparer.Ordinal)];

    /// <summary>The rules by which a role may do this with records of a type.</summary>
    public IEnumerable<RoleRule> RulesFor(string role, string type, AccessAction action) =>
        Find(role) is { } found && KindOf(type) is { } kind
            ? found.Rules.Where(r => r.May.Contains(action) && (r.Kinds.Contains(kind) || r.Kinds.Contains(AnyKind)))
            : [];

    public bool May(string role, string type, AccessAction action) => RulesFor(role, type, action).Any();

    /// <summary>It may be done with records of some type at least.</summary>
    public bool May(string role, AccessAction action) => Find(role)?.Rules.Any(r => r.May.Contains(action)) == true;

    private static string? Fault(RoleFile file, IReadOnlyList<string> labels)
    {
        var listed = file.Kinds.SelectMany(k => k.Value).ToList();
        var due = R4.Facts.Types.Where(t => t is { IsResource: true, IsAbstract: false }).Select(t => t.Name).ToList();
        var rules = file.Roles.SelectMany(r => r.Rules.Select(rule => (Role: r.Code, Rule: rule))).ToList();
        return due.FirstOrDefault(t => listed.Count(l => l == t) != 1) is { } unplaced ? $"{unplaced} is of no kind, or of two"
            : listed.FirstOrDefault(t => !due.Contains(t)) is { } unknown ? $"there is no resource type {unknown}"
            : file.Roles.GroupBy(r => r.Code).FirstOrDefault(g => g.Count() > 1) is { } twice ? $"the role {twice.Key} is there twice"
            : file.Roles.All(r => r.Code != Viewer.System) ? "there is no role system"
            : rules.FirstOrDefault(r => r.Rule.Kinds.Any(k => k != AnyKind && !file.Kinds.ContainsKey(k))) is { Role: { } role } ? $"the role {role} has a rule for a kind that there is not"
            : rules.FirstOrDefault(r => r.Rule.Without.Concat(r.Rule.WithoutElsewhere).Any(l => !labels.Contains(l))) is { Role: { } odd } ? $"the role {odd} has a label that there is not"
            : rules.FirstOrDefault(r => r.Rule.Mask.Any(m => !Fields.Contains(m))) is { Role: { } masked } ? $"the role {masked} masks a field that there is not"
            : rules.FirstOrDefault(r => r.Rule.May.Contains(AccessAction.Write) && r.Rule.Scope is AccessScope.Treated or AccessScope.Region) is { Role: { } writer } ? $"the role {writer} may write what is not its own"
            : null;
    }
}
