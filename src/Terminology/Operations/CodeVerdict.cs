namespace Kangqiao.Terminology.Operations;

/// <summary>What $validate-code found, under a stable code.</summary>
public enum CodeFinding
{
    /// <summary>Nothing to say.</summary>
    None,

    /// <summary>TRM101: the value set does not have the code.</summary>
    NotInValueSet,

    /// <summary>TRM102: the code system does not have the code.</summary>
    NotInCodeSystem,

    /// <summary>TRM103: the display is not one of the code's names.</summary>
    WrongDisplay,

    /// <summary>TRM104: the code only groups others.</summary>
    OnlyGroups,

    /// <summary>TRM105: the table at hand is not whole, so that it cannot be told.</summary>
    CannotBeTold,

    /// <summary>TRM106, a warning: an older edition has the code.</summary>
    OlderEdition,

    /// <summary>TRM107, a warning: the code is no longer in use.</summary>
    Inactive,
}

/// <summary>Out parameters of $validate-code (R4 valueset-operation-validate-code.html), with the messages in both languages.</summary>
/// <param name="Result">True if the code is known to be valid.</param>
/// <param name="Code">The code judged; of several codings the valid one, or the first.</param>
/// <param name="Display">The recommended display, or null.</param>
/// <param name="English">Why not, or a warning beside a true result; null where nothing is to be said.</param>
public sealed record CodeVerdict(
    bool Result, Coding Code, string? Display, string? Version, CodeFinding Finding, string? English, string? Chinese)
{
    /// <summary>Stable across releases: TRM101 to TRM107, or null.</summary>
    public string? FindingCode => Finding == CodeFinding.None ? null : $"TRM10{(int)Finding}";

    internal static CodeVerdict Of(bool result, Coding coding, string? display, string? version, CodeFinding finding, string where)
    {
        var code = Short(coding.Code);
        var (english, chinese) = finding switch
        {
            CodeFinding.NotInValueSet => ($"The code {code} is not in the value set {where}.", $"代码 {code} 不在值集 {where} 中。"),
            CodeFinding.NotInCodeSystem => ($"The code {code} is not in the code system {where}.", $"代码 {code} 不在代码系统 {where} 中。"),
            CodeFinding.WrongDisplay => (
                $"The display \"{Short(coding.Display ?? "")}\" is not a name of {code}; it is called \"{display}\".",
                $"名称“{Short(coding.Display ?? "")}”与代码 {code} 不符，应为“{display}”。"),
            CodeFinding.OnlyGroups => ($"The code {code} only groups others and is no value; choose one beneath it.", $"代码 {code} 仅用于分组，不能作为取值，请选用其下级代码。"),
            CodeFinding.CannotBeTold => (
                $"The code {code} is not among those loaded for {where}; this table is not complete, so it may exist.",
                $"代码 {code} 不在已装入的 {where} 中；该表不完整，无法断定其是否有效。"),
            CodeFinding.OlderEdition => ($"The code {code} is of an older edition, {Short(version ?? "")}.", $"代码 {code} 属于旧版本 {Short(version ?? "")}。"),
            CodeFinding.Inactive => ($"The code {code} is no longer in use.", $"代码 {code} 已停用。"),
            _ => ((string?)null, (string?)null),
        };
        return new CodeVerdict(result, coding, display, version, finding, english, chinese);
    }

    private static string Short(string text) => text.Length <= 100 ? text : string.Concat(text.AsSpan(0, 100), "…");
}
