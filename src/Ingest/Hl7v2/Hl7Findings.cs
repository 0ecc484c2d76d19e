using Kangqiao.Fhir.Findings;

namespace Kangqiao.Ingest.Hl7v2;

/// <summary>Every way in which an HL7 v2 message can be found wanting while it is read and mapped.</summary>
public static class Hl7Findings
{
    internal static readonly FindingKind NotHl7 = Kind(
        "HL7001", "structure", Severity.Fatal,
        "This is not an HL7 v2 message: it does not begin with MSH. Send one message, or a batch of messages, each beginning with MSH.",
        "不是 HL7 v2 消息：未以 MSH 开头。请发送以 MSH 开头的消息或批文件。");

    internal static readonly FindingKind BadSeparators = Kind(
        "HL7002", "structure", Severity.Fatal,
        "The delimiters in MSH-1 and MSH-2 cannot be used: each must be a different character that is neither letter, digit nor blank. Usual is |^~\\&.",
        "MSH-1、MSH-2 中的分隔符无法使用：须为互不相同的非字母、非数字、非空白字符，通常为 |^~\\&。");

    internal static readonly FindingKind FewSeparators = Kind(
        "HL7003", "structure", Severity.Information,
        "MSH-2 names fewer than four delimiters; {0} were assumed.", "MSH-2 的分隔符不足四个，按 {0} 处理。");

    internal static readonly FindingKind TooLarge = Kind(
        "HL7004", "too-long", Severity.Fatal,
        "The message is longer than {0} MiB. Send large documents and images by their own way and refer to them.",
        "消息超过 {0} MiB。大文件请另行传送并在消息中引用。");

    internal static readonly FindingKind TooManyFields = Kind(
        "HL7005", "too-costly", Severity.Fatal,
        "The message has more than {0} fields. Send it in smaller parts.", "消息字段超过 {0} 个。请拆分后发送。");

    internal static readonly FindingKind CharsetGuessed = Kind(
        "HL7006", "informational", Severity.Information,
        "MSH-18 does not say the character set; {0} was recognised. Write UNICODE UTF-8 or GB 18030-2000 there.",
        "MSH-18 未声明字符集，识别为 {0}。请填写 UNICODE UTF-8 或 GB 18030-2000。");

    internal static readonly FindingKind CharsetOther = Kind(
        "HL7007", "value", Severity.Warning,
        "MSH-18 says {0}, but the text is {1} and was read so. Correct MSH-18.", "MSH-18 声明为 {0}，实际内容为 {1}，已按后者读取。请更正 MSH-18。");

    internal static readonly FindingKind CharsetUnknown = Kind(
        "HL7008", "not-supported", Severity.Warning,
        "The character set '{0}' in MSH-18 is not known here. Use UNICODE UTF-8, GB 18030-2000 or ASCII.",
        "不支持 MSH-18 声明的字符集“{0}”。请使用 UNICODE UTF-8、GB 18030-2000 或 ASCII。");

    internal static readonly FindingKind BytesNotCharacters = Kind(
        "HL7009", "structure", Severity.Error,
        "The bytes are not valid text in {0}: characters would be lost. Check how the message is encoded and sent.",
        "内容不是有效的 {0} 编码，读取会丢失文字。请检查消息的编码和传输方式。");

    internal static readonly FindingKind BrokenLine = Kind(
        "HL7010", "structure", Severity.Warning,
        "A line does not begin with a segment name; it was read as the rest of the segment before it. Write line breaks inside a field as \\.br\\.",
        "某一行不以段名开头，已并入上一段。字段内换行请写作 \\.br\\。");

    internal static readonly FindingKind CutOff = Kind(
        "HL7011", "incomplete", Severity.Error,
        "The message is cut off in the middle of a segment name. Send it again, whole.", "消息在段名处被截断。请重新完整发送。");

    internal static readonly FindingKind NoMessageType = Kind(
        "HL7012", "required", Severity.Error, "MSH-9 does not say the message type and event, such as ORU^R01.", "MSH-9 缺少消息类型和事件，如 ORU^R01。");

