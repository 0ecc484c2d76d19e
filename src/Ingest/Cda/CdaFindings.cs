using Kangqiao.Fhir.Findings;

namespace Kangqiao.Ingest.Cda;

/// <summary>Everything that mapping a shared document can say about it.</summary>
public static class CdaFindings
{
    public static readonly FindingKind Empty = new(
        "CDA001", "structure", Severity.Error,
        "There is no document: the unit is empty. Send one ClinicalDocument.",
        "内容为空，没有文档。请发送一份 ClinicalDocument。");

    public static readonly FindingKind NotXml = new(
        "CDA002", "structure", Severity.Error,
        "The document is not well-formed XML: {0}. Check it with an XML tool before sending.",
        "文档不是格式良好的 XML：{0}。请在发送前用 XML 工具检查。");

    public static readonly FindingKind DocumentType = new(
        "CDA003", "security", Severity.Error,
        "A document type declaration (DTD) is not accepted, nor are entities of one's own. Remove <!DOCTYPE …>.",
        "不接受文档类型声明（DTD）和自定义实体。请删除 <!DOCTYPE …>。");

    public static readonly FindingKind TooLarge = new(
        "CDA004", "too-costly", Severity.Error,
        "The document has more than {0} bytes. Send large attachments as documents of their own.",
        "文档超过 {0} 字节。请将大附件作为单独的文档发送。");

    public static readonly FindingKind TooDeep = new(
        "CDA005", "too-costly", Severity.Error,
        "Elements lie more than {0} levels deep.",
        "元素嵌套超过 {0} 层。");

    public static readonly FindingKind TooMany = new(
        "CDA006", "too-costly", Severity.Error,
        "There are more than {0} {1}.",
        "{1}的数量超过 {0}。");

    public static readonly FindingKind Charset = new(
        "CDA007", "structure", Severity.Error,
        "The bytes are not text in the charset {0}. Send UTF-8 or GB18030 and say so in the XML declaration.",
        "字节内容不是 {0} 编码的文本。请使用 UTF-8 或 GB18030 编码，并在 XML 声明中注明。");

    public static readonly FindingKind OtherCharset = new(
        "CDA008", "structure", Severity.Warning,
        "The document says it is in {0} and is in {1}; it was read as {1}. Correct the XML declaration.",
        "文档声明编码为 {0}，实际为 {1}，已按 {1} 读取。请更正 XML 声明。");

    public static readonly FindingKind Truncated = new(
        "CDA009", "incomplete", Severity.Error,
        "The document ends inside <{0}>. It was cut on its way: send it again whole.",
        "文档在 <{0}> 内部结束，传输中被截断。请重新完整发送。");

    public static readonly FindingKind NotADocument = new(
        "CDA010", "structure", Severity.Error,
        "The root element is <{0}>, not ClinicalDocument.",
        "根元素是 <{0}>，不是 ClinicalDocument。");

    public static readonly FindingKind Namespace = new(
        "CDA011", "structure", Severity.Warning,
        "The elements are not in the namespace urn:hl7-org:v3; they were read as if they were.",
        "元素不在命名空间 urn:hl7-org:v3 中，已按该命名空间读取。");

    public static readonly FindingKind Ampersand = new(
        "CDA012", "structure", Severity.Warning,
        "A & or < stands unescaped; it was read as text. Write &amp; or &lt;.",
        "存在未转义的 & 或 <，已按普通文字读取。请写作 &amp; 或 &lt;。");

    public static readonly FindingKind UnknownType = new(
        "CDA013", "not-supported", Severity.Warning,
        "The document type {0} is not one of WS/T 500 (C0001 to C0053) or WS/T 483; it was kept whole and its entries as far as they are known.",
        "文档类型 {0} 不属于 WS/T 500（C0001–C0053）或 WS/T 483；文档已整体保存，条目按已知数据元处理。");

    public static readonly FindingKind TypeGuessed = new(
        "CDA014", "code-invalid", Severity.Warning,
        "The document has no known code; its type {0} follows from its template or title. Send code with codeSystem 2.16.156.10011.2.4.",
        "文档没有可识别的类型代码，按模板或标题判定为 {0}。请填写 code（codeSystem 2.16.156.10011.2.4）。");

    public static readonly FindingKind OtherTemplate = new(
        "CDA015", "code-invalid", Severity.Warning,
        "The template {0} is not that of document type {1} ({2}); the code was believed.",
        "模板 {0} 与文档类型 {1}（{2}）不一致，以 code 为准。");

