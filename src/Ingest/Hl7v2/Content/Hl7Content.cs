using System.Buffers;
using System.Globalization;
using System.Text;

namespace Kangqiao.Ingest.Hl7v2.Content;

/// <summary>
/// What content/mappings/hl7v2 says, read and checked once: which messages come in, which field becomes which element, and what
/// codes, coding systems and units are called in FHIR.
/// </summary>
internal sealed class Hl7Content
{
    private static readonly SearchValues<char> OidLetters = SearchValues.Create("0123456789.");
    private static readonly Lazy<Hl7Content> Embedded = new(() => new Hl7Content(Read));

    private readonly Dictionary<string, CodeMap> codes = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Segment, string Resource), SegmentTable> segments = [];
    private readonly Dictionary<(string Type, string Event), string[]> messages = [];
    private readonly Dictionary<string, string> systems = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> units = new(StringComparer.Ordinal);

    /// <param name="text">The text of a file by its name.</param>
    /// <exception cref="InvalidDataException">A file is wrong; the message names it and the line.</exception>
    internal Hl7Content(Func<string, string> text)
    {
        foreach (var file in (ReadOnlySpan<string>)["codes.map", "more-codes.map", "chinese-codes.map"])
        {
            ReadCodes(file, text(file));
        }

        ReadPairs("systems.map", text("systems.map"), systems);
        ReadPairs("units.map", text("units.map"), units);
        ReadMessages("messages.map", text("messages.map"));
        ReadSegments("segments.map", text("segments.map"));
    }

    public static Hl7Content Default => Embedded.Value;

    public IEnumerable<SegmentTable> Tables => segments.Values;

    public IEnumerable<(string Type, string Event)> Messages => messages.Keys;

    public CodeMap Codes(string name) => codes[name];

    public SegmentTable Segment(string segment, string resource) => segments[(segment, resource)];

    /// <summary>The segments a message cannot do without; null where the message is not taken in.</summary>
    public string[]? Needs(string type, string trigger) => messages.GetValueOrDefault((type, trigger));

    /// <summary>The address of a coding system by its name in table 0396; null for one of the sender's own.</summary>
    public string? SystemOf(string name)
    {
        if (systems.TryGetValue(name, out var address))
        {
            return address;
        }

        if (name.Length == 7 && name.StartsWith("HL7", StringComparison.OrdinalIgnoreCase) && name.AsSpan(3).IndexOfAnyExceptInRange('0', '9') < 0)
        {
            return "http://terminology.hl7.org/CodeSystem/v2-" + name[3..];
        }

        return name.StartsWith("http://", StringComparison.Ordinal) || name.StartsWith("https://", StringComparison.Ordinal) || name.StartsWith("urn:", StringComparison.Ordinal) ? name
            : LooksLikeOid(name) ? "urn:oid:" + name
            : null;
    }

    /// <summary>The UCUM code of a unit as laboratories write it; null where only UCUM itself can tell.</summary>
    public string? UnitOf(string written) => units.GetValueOrDefault(written);

    public static bool LooksLikeOid(string text) =>
        text.Length is > 4 and < 128 && text[0] is '0' or '1' or '2' && text[1] == '.' && text[^1] != '.' && text.Count(c => c == '.') > 2
        && text.AsSpan().IndexOfAnyExcept(OidLetters) < 0 && !text.Contains("..", StringComparison.Ordinal)
        && !text.Split('.').Any(arc => arc.Length > 1 && arc[0] == '0');

    private static string Read(string file)
    {
        using var stream = typeof(Hl7Content).Assembly.GetManifestResourceStream("hl7v2/" + file)
            ?? throw new InvalidDataException($"content/mappings/hl7v2/{file} is not there.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static IEnumerable<(int Number, string Line)> Lines(string text)
    {
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            var kept = line.TrimEnd('\r', ' ');
            if (kept.Length > 0 && kept[0] != '#')
            {
                yield return (number, kept);
            }
        }
    }

    private static InvalidDataException Wrong(string file, int line, string why) =>
        new($"content/mappings/hl7v2/{file}, line {line.ToString(CultureInfo.InvariantCulture)}: {why}");

    private static void ReadPairs(string file, string text, Dictionary<string, string> into)
    {
        foreach (var (number, line) in Lines(text))
        {
            var parts = line.Split('\t');
            if (parts.Length != 2 || !into.TryAdd(parts[0], parts[1]))
            {
                throw Wrong(file, number, "two columns with a tab between, and each name once, are needed.");
            }
        }
    }

    private void ReadCodes(string file, string text)
    {
        CodeMap? map = null;
        foreach (var (number, line) in Lines(text))
        {
            if (line[0] == '[' && line[^1] == ']')
            {
                var name = line[1..^1];
                map = codes.TryGetValue(name, out var there) ? there : codes[name] = new CodeMap(name);
                continue;
            }

            var parts = line.Split('\t');
            if (map is null || parts.Length is < 2 or > 4)
            {
                throw Wrong(file, number, "a [table] and two to four columns are needed.");
            }

            map.Add(parts[0], new MappedCode(parts[1], parts.Length > 2 ? parts[2] : "", parts.Length > 3 ? parts[3] : ""));
        }
    }

    private void ReadMessages(string file, string text)
    {
        foreach (var (number, line) in Lines(text))
        {
            var parts = line.Split('\t');
            if (parts.Length != 3)
            {
                throw Wrong(file, number, "type, event and needed segments are needed.");
            }

            messages[(parts[0], parts[1])] = parts[2].Split(' ');
        }
    }

    private void ReadSegments(string file, string text)
    {
        List<SegmentRule>? rules = null;
        foreach (var (number, line) in Lines(text))
        {
            if (line[0] == '[')
            {
                var names = line.Trim('[', ']').Split(' ');
                rules = [];
                if (names.Length != 2 || !segments.TryAdd((names[0], names[1]), new SegmentTable(names[0], names[1], rules)))
                {
                    throw Wrong(file, number, "[SEGMENT Resource], each once, is needed.");
                }

                continue;
            }

            var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (rules is null || parts.Length is < 3 or > 4 || !Enum.TryParse<Mapping.ValueKind>(parts[1].Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var kind))
            {
                throw Wrong(file, number, "field, kind of value and element are needed, under a [SEGMENT Resource].");
            }

            var place = parts[0].Split('.');
            var argument = parts.Length > 3 ? parts[3] : "";
            if (!int.TryParse(place[0], NumberStyles.None, CultureInfo.InvariantCulture, out var field))
            {
                throw Wrong(file, number, "the first column is the number of a field.");
            }

            rules.Add(new SegmentRule(field, place.Length > 1 ? int.Parse(place[1], CultureInfo.InvariantCulture) : 0, kind, Steps(parts[2]), argument)
            {
                Codes = codes.GetValueOrDefault(argument),
            });
        }
    }

    private static PathStep[] Steps(string path) =>
        [.. path.Split('.').Select(step =>
            step.EndsWith("[]", StringComparison.Ordinal) ? new PathStep(step[..^2], StepKind.Append)
            : step.EndsWith("[+]", StringComparison.Ordinal) ? new PathStep(step[..^3], StepKind.Each)
            : step.EndsWith("[0]", StringComparison.Ordinal) ? new PathStep(step[..^3], StepKind.First)
            : new PathStep(step, StepKind.Plain))];
}
