using System.Collections.Frozen;
using Kangqiao.Ingest.Cda.Content;
using Kangqiao.Ingest.Cda.Reading;

namespace Kangqiao.Ingest.Cda.Entries;

/// <summary>
/// The drafts of one document. A statement joins the draft of its kind that it stands in, then that beside it, then the only
/// one of the document; a field that opens a draft begins another where the one beside it has that field already, as flat
/// documents repeat item, result, unit, item, result, unit.
/// </summary>
internal sealed class Drafts(CdaDocumentType? type)
{
    /// <summary>Fields that can begin a draft, by kind. "*" is every field.</summary>
    private static readonly FrozenDictionary<string, string[]> Openers = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["condition"] = ["code", "name"],
        ["allergy"] = ["flag", "text", "substance"],
        ["lab"] = ["item", "code", "number"],
        ["report"] = [],
        ["specimen"] = ["type"],
        ["medication"] = ["code", "name", "usage"],
        ["prescription"] = [],
        ["herbs"] = ["text", "doses", "decoction"],
        ["procedure"] = ["code", "name"],
        ["order"] = ["type", "content"],
        ["fee"] = ["*"],
        ["encounter"] = [],
        ["immunization"] = ["vaccine"],
        ["family"] = ["disease"],
        ["plan"] = [],
        ["request"] = [],
        ["observation"] = ["*"],
        ["bp"] = ["systolic", "diastolic"],
        ["patient"] = [],
        ["note"] = [],
        ["document"] = [],
        ["form"] = [],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Of these a document has one, which is there from the beginning and empty.</summary>
    private static readonly string[] Singles = ["encounter", "plan", "patient", "document", "prescription"];

    private static readonly SectionContext Whole = new(null, "", null);

    private readonly List<Draft> all = [];
    private readonly Dictionary<string, Draft> singles = new(StringComparer.Ordinal);
    private readonly Dictionary<(object Scope, string Kind), Draft> beside = [];
    private readonly List<(Statement Statement, CdaRule Rule, SectionContext Section)> waiting = [];

    public IReadOnlyList<Draft> All => all;

    public static bool IsKnown(string kind) => Openers.ContainsKey(kind);

    public Draft Single(string kind)
    {
        if (!singles.TryGetValue(kind, out var draft))
        {
            draft = new Draft(kind, null, Whole);
            singles.Add(kind, draft);
        }

        return draft;
    }

    public Draft Open(string kind, Statement act, SectionContext section)
    {
        var draft = new Draft(kind, null, section) { Act = act };
        act.Draft = draft;
        all.Add(draft);
        beside[(act.Parent ?? (object)section, kind)] = draft;
        return draft;
    }

    public void Place(Statement statement, CdaRule rule, SectionContext section)
    {
        if (rule.Kind == "form")
        {
            return;
        }

        if (!TryPlace(statement, rule, section))
        {
            waiting.Add((statement, rule, section));
        }
    }

    /// <summary>What came before its draft finds it now; what has none goes to the form.</summary>
    public void Settle()
    {
        foreach (var (statement, rule, section) in waiting)
        {
            if (rule.Kind == "note")
            {
                Last("report", section)?.Add("note", statement, rule);
            }
            else if (Last(rule.Kind, section) is { } draft)
            {
                draft.Add(rule.Field, statement, rule);
            }
        }

        waiting.Clear();
    }

    private bool TryPlace(Statement statement, CdaRule rule, SectionContext section)
    {
        if (rule.Kind == "note")
        {
            for (var above = statement.Parent; above is not null; above = above.Parent)
            {
                if (above.Draft is { } around)
                {
                    around.Add("note", statement, rule);
                    return true;
                }
            }

            return false;
        }

        if (Array.IndexOf(Singles, rule.Kind) >= 0 || (rule.Kind == "report" && type?.Report is not null) || (rule.Kind == "request" && IsRequest(statement, rule)))
        {
            Single(rule.Kind).Add(rule.Field, statement, rule);
            return true;
        }

        if (rule.Kind == "medication" && statement.Parent?.Draft is { Kind: "immunization" } vaccination)
        {
            vaccination.Add(rule.Field is "name" or "code" ? "vaccine" : rule.Field, statement, rule);
            return true;
        }

        var isOpener = Openers[rule.Kind] is ["*"] || Openers[rule.Kind].Contains(rule.Field, StringComparer.Ordinal);
        var role = rule.Role ?? (rule.Kind == "condition" && isOpener ? Roles.Of(statement, section) : null);
        for (var above = statement.Parent; above is not null; above = above.Parent)
        {
            if (above.Draft is { } around && around.Kind == rule.Kind && !(rule is { Kind: "observation", Field: "value" }) && (role is null || around.Role == role)
                && !(isOpener && around.Has(rule.Field)))
            {
                around.Add(rule.Field, statement, rule);
                return true;
            }
        }

        var scope = (object?)statement.Parent ?? section;
        beside.TryGetValue((scope, rule.Kind), out var last);
        var isSame = last is not null && Openers[rule.Kind] is not ["*"]
            && (!isOpener || (!last.Has(rule.Field) && (last.Role == role || (statement.Parent is not null && rule.Role is null))));
        if (isSame)
        {
            last!.Add(rule.Field, statement, rule);
            return true;
        }

        if (!isOpener)
        {
            return false;
        }

        var draft = new Draft(rule.Kind, role, section);
        draft.Add(rule.Field, statement, rule);
        all.Add(draft);
        beside[(scope, rule.Kind)] = draft;
        return true;
    }

    /// <summary>A reason, a flag or a receiver makes a request of any document that is none itself.</summary>
    private bool IsRequest(Statement statement, CdaRule rule) =>
        type?.Request is not null || rule.Field is "reason" || singles.ContainsKey("request")
        || (rule.Field == "flag" && statement.Value is { Kind: ValueKind.Boolean, Flag: true });

    /// <summary>The last of the section, or the only one of the document.</summary>
    private Draft? Last(string kind, SectionContext section)
    {
        if (singles.TryGetValue(kind, out var single))
        {
            return single;
        }

        var those = all.Where(d => d.Kind == kind).ToList();
        return those.FindLast(d => ReferenceEquals(d.Section, section)) ?? (those.Count == 1 ? those[0] : null);
    }
}
