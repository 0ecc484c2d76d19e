using Kangqiao.Fhir.Codes;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Kernel;
using Kangqiao.Standard.Making;
using Kangqiao.Terminology;

namespace Kangqiao.Standard.Rules;

/// <summary>Which elements carry which national code table: content, read once and checked. Safe for any number of threads.</summary>
public sealed class ValueDomains
{
    private const string Required = "required";
    private const string Expected = "expected";
    private const string Offered = "offered";
    private const int MostHints = 10;

    /// <summary>Tables of WS 364, GB and the data sets all lie below this arc (../shared/standards.md 1.1).</summary>
    private static ReadOnlySpan<byte> NationalTables => "urn:oid:2.16.156.10011.2.3"u8;

    private static ReadOnlySpan<byte> DataElements => "urn:oid:2.16.156.10011.2.2.1"u8;

    private static readonly int Coding = R4.Facts.NameId("coding");
    private static readonly int System = R4.Facts.NameId("system");
    private static readonly int Code = R4.Facts.NameId("code");
    private static readonly int Version = R4.Facts.NameId("version");
    private static readonly int Value = R4.Facts.NameId("value");
    private static readonly int Item = R4.Facts.NameId("item");
    private static readonly int Answer = R4.Facts.NameId("answer");

    private readonly Dictionary<string, List<ValueDomain>> byType = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ValueDomain> byDataElement = new(StringComparer.Ordinal);
    private readonly TerminologyService terminology;

    private ValueDomains(TerminologyService terminology) => this.terminology = terminology;

    /// <summary>Reads <c>elements.tsv</c> and <c>data-elements.tsv</c> of a folder. A wrong line is named.</summary>
    public static Outcome<ValueDomains> Load(string folder, TerminologyService terminology)
    {
        var domains = new ValueDomains(terminology);
        var problem = Read(Path.Combine(folder, "elements.tsv"), 5, domains.AddElement) ?? Read(Path.Combine(folder, "data-elements.tsv"), 3, domains.AddDataElement);
        return problem is null ? domains : problem;
    }

    /// <summary>The tables that an element carries.</summary>
    /// <param name="place">Such as Encounter.hospitalization.dischargeDisposition; extensions have none.</param>
    public IReadOnlyList<string> TablesOf(string place)
    {
        var dot = place.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && byType.TryGetValue(place[..dot], out var rows)
            ? [.. rows.Where(r => r.Place == place[(dot + 1)..]).SelectMany(r => r.Tables)]
            : [];
    }

    /// <param name="missing">Codings without an edition are added to it.</param>
    internal void Check(Element resource, FindingList findings, List<MissingEdition> missing)
    {
        if (byType.TryGetValue(resource.Type.Name, out var rows))
        {
            foreach (var row in rows)
            {
                Walk(resource, row, 0, findings, missing);
            }
        }

        switch (resource.Type.Name)
        {
            case "Observation":
                CheckObserved(resource, findings, missing);
                foreach (var component in resource.ChildrenNamed("component"))
                {
                    CheckObserved(component, findings, missing);
                }

                break;
            case "QuestionnaireResponse":
                CheckItems(resource, findings, missing);
                break;
        }
    }

    private static Problem? Read(string path, int columns, Func<string[], string?> add)
    {
        if (!File.Exists(path))
        {
            return Problems.BadTable(path, 0, "the file is missing");
        }

        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var fields = line.Split('\t');
            if ((fields.Length < columns ? $"{columns} columns are due" : add(fields)) is { } why)
            {
                return Problems.BadTable(path, number, why);
            }
        }

