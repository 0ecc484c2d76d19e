using Kangqiao.Fhir.Findings;

namespace Kangqiao.Standard;

/// <summary>
/// What is asked of a record beyond FHIR: STD00x real name, STD03x references, STD04x value domains. STD02x, plausibility, is content
/// (<c>content/rules/plausibility</c>). Codes are stable.
/// </summary>
public static class StandardFindings
{
    public static readonly FindingKind ResidentNumber = Kind(
        "STD001", "value", Severity.Error,
        "The resident ID number does not pass the check of GB 11643. Read it from the card again; do not send made-up numbers.",
        "公民身份号码未通过 GB 11643 校验。请重新核对证件，不要填写虚构号码。");

    public static readonly FindingKind OtherBirthDate = Kind(
        "STD002", "business-rule", Severity.Warning,
        "The birth date is not the one that the resident ID number states. Correct whichever is wrong.",
        "出生日期与公民身份号码所载不一致。请更正有误的一项。");

    public static readonly FindingKind OtherSex = Kind(
        "STD003", "business-rule", Severity.Warning,
        "The sex is not the one that the resident ID number states. Correct whichever is wrong.",
        "性别与公民身份号码所载不一致。请更正有误的一项。");

    public static readonly FindingKind OldNumber = Kind(
        "STD004", "informational", Severity.Information,
        "The resident ID number is of the old form with 15 digits and is compared in its form with 18. Send 18 digits.",
        "公民身份号码为 15 位旧号码，按升位后的 18 位比对。请发送 18 位号码。");

    public static readonly FindingKind NoRealName = Kind(
        "STD005", "business-rule", Severity.Warning,
        "There is no resident ID number, no other valid document and no guardian's number, so the person cannot be told from others. Send one of them (identifier, or contact for a guardian).",
        "没有公民身份号码、其他有效证件号码或监护人证件号码，无法确认本人身份。请补充其中之一（identifier，监护人用 contact）。");

    public static readonly FindingKind DocumentForm = Kind(
        "STD006", "value", Severity.Warning,
        "The number does not have the form of its kind of document ({0}). Read it from the document again.",
        "证件号码不符合该类证件（{0}）的格式。请重新核对证件。");

    public static readonly FindingKind ReferenceMissing = Kind(
        "STD030", "not-found", Severity.Warning,
        "{0} refers to a record ({1}) that you have not sent yet. Send it; nothing else has to be done.",
        "{0} 引用的记录（{1}）尚未收到。请补送该记录，无需其他操作。");

    public static readonly FindingKind ValueDomain = Kind(
        "STD040", "code-invalid", Severity.Warning,
        "The code '{0}' is not in the table {1}. Accepted: {2}",
        "代码“{0}”不在值域表 {1} 中。可用代码：{2}");

    public static readonly FindingKind ValueDomainMissing = Kind(
        "STD041", "code-invalid", Severity.Warning,
        "There is no code of the table {0}. Add one beside your own: {1}",
        "缺少值域表 {0} 的代码。请在本地代码之外补充：{1}");

    /// <summary>All of them, for the page that explains them.</summary>
    public static IReadOnlyList<FindingKind> All { get; } =
        [ResidentNumber, OtherBirthDate, OtherSex, OldNumber, NoRealName, DocumentForm, ReferenceMissing, ValueDomain, ValueDomainMissing];

    private static FindingKind Kind(string code, string type, Severity severity, string english, string chinese) => new(code, type, severity, english, chinese);
}