    internal static readonly FindingKind NotSupported = Kind(
        "HL7013", "not-supported", Severity.Error,
        "Messages of type {0} are not taken in here. See docs/integrators/hl7v2.md for those that are.",
        "不接收 {0} 类型的消息。可接收的类型见 docs/integrators/hl7v2.md。");

    internal static readonly FindingKind NoControlId = Kind(
        "HL7014", "required", Severity.Warning, "MSH-10, the control id, is empty: an answer cannot be matched to the message.", "MSH-10（消息控制 ID）为空，无法将应答与消息对应。");

    internal static readonly FindingKind VersionUnknown = Kind(
        "HL7015", "value", Severity.Warning, "MSH-12 says version '{0}'; 2.3 to 2.8 are known, and the message was read as such.", "MSH-12 的版本为“{0}”；已按 2.3–2.8 读取。");

    internal static readonly FindingKind SegmentMissing = Kind(
        "HL7016", "required", Severity.Error, "A message of type {0} needs the segment {1}. It may have been cut off.", "{0} 消息缺少 {1} 段，可能被截断。");

    internal static readonly FindingKind NoPatientNumber = Kind(
        "HL7017", "required", Severity.Error,
        "PID-3 has no patient number. Write the number of your own system (type MR or PI) there.", "PID-3 缺少患者标识。请填写本系统患者号（类型 MR 或 PI）。");

    internal static readonly FindingKind BadTime = Kind(
        "HL7018", "value", Severity.Warning, "'{0}' is not a date or time and was left out. Write YYYYMMDD or YYYYMMDDHHMMSS, with the offset if it is not +0800.", "“{0}”不是有效的日期时间，已忽略。请写作 YYYYMMDD 或 YYYYMMDDHHMMSS，非 +0800 时注明时区。");

    internal static readonly FindingKind OddTime = Kind(
        "HL7019", "value", Severity.Information, "'{0}' was understood as a time, but HL7 writes YYYYMMDDHHMMSS.", "“{0}”已识别为时间，但 HL7 规定写作 YYYYMMDDHHMMSS。");

    internal static readonly FindingKind BadNumber = Kind(
        "HL7020", "value", Severity.Warning, "'{0}' is not a number; it was kept as text. Use ST in OBX-2, or SN for values such as <0.5.", "“{0}”不是数字，已作为文本保存。请在 OBX-2 使用 ST，如 <0.5 请用 SN。");

    internal static readonly FindingKind UnknownCode = Kind(
        "HL7021", "code-invalid", Severity.Warning, "The code '{0}' is not in table {1}: it was kept as written where the element allows it, else left out.", "代码“{0}”不在表 {1} 中：元素允许时按原样保存，否则未采用。");

    internal static readonly FindingKind NoObservationCode = Kind(
        "HL7022", "required", Severity.Warning, "OBX-3 says no item: the observation was left out.", "OBX-3 缺少项目代码，该观察结果未入库。");

    internal static readonly FindingKind NoOrderNumber = Kind(
        "HL7023", "required", Severity.Warning,
        "The order has neither placer (ORC-2) nor filler number (ORC-3): it is known by {0}, and a correction may not find it.",
        "医嘱既无申请号（ORC-2）也无执行号（ORC-3），以{0}标识，后续更正可能无法对应。");

    internal static readonly FindingKind NoVisitNumber = Kind(
        "HL7024", "required", Severity.Warning, "PV1-19, the visit number, is empty: the visit is known by {0}.", "PV1-19（就诊号）为空，就诊以{0}标识。");

    internal static readonly FindingKind NothingMerged = Kind(
        "HL7025", "business-rule", Severity.Warning, "MRG names no number other than that of PID: nothing can be merged.", "MRG 未给出与 PID 不同的标识，无法合并。");

    internal static readonly FindingKind NoDocumentNumber = Kind(
        "HL7026", "required", Severity.Error, "TXA-12, the document's unique number, is empty.", "TXA-12（文档唯一编号）为空。");

    internal static readonly FindingKind BadBase64 = Kind(
        "HL7027", "value", Severity.Warning, "The embedded data is not valid base64 and was left out.", "嵌入数据不是有效的 base64，已忽略。");

    internal static readonly FindingKind BatchCount = Kind(
        "HL7028", "business-rule", Severity.Warning, "{0} says {1}, but {2} came. Check whether the file is whole.", "{0} 声明 {1}，实际收到 {2}。请检查文件是否完整。");

