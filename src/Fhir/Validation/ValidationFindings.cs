using Kangqiao.Fhir.Findings;

namespace Kangqiao.Fhir.Validation;

/// <summary>
/// Every way validation can find a record wanting, beyond what reading finds: FHR1xx content, FHR2xx codes, FHR3xx
/// invariants, FHR4xx profiles and extensions, FHR5xx references and bundles. Codes are stable.
/// </summary>
internal static class ValidationFindings
{
    public static readonly FindingKind AttachmentSize = Error(
        "FHR101", "value",
        "The attachment says it has {0} bytes, but its data has {1}. Correct size, or send the whole data.",
        "附件声明大小为 {0} 字节，但数据实际为 {1} 字节。请更正 size，或发送完整数据。");

    public static readonly FindingKind AttachmentHash = Error(
        "FHR102", "value",
        "The attachment's hash is not the SHA-1 of its data. Compute it again (20 bytes, base64).",
        "附件的 hash 与数据的 SHA-1 不符。请重新计算（20 字节，base64 编码）。");

    public static readonly FindingKind UnsafeNarrative = Error(
        "FHR103", "invariant",
        "The narrative breaks {0}: {1} '{2}'. Use only basic XHTML formatting inside one <div xmlns=\"http://www.w3.org/1999/xhtml\">.",
        "叙述文本违反 {0}：{1}“{2}”。只能在一个 <div xmlns=\"http://www.w3.org/1999/xhtml\"> 中使用基本的 XHTML 格式。");

    public static readonly FindingKind TooCostly = Error(
        "FHR104", "too-costly",
        "The record needs more work to check than allowed; the rest was not checked. Send it in smaller parts.",
        "校验该记录的工作量超过允许范围，其余部分未校验。请分成较小的部分发送。");

    public static readonly FindingKind SearchBaseNotOfOrigin = Error(
        "FHR105", "business-rule",
        "The search parameter is for {0}, but the one it is derived from ({1}) is not. Leave {0} out of base.",
        "该检索参数用于 {0}，但其来源参数（{1}）不适用于 {0}。请从 base 中去掉 {0}。");

    public static readonly FindingKind BadDefinition = Error(
        "FHR107", "business-rule",
        "The element '{0}' of the definition cannot be used: {1}",
        "该定义的元素“{0}”无法使用：{2}");

    public static readonly FindingKind RequiredCode = Error(
        "FHR201", "code-invalid",
        "The code '{0}' is not in the value set {1}, from which a code is required.{2}",
        "代码“{0}”不在必须使用的值集 {1} 中。{3}");

    public static readonly FindingKind ExtensibleCode = Warning(
        "FHR202", "code-invalid",
        "The code '{0}' is not in the value set {1}: use a code of the set unless none fits.{2}",
        "代码“{0}”不在值集 {1} 中：除非没有合适的代码，否则应使用该值集中的代码。{3}");

    public static readonly FindingKind NoCode = Error(
        "FHR203", "code-invalid",
        "There is no code, but one from the value set {0} is required.",
        "缺少代码，此处必须使用值集 {0} 中的代码。");

    public static readonly FindingKind UnknownCode = Error(
        "FHR204", "code-invalid",
        "The code system {1} has no code '{0}'.",
        "代码系统 {1} 中没有代码“{0}”。");

    public static readonly FindingKind NoSystem = Warning(
        "FHR205", "code-invalid",
        "The code '{0}' has no system, so it has no defined meaning. Give the code system's URL.",
        "代码“{0}”没有 system，含义不明确。请填写代码系统的 URL。");

    public static readonly FindingKind NoExtensibleCode = Warning(
        "FHR206", "code-invalid",
        "There is no code: use one from the value set {0} unless none fits.",
        "缺少代码：除非没有合适的代码，否则应使用值集 {0} 中的代码。");

    public static readonly FindingKind MaxValueSet = Error(
        "FHR207", "code-invalid",
        "The code '{0}' is not in the value set {1}, outside of which no code is allowed.",
        "代码“{0}”不在值集 {1} 中，不允许使用该值集之外的代码。");

    public static readonly FindingKind Invariant = Error(
        "FHR301", "invariant",
        "{0}: {1}",
        "{0}：{2}");

    public static readonly FindingKind InvariantNotEvaluated = Warning(
        "FHR302", "invariant",
        "The rule {0} could not be checked: {1}",
        "规则 {0} 无法校验：{1}");

    public static readonly FindingKind UnknownProfile = Warning(
        "FHR401", "not-found",
        "The profile {0} is not known here, so the record was not checked against it. Load the profile, or ask its publisher.",
        "此处没有规范 {0}，未按其校验。请加载该规范，或向其发布者索取。");

