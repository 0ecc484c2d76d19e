using Kangqiao.Fhir.Findings;

namespace Kangqiao.Ingest;

/// <summary>What the door itself finds while it takes records in, in whatever format they came: DOR0….</summary>
public static class DoorFindings
{
    public static readonly FindingKind Late = Kind(
        "DOR001", "informational", Severity.Warning,
        "A newer word of this record is here already; this older one goes into its history and does not become current. Nothing has to be done.",
        "该记录已有更新的内容；这份较早的内容存入历史版本，不会成为当前版本。无需处理。");

    public static readonly FindingKind NothingToAmend = Kind(
        "DOR002", "not-found", Severity.Warning,
        "The message changes a record ({0}) that you have not sent yet, and does not say enough to make one. Send the record whole.",
        "报文要更改的记录（{0}）尚未收到，且内容不足以新建。请完整发送该记录。");

    public static readonly FindingKind NotKept = Kind(
        "DOR003", "processing", Severity.Error,
        "The store refuses the record: {0}",
        "存储拒绝该记录：{0}");

    public static readonly FindingKind CannotBeTakenApart = Kind(
        "DOR004", "structure", Severity.Error,
        "The submission breaks off or cannot be taken apart from here on. Send it again whole, in the format that its address names.",
        "提交的内容在此中断或无法继续拆分。请按地址所示的格式重新完整发送。");

    public static readonly FindingKind TwiceInUnit = Kind(
        "DOR005", "duplicate", Severity.Error,
        "The unit says two things of one record ({0}). Send each record once.",
        "单元对同一记录（{0}）给出两份内容。每个记录只发送一次。");

    public static readonly FindingKind MappingFailed = Kind(
        "DOR006", "exception", Severity.Error,
        "The unit could not be read because of a fault of ours, which was logged. It is kept; nothing has to be done.",
        "因平台内部错误未能读取该单元，错误已记录。内容已保存，无需处理。");

    /// <summary>All of them, for the page that explains them.</summary>
    public static IReadOnlyList<FindingKind> All { get; } = [Late, NothingToAmend, NotKept, CannotBeTakenApart, TwiceInUnit, MappingFailed];

    private static FindingKind Kind(string code, string type, Severity severity, string english, string chinese) => new(code, type, severity, english, chinese);
}