    internal static readonly FindingKind NoTrailer = Kind(
        "HL7029", "incomplete", Severity.Warning, "The batch has no trailer ({0}): the file may have been cut off.", "批文件缺少 {0} 段，可能被截断。");

    internal static readonly FindingKind LocalSegment = Kind(
        "HL7030", "informational", Severity.Information, "The segment {0} is not mapped; it is kept in the raw message.", "段 {0} 未映射，保留在原始消息中。");

    internal static readonly FindingKind NoAllergen = Kind(
        "HL7031", "required", Severity.Warning, "{0} names no allergen: the allergy was left out.", "{0} 未说明过敏原，该过敏记录未入库。");

    internal static readonly FindingKind NoCode = Kind(
        "HL7032", "required", Severity.Warning, "{0} has no code or text for what it is about: it was left out.", "{0} 缺少代码或名称，未入库。");

    internal static readonly FindingKind TwoOfOneKey = Kind(
        "HL7033", "business-rule", Severity.Information,
        "{0} of the message bear the same number and code; the later one is known by its place. Give each its own number.",
        "消息中有 {0} 使用相同编号和代码，后者以出现次序区分。请分别编号。");

    internal static readonly FindingKind TestMessage = Kind(
        "HL7034", "informational", Severity.Information, "MSH-11 says that this message is for test or training ({0}).", "MSH-11 表明此消息用于测试或培训（{0}）。");

    internal static readonly FindingKind UnitNotUcum = Kind(
        "HL7035", "value", Severity.Information, "The unit '{0}' is not of UCUM; it was kept as text.", "单位“{0}”不是 UCUM 单位，已按文本保存。");

    internal static readonly FindingKind FrameBroken = Kind(
        "HL7036", "structure", Severity.Error,
        "The MLLP block was not ended: a new one began, or too much came without an end. Send it again as <VT>message<FS><CR>.",
        "MLLP 数据块未正常结束。请按 <VT>消息<FS><CR> 重新发送。");

    internal static readonly FindingKind NotTaken = Kind(
        "HL7037", "transient", Severity.Error, "The message could not be kept now. Send it again later.", "消息暂时无法保存，请稍后重发。");

    internal static readonly FindingKind UnknownSender = Kind(
        "HL7038", "unknown", Severity.Error,
        "No sender is registered under MSH-3 '{0}' and MSH-4 '{1}', so nothing was kept. Write the institution's code in MSH-4, or have this name registered as an alias, and send it again.",
        "MSH-3“{0}”、MSH-4“{1}”未登记为发送方，消息未保存。请在 MSH-4 填写机构代码，或登记该名称为别名后重发。");

    internal static readonly FindingKind SenderRefused = Kind(
        "HL7039", "forbidden", Severity.Error,
        "Sender {0} may not send over this connection ({1}), so nothing was kept. Ask the platform's steward, and send it again.",
        "发送方 {0} 不能通过此连接发送（{1}），消息未保存。请联系平台管理员后重发。");

    /// <summary>All of them, in the order of their codes.</summary>
    public static IReadOnlyList<FindingKind> All { get; } =
    [
        NotHl7, BadSeparators, FewSeparators, TooLarge, TooManyFields, CharsetGuessed, CharsetOther, CharsetUnknown, BytesNotCharacters,
        BrokenLine, CutOff, NoMessageType, NotSupported, NoControlId, VersionUnknown, SegmentMissing, NoPatientNumber, BadTime, OddTime,
        BadNumber, UnknownCode, NoObservationCode, NoOrderNumber, NoVisitNumber, NothingMerged, NoDocumentNumber, BadBase64, BatchCount,
        NoTrailer, LocalSegment, NoAllergen, NoCode, TwoOfOneKey, TestMessage, UnitNotUcum,
        FrameBroken, NotTaken, UnknownSender, SenderRefused,
    ];

    internal static Finding Of(FindingKind kind, string path, params string[] arguments) =>
        new(kind, kind.Severity, path, arguments, 0, 0);

    private static FindingKind Kind(string code, string issueType, Severity severity, string english, string chinese) =>
        new(code, issueType, severity, english, chinese);
}