    public static readonly FindingKind ProfileUnusable = Error(
        "FHR402", "processing",
        "The profile {0} cannot be used: {1}",
        "规范 {0} 无法使用：{1}");

    public static readonly FindingKind ProfileOfOtherType = Error(
        "FHR403", "structure",
        "The profile {0} is for {1}, but this is {2}.",
        "规范 {0} 用于 {1}，但此处是 {2}。");

    public static readonly FindingKind TooFew = Error(
        "FHR404", "required",
        "'{0}' must occur at least {1} time(s), but occurs {2} (profile {3}).",
        "“{0}”至少应出现 {1} 次，实际 {2} 次（规范 {3}）。");

    public static readonly FindingKind TooMany = Error(
        "FHR405", "structure",
        "'{0}' may occur at most {1} time(s), but occurs {2} (profile {3}).",
        "“{0}”最多可出现 {1} 次，实际 {2} 次（规范 {3}）。");

    public static readonly FindingKind WrongType = Error(
        "FHR406", "structure",
        "The type must be {0}, but is {1} (profile {2}).",
        "类型必须是 {0}，实际是 {1}（规范 {2}）。");

    public static readonly FindingKind NotFixedValue = Error(
        "FHR407", "value",
        "The value must be exactly {0} (profile {1}).",
        "值必须恰好是 {0}（规范 {1}）。");

    public static readonly FindingKind NotPattern = Error(
        "FHR408", "value",
        "The value must contain {0} (profile {1}).",
        "值必须包含 {0}（规范 {1}）。");

    public static readonly FindingKind BelowMinimum = Error(
        "FHR409", "value",
        "The value must not be below {0} (profile {1}).",
        "值不得小于 {0}（规范 {1}）。");

    public static readonly FindingKind AboveMaximum = Error(
        "FHR410", "value",
        "The value must not be above {0} (profile {1}).",
        "值不得大于 {0}（规范 {1}）。");

    public static readonly FindingKind TooLong = Error(
        "FHR411", "too-long",
        "The text has {0} characters; at most {1} are allowed (profile {2}).",
        "文本有 {0} 个字符，最多允许 {1} 个（规范 {2}）。");

    public static readonly FindingKind NoSlice = Error(
        "FHR412", "structure",
        "This repetition of '{0}' fits none of the slices {1}, and others are not allowed (profile {2}).",
        "“{0}”的这一项不符合任何切片（{1}），且不允许其他内容（规范 {2}）。");

    public static readonly FindingKind SliceOrder = Error(
        "FHR413", "structure",
        "This repetition of '{0}' belongs to the slice '{1}', which must come before (profile {2}).",
        "“{0}”的这一项属于切片“{1}”，应排在前面（规范 {2}）。");

    public static readonly FindingKind SliceNotAtEnd = Error(
        "FHR414", "structure",
        "This repetition of '{0}' fits no slice; such ones must come after all slices (profile {1}).",
        "“{0}”的这一项不属于任何切片，应排在所有切片之后（规范 {1}）。");

    public static readonly FindingKind ManySlices = Error(
        "FHR415", "structure",
        "This repetition of '{0}' fits more than one slice: {1} (profile {2}).",
        "“{0}”的这一项同时符合多个切片：{1}（规范 {2}）。");

    public static readonly FindingKind NoTypeProfile = Error(
        "FHR416", "structure",
        "The value conforms to none of {0} (profile {1}).",
        "值不符合以下任何规范：{0}（规范 {1}）。");

    public static readonly FindingKind UnknownCoreExtension = Error(
        "FHR420", "extension",
        "FHIR R4 defines no extension {0}. Correct its url, or use one of your own.",
        "FHIR R4 没有定义扩展 {0}。请更正其 url，或使用自定义扩展。");

    public static readonly FindingKind UnknownExtension = Information(
        "FHR421", "extension",
        "The extension {0} is not known here, so its content was not checked.",
        "此处没有扩展 {0} 的定义，未校验其内容。");

    public static readonly FindingKind UnknownModifierExtension = Error(
        "FHR422", "extension",
        "The modifier extension {0} is not known here. It may change the meaning, so the record cannot be understood safely.",
        "此处没有修饰扩展 {0} 的定义。它可能改变含义，无法安全理解该记录。");

    public static readonly FindingKind ExtensionContext = Error(
        "FHR423", "extension",
        "The extension {0} may not be used on {1}. It is for {2}.",
        "扩展 {0} 不能用于 {1}，只能用于 {2}。");

    public static readonly FindingKind MustBeModifier = Error(
        "FHR424", "extension",
        "The extension {0} changes the meaning of what it is on: send it as modifierExtension.",
        "扩展 {0} 会改变所在元素的含义：请作为 modifierExtension 发送。");

