using System.Globalization;
using System.Text;
using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Hl7v2.Reading;
using Kangqiao.Ingest.Mapping;
using Kangqiao.Kernel;

namespace Kangqiao.Ingest.Hl7v2.Acknowledging;

/// <summary>
/// Answers to HL7 v2 messages (chapter 2.9, 2.13.1, 2.13.2), in the delimiters, the version and the character set of the sender:
/// MSH, MSA, and an ERR for each finding that is a warning or worse.
/// </summary>
public static class Acknowledgement
{
    /// <summary>An answer that lists more does not help anyone.</summary>
    private const int MaxErrors = 20;

    /// <summary>The system of our finding codes in ERR-5.</summary>
    private const string FindingTable = "99KQ";

    /// <summary>CA, CE or CR: the message was kept for good, or could not be.</summary>
    /// <param name="findings">What stood in the way; empty where it is kept.</param>
    /// <param name="controlId">Of the answer itself (its MSH-10).</param>
    public static byte[] Commit(ReadOnlyMemory<byte> message, IReadOnlyList<Finding> findings, DateTimeOffset now, string controlId) =>
        Write(message, Code('C', findings), findings, now, controlId);

    /// <summary>AA, AE or AR: the message was taken in, or waits in quarantine with its errors, or is of a kind that is not taken in.</summary>
    public static byte[] Application(ReadOnlyMemory<byte> message, IReadOnlyList<Finding> findings, DateTimeOffset now, string controlId) =>
        Write(message, Code('A', findings), findings, now, controlId);

    /// <summary>
    /// The one answer of a door that knows the outcome when it answers (HTTP): the application's where the sender wants it,
    /// else the commit; empty where neither is wanted.
    /// </summary>
    /// <param name="isTaken">What became of the message, where the findings alone do not say it.</param>
    public static byte[] Answer(ReadOnlyMemory<byte> message, IReadOnlyList<Finding> findings, DateTimeOffset now, string controlId, bool? isTaken = null)
    {
        var mode = AcknowledgementMode.Of(message);
        var isError = isTaken is { } taken ? !taken : AcknowledgementMode.IsError(findings);
        var letter = !isError ? 'A' : Code('A', findings)[1] is var said and not 'A' ? said : 'E';
        return mode.WantsApplication(isError) ? Write(message, "A" + letter, findings, now, controlId)
            // In quarantine it is kept for good all the same, which is what a commit says; only what is rejected is not.
            : mode.WantsCommit(isError && isTaken is null) ? Write(message, isTaken is null ? "C" + letter : letter == 'R' ? "CR" : "CA", findings, now, controlId)
            : [];
    }

    /// <summary>
    /// One answer to a batch (chapter 2.10.3): a batch of application acknowledgements, one to each message in its own terms, in
    /// their order.
    /// </summary>
    public static byte[] Batch(IReadOnlyList<UnitAnswer> units, DateTimeOffset now, Identifiers ids)
    {
        if (units.Count == 0)
        {
            return [];
        }

        var head = MessageReader.ReadHeader(units[0].Head);
        var separators = head?.Separators ?? Separators.Usual;
        var encoding = head?.Encoding ?? Charsets.Utf8;
        var f = (char)separators.Field;
        string Raw(int field) => head is { Header.Exists: true } ? Encoding.UTF8.GetString(head.Header.Field(field).Bytes) : "";
        var batch = new List<byte>(512 * units.Count);
        batch.AddRange(encoding.GetBytes(
            $"BHS{f}{separators.Encoding}{f}{Raw(5)}{f}{Raw(6)}{f}{Raw(3)}{f}{Raw(4)}{f}{now.ToOffset(TimeSpan.FromHours(8)).ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture)}+0800\r"));
        foreach (var unit in units)
        {
            var code = unit.IsTaken ? "AA" : Code('A', unit.Findings) is var said && said == "AA" ? "AE" : said;
            batch.AddRange(Write(unit.Head, code, unit.Findings, now, ids.NextId()));
        }

        batch.AddRange(encoding.GetBytes(string.Create(CultureInfo.InvariantCulture, $"BTS{f}{units.Count}\r")));
        return [.. batch];
    }

    private static string Code(char mode, IReadOnlyList<Finding> findings) =>
        !AcknowledgementMode.IsError(findings) ? mode + "A"
        // Rejected: not a message, or of a type or version that will not be taken in however often it is sent (2.9.2.2).
        : findings.Any(finding => finding.IsError && (finding.Kind.IssueType is "not-supported" or "unknown" or "forbidden" || finding.Kind.Code is "HL7001" or "HL7002" or "HL7012")) ? mode + "R"
        : mode + "E";

    private static byte[] Write(ReadOnlyMemory<byte> bytes, string code, IReadOnlyList<Finding> findings, DateTimeOffset now, string controlId)
    {
        var message = MessageReader.ReadHeader(bytes);
        var separators = message?.Separators ?? Separators.Usual;
        var header = message?.Header ?? default;
        var version = VersionOf(header.Field(12).Component(1).Text());
        var isPlain = IsPlain(bytes.Span, header.Field(18).Text());
        var answer = new StringBuilder(256);
        var f = (char)separators.Field;
        var c = (char)separators.Component;
        string Raw(int field) => header.Exists ? Encoding.UTF8.GetString(header.Field(field).Bytes) : "";

        answer.Append("MSH").Append(f).Append(separators.Encoding).Append(f)
            .Append(Raw(5)).Append(f).Append(Raw(6)).Append(f).Append(Raw(3)).Append(f).Append(Raw(4)).Append(f)
            .Append(now.ToOffset(TimeSpan.FromHours(8)).ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture)).Append("+0800").Append(f).Append(f)
            .Append("ACK");
        if (message is { Event: { Length: > 0 } trigger })
        {
            answer.Append(c).Append(Escapes.Write(trigger, separators));
            if (version >= 24)
            {
                answer.Append(c).Append("ACK");
            }
        }

