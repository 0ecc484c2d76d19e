using Kangqiao.Fhir.Findings;

namespace Kangqiao.Analytics.Views;

/// <summary>Every way a view can be refused before it runs.</summary>
internal static class ViewFindings
{
    public static readonly FindingKind NotJson = new("VWD001", "structure", Severity.Fatal, "The view is not JSON: {0}", "视图不是合法的 JSON：{0}");

    public static readonly FindingKind Missing = new("VWD002", "required", Severity.Error, "{0} is missing.", "缺少 {0}。");

    public static readonly FindingKind WrongKind = new("VWD003", "structure", Severity.Error, "{0} is to be {1}.", "{0} 应为 {1}。");

    public static readonly FindingKind Unknown =
        new("VWD004", "structure", Severity.Warning, "A view has no element {0} here; it is left alone.", "视图此处没有元素 {0}，已忽略。");

    public static readonly FindingKind BadName = new(
        "VWD005", "value", Severity.Error, "{0} cannot be a name: a letter first, then letters, digits and underscores.", "{0} 不能作为名称：须以字母开头，其后为字母、数字或下划线。");

    public static readonly FindingKind NameTwice = new("VWD006", "duplicate", Severity.Error, "{0} is named twice.", "{0} 重复命名。");

    public static readonly FindingKind UnionMismatch = new(
        "VWD007", "invariant", Severity.Error, "The parts of unionAll need the same columns in the same order: {0}, but here {1}.", "unionAll 各部分的列须相同且顺序一致：应为 {0}，此处为 {1}。");

    public static readonly FindingKind BadPath = new("VWD008", "value", Severity.Error, "{0}", "表达式有误：{0}");

    public static readonly FindingKind NotBoolean =
        new("VWD009", "value", Severity.Error, "where asks a Boolean, but this gives {0}.", "where 要求布尔值，此表达式得到 {0}。");

    public static readonly FindingKind BadConstant =
        new("VWD010", "value", Severity.Error, "The constant {0} needs one value[x] of a primitive type.", "常量 {0} 须有且仅有一个基本类型的 value[x]。");

    public static readonly FindingKind UnknownResource = new("VWD011", "value", Severity.Error, "R4 has no resource type {0}.", "R4 没有资源类型 {0}。");

    public static readonly FindingKind UnknownType = new("VWD012", "value", Severity.Error, "{0} is no type a column can have.", "{0} 不是列可用的类型。");

    public static readonly FindingKind TwoIterations = new(
        "VWD013", "invariant", Severity.Error, "Only one of forEach, forEachOrNull and repeat can stand in one select.", "同一 select 只能使用 forEach、forEachOrNull、repeat 之一。");

    public static readonly FindingKind UnknownElement = new("VWD014", "value", Severity.Warning, "{0} It yields nothing.", "路径中的元素在 R4 中不存在，结果恒为空：{0}");

    public static readonly FindingKind TooLarge = new("VWD015", "too-long", Severity.Error, "The view has more than {0}.", "视图超过上限：{0}。");

    public static readonly FindingKind NoColumns = new("VWD016", "required", Severity.Error, "The view has no columns.", "视图没有列。");

    public static readonly FindingKind UnknownSqlType =
        new("VWD017", "value", Severity.Error, "{0} is no SQL type a column of {1} can have.", "{0} 不是 {1} 列可用的 SQL 类型。");
}