    public static readonly FindingKind MustNotBeModifier = Error(
        "FHR425", "extension",
        "The extension {0} is an ordinary one: send it as extension, not modifierExtension.",
        "扩展 {0} 是普通扩展：请作为 extension 而不是 modifierExtension 发送。");

    public static readonly FindingKind RelativeExtensionUrl = Error(
        "FHR426", "extension",
        "The extension's url '{0}' must be absolute, except inside another extension.",
        "扩展的 url“{0}”必须是绝对地址（嵌套在其他扩展内的除外）。");

    public static readonly FindingKind WrongTarget = Error(
        "FHR501", "structure",
        "The reference points to {0}, but only {1} is allowed here.",
        "该引用指向 {0}，此处只允许 {1}。");

    public static readonly FindingKind TypeDisagrees = Error(
        "FHR502", "structure",
        "Reference.type says {0}, but the reference points to {1}.",
        "Reference.type 为 {0}，但引用指向 {1}。");

    public static readonly FindingKind NoContained = Error(
        "FHR503", "not-found",
        "There is no contained resource with id '{0}'.",
        "没有 id 为“{0}”的内含资源。");

    public static readonly FindingKind BadReference = Error(
        "FHR504", "value",
        "'{0}' is not a reference: use Type/id, an absolute URL, urn:uuid:…, urn:oid:… or #id of a contained resource.",
        "“{0}”不是有效的引用：请使用 Type/id、绝对 URL、urn:uuid:…、urn:oid:… 或内含资源的 #id。");

    public static readonly FindingKind NotInBundle = Error(
        "FHR505", "not-found",
        "The reference {0} must resolve inside this {1}, but no entry has that fullUrl.",
        "引用 {0} 必须能在该 {1} 内解析，但没有条目具有该 fullUrl。");

    public static readonly FindingKind ManyInBundle = Error(
        "FHR506", "structure",
        "The reference {0} fits {1} entries of the bundle; it must fit one. Refer to a version, or remove the others.",
        "引用 {0} 匹配 Bundle 中的 {1} 个条目，只能匹配一个。请引用具体版本，或去掉其他条目。");

    public static readonly FindingKind FullUrlNotAbsolute = Error(
        "FHR510", "value",
        "The fullUrl '{0}' must be an absolute URL or urn:uuid:… or urn:oid:….",
        "fullUrl“{0}”必须是绝对 URL、urn:uuid:… 或 urn:oid:…。");

    public static readonly FindingKind FullUrlIdMismatch = Error(
        "FHR511", "value",
        "The fullUrl '{0}' does not end with the resource's type and id, {1}.",
        "fullUrl“{0}”与资源的类型和 id（{1}）不一致。");

    public static readonly FindingKind FullUrlMissing = Error(
        "FHR512", "required",
        "This entry has a resource but no fullUrl, which a bundle of type {0} requires.",
        "该条目有资源但缺少 fullUrl，{0} 类型的 Bundle 必须提供。");

    public static readonly FindingKind EntryDuplicated = Error(
        "FHR513", "duplicate",
        "The entries {0} and {1} have the same fullUrl and version.",
        "条目 {0} 与 {1} 的 fullUrl 和版本相同。");

    public static readonly FindingKind SearchEntryId = Error(
        "FHR515", "invalid",
        "A resource in a search result must have an id.",
        "检索结果中的资源必须有 id。");

    public static readonly FindingKind SearchEntryType = Error(
        "FHR516", "invalid",
        "The search asked for {0}, so {1} does not belong into its result.",
        "检索的是 {0}，结果中不应出现 {1}。");

    public static readonly FindingKind RequestUrl = Error(
        "FHR517", "value",
        "The request {0} {1} does not fit the entry's resource {2}.",
        "请求 {0} {1} 与条目中的资源 {2} 不一致。");

    public static readonly FindingKind RequestResource = Error(
        "FHR518", "structure",
        "A {0} request must {1} a resource.",
        "{0} 请求{2}资源。");

    public static readonly FindingKind SearchLink = Error(
        "FHR519", "structure",
        "A link '{0}' belongs to a search result only, not to a bundle of type {1}.",
        "链接“{0}”只用于检索结果，不能出现在 {1} 类型的 Bundle 中。");

    public static readonly FindingKind NotFound = Error(
        "FHR521", "not-found",
        "The reference {0} points to a record that does not exist.",
        "引用 {0} 指向的记录不存在。");

    private static FindingKind Error(string code, string type, string english, string chinese) =>
        new(code, type, Severity.Error, english, chinese);

    private static FindingKind Warning(string code, string type, string english, string chinese) =>
        new(code, type, Severity.Warning, english, chinese);

    private static FindingKind Information(string code, string type, string english, string chinese) =>
        new(code, type, Severity.Information, english, chinese);
}