        answer.Append(f).Append(Escapes.Write(controlId, separators)).Append(f)
            .Append(Raw(11) is { Length: > 0 } processing ? processing : "P").Append(f)
            .Append(Raw(12) is { Length: > 0 } sent ? sent : "2.5.1");
        if (!isPlain)
        {
            answer.Append(f, 6).Append(Charsets.NameOf(message?.Encoding ?? Charsets.Utf8));
        }

        answer.Append('\r').Append("MSA").Append(f).Append(code).Append(f).Append(Raw(10));
        var worst = findings.FirstOrDefault(finding => finding.IsError);
        if (worst is not null && version < 25)
        {
            // MSA-3, before 2.5 the place for what went wrong.
            answer.Append(f).Append(Escapes.Write(worst.English, separators));
        }

        answer.Append('\r');
        Errors(answer, findings, version, isPlain, separators);
        return (message?.Encoding ?? Charsets.Utf8).GetBytes(answer.ToString());
    }

    private static void Errors(StringBuilder answer, IReadOnlyList<Finding> findings, int version, bool isPlain, Separators separators)
    {
        var listed = findings.Where(finding => finding.Severity >= Severity.Warning)
            .OrderByDescending(finding => finding.IsError).Take(MaxErrors).ToList();
        if (listed.Count == 0)
        {
            return;
        }

        var f = (char)separators.Field;
        var c = (char)separators.Component;
        if (version < 25)
        {
            // ERR-1 (ELD): segment, its number, field, and the code as subcomponents; repeating.
            answer.Append("ERR").Append(f);
            answer.AppendJoin((char)separators.Repetition, listed.Select(finding =>
            {
                var place = Hl7Path.Parse(finding.Path);
                var (number, text) = TableCode(finding.Kind, version);
                var s = (char)separators.Subcomponent;
                return $"{place?.Segment}{c}{Count(place?.Occurrence ?? 0)}{c}{Count(place?.Field ?? 0)}{c}{number}{s}{text}{s}HL70357{s}{finding.Kind.Code}{s}{Escapes.Write(finding.English, separators)}{s}{FindingTable}";
            })).Append('\r');
            return;
        }

        foreach (var finding in listed)
        {
            var (number, text) = TableCode(finding.Kind, version);
            var diagnostic = Hl7Path.Parse(finding.Path) is null && finding.Path.Length > 0 ? $"{finding.Path}: {finding.English}" : finding.English;
            answer.Append("ERR").Append(f).Append(f)
                .Append(Location(finding.Path, c)).Append(f)
                .Append(number).Append(c).Append(text).Append(c).Append("HL70357").Append(f)
                .Append(finding.IsError ? 'E' : 'W').Append(f)
                .Append(finding.Kind.Code).Append(c).Append(c).Append(FindingTable).Append(f).Append(f)
                .Append(Escapes.Write(isPlain ? Ascii(diagnostic) : diagnostic, separators)).Append(f)
                .Append(Escapes.Write(isPlain ? Ascii(finding.English) : finding.Chinese, separators)).Append('\r');
        }
    }

    /// <summary>ERL: segment, which one, field, repetition, component, subcomponent.</summary>
    private static string Location(string path, char component)
    {
        if (Hl7Path.Parse(path) is not { } place)
        {
            return "";
        }

        var repetition = place.Field == 0 ? 0 : Math.Max(1, place.Repetition);
        return string.Join(component, place.Segment, Count(Math.Max(1, place.Occurrence)), Count(place.Field), Count(repetition), Count(place.Component), Count(place.Subcomponent))
            .TrimEnd(component);
    }

    private static string Count(int number) => number == 0 ? "" : number.ToString(CultureInfo.InvariantCulture);

    /// <summary>HL7 table 0357 by what kind of finding it is.</summary>
    private static (string Code, string Text) TableCode(FindingKind kind, int version) => kind.IssueType switch
    {
        _ when kind.Code is "HL7013" => ("200", "Unsupported message type"),
        _ when kind.Code is "HL7015" => ("203", "Unsupported version id"),
        _ when kind.Code is "HL7001" or "HL7010" or "HL7011" or "HL7016" => ("100", "Segment sequence error"),
        "required" => ("101", "Required field missing"),
        "code-invalid" => ("103", "Table value not found"),
        "too-long" when version >= 27 => ("104", "Value too long"),
        "value" or "structure" or "too-long" or "invariant" => ("102", "Data type error"),
        "not-found" or "unknown" => ("204", "Unknown key identifier"),
        "duplicate" => ("205", "Duplicate key identifier"),
        _ => ("207", "Application error"),
    };

    /// <summary>23 to 28; 25 where it cannot be told.</summary>
    private static int VersionOf(string version) =>
        version is ['2', '.', >= '1' and <= '9', ..] ? 20 + version[2] - '0' : 25;

    /// <summary>A sender that declares no character set, or ASCII, and writes none other is answered in ASCII.</summary>
    private static bool IsPlain(ReadOnlySpan<byte> message, string declared) =>
        Charsets.Named(declared, out _) is null && System.Text.Ascii.IsValid(message);

    private static string Ascii(string text) => string.Concat(text.Select(letter => char.IsAscii(letter) ? letter : '?'));
}