        return null;
    }

    private string? AddElement(string[] fields)
    {
        if (R4.Facts.Type(fields[0]) is not { IsResource: true })
        {
            return $"there is no resource type {fields[0]}";
        }

        if (fields[3] is not (Required or Expected or Offered))
        {
            return $"'{fields[3]}' is no strictness";
        }

        if (Unknown(fields[2]) is { } wrong)
        {
            return wrong;
        }

        if (!byType.TryGetValue(fields[0], out var rows))
        {
            byType[fields[0]] = rows = [];
        }

        rows.Add(new ValueDomain(fields[1], [.. fields[1].Split('.').Select(Step.Parse)], fields[2].Split(','), fields[3]));
        return null;
    }

    private string? AddDataElement(string[] fields) =>
        Unknown(fields[1]) ?? (byDataElement.TryAdd(fields[0], new ValueDomain("", [], fields[1].Split(','), Offered)) ? null : $"{fields[0]} is there twice");

    private string? Unknown(string tables) =>
        tables.Split(',').FirstOrDefault(t => !terminology.HasTable(t)) is { } missing ? $"there is no table {missing} in content/terminology" : null;

    private void Walk(Element at, ValueDomain row, int depth, FindingList findings, List<MissingEdition> missing)
    {
        if (depth == row.Path.Length)
        {
            CheckValue(at, row, findings, missing);
            return;
        }

        var step = row.Path[depth];
        foreach (var child in at.ChildrenNamed(step.NameId))
        {
            if (step.Extension is null || child.ChildText("url")?.EndsWith("/" + step.Extension, StringComparison.Ordinal) == true)
            {
                Walk(child, row, depth + 1, findings, missing);
            }
        }
    }

    /// <summary>An observation of a data element of WS 363: its value is of the table that the catalogue names.</summary>
    private void CheckObserved(Element observed, FindingList findings, List<MissingEdition> missing)
    {
        var value = observed.Child(Value);
        var code = observed.Child(Code);
        if (!value.Exists || value.IsPrimitive || !code.Exists)
        {
            return;
        }

        foreach (var coding in code.ChildrenNamed(Coding))
        {
            if (coding.Child(System) is { Exists: true } system && system.TextIs(DataElements)
                && coding.ChildText("code") is { } element && byDataElement.TryGetValue(element, out var row))
            {
                CheckValue(value, row, findings, missing);
            }
        }
    }

    private void CheckItems(Element holder, FindingList findings, List<MissingEdition> missing)
    {
        foreach (var item in holder.ChildrenNamed(Item))
        {
            var row = item.ChildText("linkId") is { } link ? byDataElement.GetValueOrDefault(link) : null;
            foreach (var answer in item.ChildrenNamed(Answer))
            {
                if (row is not null && answer.Child(Value) is { Exists: true, IsPrimitive: false } value)
                {
                    CheckValue(value, row, findings, missing);
                }

                CheckItems(answer, findings, missing);
            }

            CheckItems(item, findings, missing);
        }
    }

    private void CheckValue(Element value, ValueDomain row, FindingList findings, List<MissingEdition> missing)
    {
        var (hasOne, isTold) = (false, false);
        if (value.Type.Name == "Coding")
        {
            CheckCoding(value, row, ref hasOne, ref isTold, findings, missing);
        }
        else if (value.Type.Name == "CodeableConcept")
        {
            foreach (var coding in value.ChildrenNamed(Coding))
            {
                CheckCoding(coding, row, ref hasOne, ref isTold, findings, missing);
            }
        }
        else
        {
            return;
        }

        if (!hasOne && !isTold && row.Strictness != Offered)
        {
            Add(findings, StandardFindings.ValueDomainMissing, row, value, [NameOf(row), Hint(row)]);
        }
    }

    private void CheckCoding(Element coding, ValueDomain row, ref bool hasOne, ref bool isTold, FindingList findings, List<MissingEdition> missing)
    {
        var (system, code) = (coding.Child(System), coding.Child(Code));
        if (!system.Exists || !code.Exists || !code.HasValue)
        {
            return;
        }

        var answer = terminology.InTables(row.Tables, system.Raw, code.Raw);
        if (answer.IsTheirs ? answer.Membership == Membership.NotMember : system.Raw.StartsWith(NationalTables))
        {
            isTold = true;
            Add(findings, StandardFindings.ValueDomain, row, code, [Short(code.Text() ?? ""), NameOf(row), Hint(row)]);
            return;
        }

        hasOne |= answer.IsTheirs;
        if (answer is { Membership: Membership.Member, Edition: { } edition } && !coding.Child(Version).Exists)
        {
            missing.Add(new MissingEdition(coding.Start, edition));
        }
    }

    private string NameOf(ValueDomain row) => string.Join(" / ", row.Tables.Select(t => $"{t} {terminology.TitleOf(t)}"));

    private string Hint(ValueDomain row)
    {
        var first = terminology.FirstOf(row.Tables, MostHints + 1);
        return string.Join(", ", first.Take(MostHints).Select(c => $"{c.Code} {c.Display}")) + (first.Count > MostHints ? " …" : "");
    }

    private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "…";

    private static void Add(FindingList findings, FindingKind kind, ValueDomain row, Element at, string[] particulars)
    {
        var severity = row.Strictness == Required ? Severity.Error : Severity.Warning;
        if (findings.IsFull)
        {
            findings.Drop(severity);
            return;
        }

        var (line, column) = at.Position();
        findings.Add(new Finding(kind, severity, at.Path(), particulars, line, column));
    }

    private sealed record ValueDomain(string Place, Step[] Path, IReadOnlyList<string> Tables, string Strictness);

    /// <param name="Extension">The end of an extension's URL, or null for an element.</param>
    private readonly record struct Step(int NameId, string? Extension)
    {
        private const string ExtensionStart = "extension(";

        public static Step Parse(string text) => text.StartsWith(ExtensionStart, StringComparison.Ordinal)
            ? new(R4.Facts.NameId("extension"), text[ExtensionStart.Length..^1])
            : new(R4.Facts.NameId(text), null);
    }
}
