using Kangqiao.Fhir.Findings;

namespace Kangqiao.Fhir.Reading;

/// <summary>
/// Every way reading JSON can refuse a record. Codes are stable; their explanations are in docs/integrators/findings.md.
/// Where a particular is a phrase, it comes in both languages and each text picks its own.
/// </summary>
internal static class ReadFindings
{
    public static readonly FindingKind NotJson = new(
        "FHR002", "structure", Severity.Fatal,
        "This is not well-formed JSON: {0}", "不是格式正确的 JSON：{0}");

    public static readonly FindingKind NotUtf8 = new(
        "FHR003", "structure", Severity.Fatal,
        "The bytes are not valid UTF-8. Send the record as UTF-8 (not GBK or UTF-16).", "内容不是有效的 UTF-8 编码。请以 UTF-8 发送（不要用 GBK 或 UTF-16）。");

    public static readonly FindingKind BodyTooLarge = new(
        "FHR004", "too-long", Severity.Fatal,
        "The record has {0} bytes; at most {1} are accepted. Send it in smaller parts.", "记录共 {0} 字节，最多接受 {1} 字节。请分成较小的部分发送。");

    public static readonly FindingKind TooDeep = new(
        "FHR005", "too-costly", Severity.Fatal,
        "The record is nested deeper than {0} levels.", "记录嵌套超过 {0} 层。");

    public static readonly FindingKind TooManyElements = new(
        "FHR006", "too-costly", Severity.Fatal,
        "The record has more than {0} elements. Send it in smaller parts.", "记录的元素超过 {0} 个。请分成较小的部分发送。");

    public static readonly FindingKind NotAnObject = new(
        "FHR007", "structure", Severity.Fatal,
        "A resource is a JSON object, but this is {0}.", "资源必须是 JSON 对象，但这里是{1}。");

    public static readonly FindingKind NoResourceType = new(
        "FHR008", "structure", Severity.Fatal,
        "The property resourceType is missing or not a string, so it cannot be known what this is.", "缺少 resourceType 属性或其值不是字符串，无法判断资源类型。");

    public static readonly FindingKind UnknownResourceType = new(
        "FHR009", "structure", Severity.Fatal,
        "'{0}' is not a resource type of FHIR R4.{1}", "“{0}”不是 FHIR R4 的资源类型。{2}");

    public static readonly FindingKind UnknownElement = new(
        "FHR010", "structure", Severity.Error,
        "'{0}' is not an element of {1} in FHIR R4.{2}", "FHIR R4 的 {1} 没有元素“{0}”。{3}");

    public static readonly FindingKind DuplicateKey = new(
        "FHR011", "structure", Severity.Error,
        "The property '{0}' occurs twice in the same object. Keep one, or send an array if the element repeats.", "同一对象中属性“{0}”出现两次。请只保留一个；元素可重复时请用数组。");

    public static readonly FindingKind ManyChoices = new(
        "FHR012", "structure", Severity.Error,
        "{0}[x] may have one value only, but '{1}' comes beside another type.", "{0}[x] 只能有一个值，但“{1}”与另一类型同时出现。");

    public static readonly FindingKind ExpectedArray = new(
        "FHR013", "structure", Severity.Error,
        "'{0}' repeats, so its value must be a JSON array, but this is {1}.", "“{0}”可重复，其值必须是 JSON 数组，但这里是{2}。");

    public static readonly FindingKind UnexpectedArray = new(
        "FHR014", "structure", Severity.Error,
        "'{0}' does not repeat, so its value must not be an array.", "“{0}”不可重复，其值不能是数组。");

    public static readonly FindingKind WrongJsonType = new(
        "FHR015", "structure", Severity.Error,
        "'{0}' is of type {1} and must be {2} in JSON, but this is {4}.", "“{0}”的类型是 {1}，在 JSON 中必须是{3}，但这里是{5}。");

    public static readonly FindingKind Null = new(
        "FHR016", "structure", Severity.Error,
        "'{0}' is null. Leave the property out; null is allowed only in an array of primitives to make room for an extension.", "“{0}”为 null。请省略该属性；null 只能在基本类型数组中为扩展占位。");

    public static readonly FindingKind Empty = new(
        "FHR017", "structure", Severity.Error,
        "'{0}' is empty. Leave it out, or give it a value or elements.", "“{0}”为空。请省略，或填写值或子元素。");

    public static readonly FindingKind BadFormat = new(
        "FHR018", "value", Severity.Error,
        "'{0}' is not a valid {1}: {2}", "“{0}”不是有效的 {1}：{3}");

    public static readonly FindingKind StringTooLong = new(
        "FHR019", "too-long", Severity.Error,
        "'{0}' has {1} bytes; at most {2} are accepted.", "“{0}”共 {1} 字节，最多接受 {2} 字节。");

    public static readonly FindingKind Missing = new(
        "FHR020", "required", Severity.Error,
        "{0} requires the element '{1}'.", "{0} 必须有元素“{1}”。");

    public static readonly FindingKind TooMany = new(
        "FHR021", "structure", Severity.Error,
        "'{0}' occurs {1} times; at most {2} are allowed.", "“{0}”出现 {1} 次，最多允许 {2} 次。");

    public static readonly FindingKind BadSurrogate = new(
        "FHR022", "value", Severity.Error,
        "'{0}' has an escape that is half of a surrogate pair and stands for no character.", "“{0}”含有不成对的代理项转义，不表示任何字符。");

    public static readonly FindingKind UnmatchedExtensions = new(
        "FHR023", "structure", Severity.Error,
        "'_{0}' has {1} entries and '{0}' has {2}: pad the shorter with null so that they match by position.", "“_{0}”有 {1} 项，“{0}”有 {2} 项：请用 null 补齐，使两者按位置对应。");

    public static readonly FindingKind UnknownElementIgnored = new(
        "FHR024", "structure", Severity.Warning,
        "'{0}' is not an element of {1} in FHIR R4 and is left out.{2}", "FHIR R4 的 {1} 没有元素“{0}”，已忽略。{3}");

    public static readonly FindingKind ControlCharacter = new(
        "FHR025", "value", Severity.Error,
        "'{0}' contains a control character (U+{1}). Only tab, carriage return and line feed are allowed.", "“{0}”含有控制字符 (U+{1})。只允许制表符、回车和换行。");

    public static readonly FindingKind OnlySpaces = new(
        "FHR026", "value", Severity.Warning,
        "'{0}' has only spaces: it says nothing. Leave it out.", "“{0}”只有空白，没有内容。请省略。");

    public static readonly FindingKind TypeTooLate = new(
        "FHR027", "too-costly", Severity.Fatal,
        "Resources inside resources name their resourceType last, over and over. Put resourceType first in each.",
        "层层嵌套的资源都把 resourceType 放在最后。请把它放在每个资源的最前面。");

    public static readonly FindingKind NotXml = new(
        "FHR028", "structure", Severity.Fatal,
        "This cannot be read as FHIR XML: {0}", "无法作为 FHIR XML 读取：{0}");
}
