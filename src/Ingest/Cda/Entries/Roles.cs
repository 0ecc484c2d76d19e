using Kangqiao.Ingest.Cda.Content;

namespace Kangqiao.Ingest.Cda.Entries;

/// <summary>What part a diagnosis has: by the words senders tell it with, else by its section.</summary>
internal static class Roles
{
    private static readonly (string Word, string Role)[] Words =
    [
        ("病理", "pathology"), ("死亡", "death"), ("损伤", "external"), ("门急诊", "CC"), ("门（急）诊", "CC"), ("门(急)诊", "CC"),
        ("术前", "pre-op"), ("术后", "post-op"), ("出院", "DD"), ("入院", "AD"), ("初步", "initial"), ("确定", "final"), ("修正", "final"), ("补充", "final"),
        ("中医", "tcm"),
    ];

    public static string? Of(Statement statement, SectionContext section)
    {
        var name = statement.Name + statement.Qualifier;
        string? role = null;
        foreach (var (word, meaning) in Words)
        {
            if (name.Contains(word, StringComparison.Ordinal))
            {
                role = meaning;
                break;
            }
        }

        role ??= section.ConditionRole ?? "CC";
        return name.Contains("主要", StringComparison.Ordinal) ? role + "-main"
            : name.Contains("其他", StringComparison.Ordinal) ? role + "-other"
            : role;
    }
}