    public static readonly FindingKind NoIdentifier = new(
        "CDA016", "required", Severity.Warning,
        "The document has neither id nor setId; it goes by a digest of its content and cannot be replaced. Send id with root 2.16.156.10011.1.1.",
        "文档没有 id 和 setId，按内容摘要标识，无法被替换。请填写 id（root 2.16.156.10011.1.1）。");

    public static readonly FindingKind NoPatient = new(
        "CDA017", "required", Severity.Error,
        "The document names no patient by any identifier (recordTarget/patientRole/id or patient/id).",
        "文档没有任何患者标识（recordTarget/patientRole/id 或 patient/id）。");

    public static readonly FindingKind Time = new(
        "CDA018", "value", Severity.Warning,
        "The time \"{0}\" is none; write yyyyMMdd or yyyyMMddHHmmss. It was left out of the records and stays in the document.",
        "时间“{0}”无效，应为 yyyyMMdd 或 yyyyMMddHHmmss。记录中未采用，原文保留在文档中。");

    public static readonly FindingKind Number = new(
        "CDA019", "value", Severity.Warning,
        "The value \"{0}\" is not a number; it was kept as text.",
        "值“{0}”不是数字，已按文字保存。");

    public static readonly FindingKind UnknownElement = new(
        "CDA020", "informational", Severity.Information,
        "The data element {0} is not known for document type {1}; it was kept in the document's form.",
        "数据元 {0} 不在文档类型 {1} 的已知数据元中，已保存在文档表单中。");

    public static readonly FindingKind NotStructured = new(
        "CDA021", "incomplete", Severity.Warning,
        "The document has no structured body: it was kept whole and its header was taken, but there are no entries.",
        "文档没有结构化正文：已整体保存并读取文档头，没有条目。");

    public static readonly FindingKind Attachment = new(
        "CDA022", "value", Severity.Warning,
        "What should be an attachment in Base64 is none; it stays in the document only.",
        "附件内容不是有效的 Base64，仅保留在文档中。");

    public static readonly FindingKind Misplaced = new(
        "CDA023", "structure", Severity.Warning,
        "Sections stand outside component/structuredBody; they were read as if inside.",
        "章节不在 component/structuredBody 内，已按在其中读取。");

    public static readonly FindingKind Misspelt = new(
        "CDA024", "structure", Severity.Warning,
        "<{0}> was read as <{1}>. Correct the element's name.",
        "<{0}> 已按 <{1}> 读取。请更正元素名称。");

    public static readonly FindingKind MinusOne = new(
        "CDA025", "business-rule", Severity.Warning,
        "versionNumber is {0}; it does not withdraw the document, since this feed is not configured so. Replace it by a later version or withdraw it at the door.",
        "versionNumber 为 {0}，该数据源未配置为撤销文档，因此未撤销。请以新版本替换，或在接口处撤销。");

    public static readonly FindingKind NoTime = new(
        "CDA026", "required", Severity.Warning,
        "The document has no effectiveTime; whether it is newer than another cannot be told.",
        "文档没有 effectiveTime，无法判断与其他文档的先后。");

    public static readonly FindingKind NoSystem = new(
        "CDA027", "code-invalid", Severity.Warning,
        "The code {0} has no codeSystem; it was taken as one of the sender's own.",
        "代码 {0} 没有 codeSystem，已按发送方本地代码处理。");

    public static readonly FindingKind TextCut = new(
        "CDA028", "too-long", Severity.Warning,
        "A text of {0} bytes is too long for a value and was cut to {1}; it stays whole in the document.",
        "一段 {0} 字节的文字过长，记录中截取为 {1} 字节，文档中保留全文。");

    public static readonly FindingKind NoType = new(
        "CDA029", "required", Severity.Information,
        "A value has no xsi:type; it was taken as {0}.",
        "值没有 xsi:type，已按 {0} 处理。");

    /// <summary>In the order of their codes.</summary>
    public static IReadOnlyList<FindingKind> All { get; } =
    [
        Empty, NotXml, DocumentType, TooLarge, TooDeep, TooMany, Charset, OtherCharset, Truncated, NotADocument, Namespace, Ampersand,
        UnknownType, TypeGuessed, OtherTemplate, NoIdentifier, NoPatient, Time, Number, UnknownElement, NotStructured, Attachment,
        Misplaced, Misspelt, MinusOne, NoTime, NoSystem, TextCut, NoType,
    ];
}
