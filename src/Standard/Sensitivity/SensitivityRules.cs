using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Reading;
using Kangqiao.Kernel;
using Kangqiao.Store.Terms;

namespace Kangqiao.Standard.Sensitivity;

/// <summary>
/// What makes a record sensitive: content, read once. It is a function of the record alone, so that the index written anew says the
/// same. Safe for any number of threads.
/// </summary>
public sealed class SensitivityRules
{
    /// <summary>Kind of the label that names the sensitive matter.</summary>
    public const char Kind = 's';

    private const int MostLabels = 16;

    public static readonly SensitivityRules None = new(new SensitivityFile([], new Dictionary<string, IReadOnlyList<string>>()), "");

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { ReadCommentHandling = JsonCommentHandling.Skip };
    private static readonly TypeFact Coding = R4.Facts.Type("Coding")!;
    private static readonly int SystemName = R4.Facts.NameId("system");
    private static readonly int CodeName = R4.Facts.NameId("code");

    private readonly List<(byte[] System, List<Pattern> Patterns)> bySystem = [];
    private readonly IReadOnlyList<string>[] terms;

    private SensitivityRules(SensitivityFile file, string version)
    {
        Version = version;
        Codes = [.. file.Labels.Select(l => l.Code)];
        Titles = [.. file.Labels.Select(l => l.Title)];
        for (var i = 0; i < file.Labels.Count; i++)
        {
            Add(file, file.Labels[i], 1 << i);
        }

        terms = new IReadOnlyList<string>[1 << file.Labels.Count];
        for (var set = 0; set < terms.Length; set++)
        {
            terms[set] = [.. Codes.Where((_, i) => (set & (1 << i)) != 0).Select(c => RecordLabels.Label(Kind, c))];
        }
    }

    /// <summary>Changes with the rules: an index written by other rules is written anew.</summary>
    public string Version { get; }

    /// <summary>Codes of all labels there are.</summary>
    public IReadOnlyList<string> Codes { get; }

    public IReadOnlyList<string> Titles { get; }

    /// <summary>Reads <c>rules.json</c> of a folder; a folder that is not there has no rules.</summary>
    public static Outcome<SensitivityRules> Load(string folder)
    {
        var path = Path.Combine(folder, "rules.json");
        if (!File.Exists(path))
        {
            return None;
        }

        try
        {
            var bytes = File.ReadAllBytes(path);
            var file = JsonSerializer.Deserialize<SensitivityFile>(bytes, Json)!;
            return file.Labels.Count > MostLabels ? Problems.BadRule(path, $"there are more than {MostLabels} labels")
                : file.Labels.FirstOrDefault(l => l.Code.Length == 0 || l.Code.Any(c => !char.IsAsciiLetterLower(c))) is { } odd ? Problems.BadRule(path, $"'{odd.Code}' is no code of small letters")
                : new SensitivityRules(file, Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]);
        }
        catch (JsonException wrong)
        {
            return Problems.BadRule(path, wrong.Message);
        }
    }

    /// <summary>Terms of the labels that a resource has.</summary>
    public IReadOnlyList<string> TermsOf(Element resource) => terms[bySystem.Count == 0 ? 0 : Walk(resource)];

    private int Walk(Element element)
    {
        var found = 0;
        foreach (var child in element.Children)
        {
            if (child.IsPrimitive)
            {
                continue;
            }

            found |= ReferenceEquals(child.Type, Coding) ? Of(child) : Walk(child);
        }

        return found;
    }

    private int Of(Element coding)
    {
        var system = coding.Child(SystemName);
        var code = coding.Child(CodeName);
        if (!system.Exists || !code.Exists)
        {
            return 0;
        }

        // An escape in a code is a way round a comparison of bytes.
        var name = system.IsEscaped ? Encoding.UTF8.GetBytes(system.Text()!) : system.Raw;
        var found = 0;
        foreach (var (known, patterns) in bySystem)
        {
            if (name.SequenceEqual(known))
            {
                var text = code.IsEscaped ? Encoding.UTF8.GetBytes(code.Text()!) : code.Raw;
                foreach (var pattern in patterns)
                {
                    found |= pattern.Fits(text) ? pattern.Label : 0;
                }
            }
        }

        return found;
    }

    private void Add(SensitivityFile file, LabelRule rule, int label)
    {
        foreach (var security in rule.Security)
        {
            Add(security.System, security.Codes.Select(c => new Pattern(Encoding.UTF8.GetBytes(c), false, [], label)));
        }

        foreach (var coding in rule.Codings)
        {
            byte[][] except = [.. coding.Except.Select(Encoding.UTF8.GetBytes)];
            foreach (var system in coding.Systems.SelectMany(s => file.Systems.GetValueOrDefault(s, [s])))
            {
                Add(system, coding.Codes.Select(c => new Pattern(Encoding.UTF8.GetBytes(c), false, [], label)));
                Add(system, coding.Starts.Select(c => new Pattern(Encoding.UTF8.GetBytes(c), true, except, label)));
            }
        }
    }

    private void Add(string system, IEnumerable<Pattern> patterns)
    {
        var name = Encoding.UTF8.GetBytes(system);
        var known = bySystem.Find(s => s.System.AsSpan().SequenceEqual(name)).Patterns;
        if (known is null)
        {
            bySystem.Add((name, known = []));
        }

        known.AddRange(patterns);
    }

    private readonly record struct Pattern(byte[] Text, bool IsStart, byte[][] Except, int Label)
    {
        public bool Fits(ReadOnlySpan<byte> code)
        {
            if (!(IsStart ? code.StartsWith(Text) : code.SequenceEqual(Text)))
            {
                return false;
            }

            foreach (var one in Except)
            {
                if (code.StartsWith(one))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
