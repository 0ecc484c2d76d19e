using Kangqiao.Fhir.Findings;

namespace Kangqiao.Ingest.Csv;

/// <summary>Everything that reading and mapping a CSV file can say about it.</summary>
public static class CsvFindings
{
    public static readonly FindingKind Empty = new(
        "CSV001", "structure", Severity.Error,
        "The file is empty: it has not even a header row. Send the names of the columns in the first row.",
        "文件为空，没有表头。请在第一行写列名。");

    public static readonly FindingKind NotText = new(
        "CSV002", "structure", Severity.Error,
        "The file is not CSV text in UTF-8 or GB18030 ({0}). Save it as CSV (UTF-8) and send it again.",
        "文件不是 UTF-8 或 GB18030 编码的 CSV 文本（{0}）。请另存为 CSV（UTF-8）后重新发送。");

    public static readonly FindingKind NoHeader = new(
        "CSV003", "structure", Severity.Error,
        "The first row names no column of the data set {0}. Write the names or the Chinese titles of its columns there: {1}.",
        "第一行没有数据集 {0} 的任何列名。请在第一行写列名或中文名称：{1}。");

    public static readonly FindingKind MissingColumns = new(
        "CSV004", "required", Severity.Error,
        "The header lacks columns that the data set {0} cannot do without: {1}. Add them and send the file again.",
        "表头缺少数据集 {0} 的必填列：{1}。请补充后重新发送文件。");

    public static readonly FindingKind TwiceInHeader = new(
        "CSV005", "duplicate", Severity.Error,
        "The header names the column {0} twice. Keep one of them.",
        "表头中列 {0} 出现两次。请只保留一个。");

    public static readonly FindingKind UnknownColumns = new(
        "CSV006", "informational", Severity.Information,
        "Columns that the data set does not know are left out: {0}. They stay in the raw file.",
        "数据集中没有的列未采用：{0}。原始文件中仍保留。");

    public static readonly FindingKind UnknownDataset = new(
        "CSV007", "not-found", Severity.Error,
        "The header fits no data set, or fits several. Send the file to /door/csv/NAME, or name it NAME.csv.",
        "表头不符合任何数据集，或同时符合多个。请发送到 /door/csv/数据集名，或将文件命名为 数据集名.csv。");

    public static readonly FindingKind TooManyColumns = new(
        "CSV008", "too-costly", Severity.Error,
        "A row has more than {0} columns. The separator or a quotation mark may be wrong.",
        "行的列数超过 {0}。请检查分隔符或引号。");

    public static readonly FindingKind TooLong = new(
        "CSV009", "too-costly", Severity.Error,
        "A row has more than {0} bytes. A quotation mark may be missing, or a line break.",
        "行超过 {0} 字节。请检查是否缺少引号或换行。");

    public static readonly FindingKind UnclosedQuote = new(
        "CSV010", "structure", Severity.Error,
        "A quotation mark that opens a field is never closed; the row was ended at its line break. Double quotation marks inside a field.",
        "字段的起始引号没有结束，已在换行处结束该行。字段内的引号须写作两个引号。");

    public static readonly FindingKind StrayQuote = new(
        "CSV011", "structure", Severity.Warning,
        "A quotation mark stands inside a field; it was read as text. Put the field in quotation marks and double those inside.",
        "字段内有单独的引号，已按文字读取。请用引号包围该字段，内部引号写作两个。");

    public static readonly FindingKind Ragged = new(
        "CSV012", "structure", Severity.Error,
        "The row has {0} fields and the header has {1}, so it cannot be told which value is which. A separator or a quotation mark may be wrong.",
        "该行有 {0} 个字段，表头有 {1} 个，无法判断各值属于哪一列。请检查分隔符或引号。");

    public static readonly FindingKind Charset = new(
        "CSV013", "structure", Severity.Error,
        "The row's bytes are not {0}, the encoding of the file. Write the whole file in one encoding.",
        "该行字节不是文件的编码 {0}。请整个文件使用同一种编码。");

