using Kangqiao.Fhir.Findings;

namespace Kangqiao.Ingest.Fhir;

/// <summary>What the mapping of FHIR itself can find: FIN….</summary>
internal static class FhirFindings
{
    public static readonly FindingKind TooLong = Kind(
        "FIN001", "too-long", Severity.Error,
        "The unit has more than {0} bytes and was cut there. Send NDJSON with one resource a line, or several bundles.",
        "单元超过 {0} 字节，已在该处截断。请改用每行一个资源的 NDJSON，或分成多个数据包发送。");

    public static readonly FindingKind NoMethod = Kind(
        "FIN002", "not-supported", Severity.Error,
        "The entry asks for {0}, which the door does not do. Send the resource as it now is, or DELETE it.",
        "条目请求 {0}，数据入口不支持。请发送资源的当前完整内容，或使用 DELETE。");

    public static readonly FindingKind NoResource = Kind(
        "FIN003", "required", Severity.Error,
        "The entry has no resource. Send the resource in entry.resource.",
        "条目没有资源。请在 entry.resource 中发送资源。");

    public static readonly FindingKind TwiceInBundle = Kind(
        "FIN004", "duplicate", Severity.Error,
        "Two entries of the transaction are the same record ({0}). Send each record once.",
        "事务中有两个条目是同一记录（{0}）。每个记录只发送一次。");

    public static readonly FindingKind FullUrlTwice = Kind(
        "FIN005", "duplicate", Severity.Error,
        "Two different records of the bundle have the same fullUrl, so references to it are not clear. Give each its own.",
        "数据包中两个不同记录的 fullUrl 相同，引用不明确。请使用各自不同的 fullUrl。");

    public static readonly FindingKind UnknownInBundle = Kind(
        "FIN006", "not-found", Severity.Warning,
        "The reference '{0}' names nothing in the bundle and stays as it was sent. Send what it points to in the same bundle, or refer to it as Type/id.",
        "引用“{0}”在数据包中找不到目标，已按原样保留。请在同一数据包中发送其目标，或用 Type/id 引用。");

    public static readonly FindingKind NotAnIdentifier = Kind(
        "FIN007", "not-supported", Severity.Warning,
        "The conditional reference '{0}' is not of the form Type?identifier=system|value and stays as it was sent. Use that form.",
        "条件引用“{0}”不是 Type?identifier=system|value 的形式，已按原样保留。请使用该形式。");

    /// <summary>All of them, for the page that explains them.</summary>
    public static IReadOnlyList<FindingKind> All { get; } =
        [TooLong, NoMethod, NoResource, TwiceInBundle, FullUrlTwice, UnknownInBundle, NotAnIdentifier];

    private static FindingKind Kind(string code, string type, Severity severity, string english, string chinese) => new(code, type, severity, english, chinese);
}