    public static readonly FindingKind Nul = new(
        "CSV014", "structure", Severity.Error,
        "The row holds NUL bytes. Export the file anew as text.",
        "该行含有 NUL 字节。请重新以文本方式导出文件。");

    public static readonly FindingKind Required = new(
        "CSV020", "required", Severity.Error,
        "A value is required in {0} and there is none. Fill it in and send the row again.",
        "{0} 为必填项，但没有值。请填写后重新发送该行。");

    public static readonly FindingKind NoKey = new(
        "CSV021", "required", Severity.Error,
        "The row cannot be told from others, since none of {0} has a value. Fill in one of them.",
        "无法识别该行，{0} 均没有值。请至少填写其中一项。");

    public static readonly FindingKind OutsideDomain = new(
        "CSV022", "code-invalid", Severity.Warning,
        "'{0}' is not a code of {1}; it was kept as a code of your own. Accepted are: {2}.",
        "“{0}”不是 {1} 中的代码，已按本地代码保存。可用代码：{2}。");

    public static readonly FindingKind NotAccepted = new(
        "CSV023", "code-invalid", Severity.Error,
        "'{0}' is not a code of {1}, and the row cannot be understood without it. Accepted are: {2}.",
        "“{0}”不是 {1} 中的代码，无法理解该行。可用代码：{2}。");

    public static readonly FindingKind Date = new(
        "CSV024", "value", Severity.Warning,
        "'{0}' is no date; it was left out. Write 2026-03-05 or 20260305, or less of it where less is known.",
        "“{0}”不是日期，未采用。请写作 2026-03-05 或 20260305；不完整的日期可写到年或月。");

    public static readonly FindingKind Time = new(
        "CSV025", "value", Severity.Warning,
        "'{0}' is no date with time; it was left out. Write 2026-03-05 08:30:00 or 20260305083000.",
        "“{0}”不是日期时间，未采用。请写作 2026-03-05 08:30:00 或 20260305083000。");

    public static readonly FindingKind Number = new(
        "CSV026", "value", Severity.Warning,
        "'{0}' is no number; it was left out. Write digits with a full stop, without unit and thousands separator.",
        "“{0}”不是数字，未采用。请只写数字和小数点，不带单位和千分位。");

    public static readonly FindingKind Flag = new(
        "CSV027", "value", Severity.Warning,
        "'{0}' is neither yes nor no; it was left out. Write 1 or 0.",
        "“{0}”既不是“是”也不是“否”，未采用。请写 1 或 0。");

    public static readonly FindingKind OutOfRange = new(
        "CSV028", "value", Severity.Warning,
        "{0} is not between {1} and {2}. Check the value and its unit.",
        "{0} 不在 {1} 至 {2} 之间。请检查数值和单位。");

    public static readonly FindingKind LongText = new(
        "CSV029", "too-long", Severity.Warning,
        "The text has {0} characters where the standard has {1}; it was kept whole.",
        "文字有 {0} 个字符，标准长度为 {1}，已完整保存。");

    public static readonly FindingKind Unreadable = new(
        "CSV030", "value", Severity.Error,
        "'{0}' cannot be read, and the row needs the value. {1}.",
        "“{0}”无法读取，而该行需要此值。{1}。");

    /// <summary>In the order of their codes.</summary>
    public static IReadOnlyList<FindingKind> All { get; } =
    [
        Empty, NotText, NoHeader, MissingColumns, TwiceInHeader, UnknownColumns, UnknownDataset, TooManyColumns, TooLong, UnclosedQuote,
        StrayQuote, Ragged, Charset, Nul, Required, NoKey, OutsideDomain, NotAccepted, Date, Time, Number, Flag, OutOfRange, LongText, Unreadable,
    ];

    internal static Finding Of(FindingKind kind, string path, params string[] particulars) => new(kind, kind.Severity, path, particulars, 0, 0);
}
