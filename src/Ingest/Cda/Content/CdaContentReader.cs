using Kangqiao.Ingest.Cda.Entries;
using Kangqiao.Ingest.Cda.Reading;
using Kangqiao.Kernel;

namespace Kangqiao.Ingest.Cda.Content;

/// <summary>Reads the tables of content/mappings/cda: lines of fields parted by tabs, '#' for a remark.</summary>
internal sealed class CdaContentReader(string folder)
{
    public List<CdaDocumentType> Types { get; } = [];

    public List<(string Element, CdaRule Rule)> Common { get; } = [];

    public Dictionary<string, List<(string Element, CdaRule Rule)>> Special { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Systems { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Units { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Roles { get; } = new(StringComparer.Ordinal);

    public Problem? Read()
    {
        var problem = Table("elements.tsv", 3, fields => AddRule(Common, fields[0], fields[2], fields[1], fields.ElementAtOrDefault(3) ?? ""))
            ?? Table("systems.tsv", 2, fields => Put(Systems, fields))
            ?? Table("units.tsv", 2, fields => Put(Units, fields))
            ?? Table("sections.tsv", 2, fields => Put(Roles, fields));
        if (problem is not null)
        {
            return problem;
        }

        var documents = Path.Combine(folder, "documents");
        if (!Directory.Exists(documents))
        {
            return Wrong("documents", 0, "the folder is missing");
        }

        foreach (var path in Directory.EnumerateFiles(documents, "*.tsv").Order(StringComparer.Ordinal))
        {
            if (Document(Path.Combine("documents", Path.GetFileName(path))) is { } wrong)
            {
                return wrong;
            }
        }

        return null;
    }

    private Problem? Document(string name)
    {
        var type = new CdaDocumentType("", "", "");
        var sections = new List<CdaDocumentSection>();
        var elements = new List<CdaDocumentElement>();
        var rules = new List<(string, CdaRule)>();
        var problem = Table(name, 2, fields =>
        {
            switch (fields[0])
            {
                case "code":
                    type = type with { Code = fields[1] };
                    return null;
                case "title":
                    type = type with { Title = fields[1] };
                    return null;
                case "template":
                    type = type with { Template = fields[1] };
                    return null;
                case "encounter":
                    type = type with { EncounterClass = fields[1] };
                    return fields[1] is "AMB" or "EMER" or "IMP" ? null : "encounter is AMB, EMER or IMP";
                case "report":
                    type = type with { Report = fields[1] };
                    return fields[1] is "LAB" or "RAD" ? null : "report is LAB or RAD";
                case "request":
                    type = type with { Request = fields[1] };
                    return null;
                case "is":
                    type = fields[1] switch
                    {
                        "planned" => type with { IsPlanned = true },
                        "closing" => type with { ClosesEncounter = true },
                        "registration" => type with { RegistersPatient = true },
                        "herbal" => type with { IsHerbal = true },
                        _ => type,
                    };
                    return fields[1] is "planned" or "closing" or "registration" or "herbal" ? null : $"\"{fields[1]}\" is nothing a document can be";
                case "section":
                    sections.Add(new CdaDocumentSection(Blank(fields[1]), fields.ElementAtOrDefault(2) ?? ""));
                    return null;
                case "element":
                    return AddElement(elements, rules, fields);
                default:
                    return $"\"{fields[0]}\" begins no line of a document";
            }
        });
        if (problem is not null)
        {
            return problem;
        }

        if (type.Code.Length == 0 || type.Title.Length == 0 || type.Template.Length == 0)
        {
            return Wrong(name, 0, "code, title and template are needed");
        }

        Types.Add(type with { Sections = sections, Elements = elements });
        Special.Add(type.Code, rules);
        return null;
    }

    /// <summary>element, code, name, data type, table, unit, section, when, target, details.</summary>
    private static string? AddElement(List<CdaDocumentElement> elements, List<(string, CdaRule)> rules, string[] fields)
    {
        if (fields.Length < 4)
        {
            return "an element has at least a code, a name and a data type";
        }

        if (fields[3] is not ("CD" or "ST" or "PQ" or "BL" or "TS" or "INT" or "MO" or "ED"))
        {
            return $"{fields[3]} is no data type";
        }

        string? Field(int index) => fields.Length > index ? Blank(fields[index]) : null;
        elements.Add(new CdaDocumentElement(Field(6), fields[1], fields[2], fields[3], Field(4), Field(5)));
        return Field(8) is { } target ? AddRule(rules, fields[1], target, Field(7) ?? "", Field(9) ?? "") : null;
    }

    private static string? AddRule(List<(string, CdaRule)> rules, string element, string target, string when, string details)
    {
        var dot = target.IndexOf('.', StringComparison.Ordinal);
        var rule = dot < 0 ? new CdaRule(target, "value") : new CdaRule(target[..dot], target[(dot + 1)..]);
        if (!Drafts.IsKnown(rule.Kind))
        {
            return $"{target} is no target";
        }

        foreach (var condition in when.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = condition.Split(['=', '~'], 2);
            if (name.Length < 2)
            {
                return $"{condition} is no condition";
            }

            var value = ValueKind.None;
            switch (name[0])
            {
                case "name":
                    rule = rule with { NameHas = name[1].Split('|') };
                    break;
                case "section":
                    rule = rule with { Section = name[1] };
                    break;
                case "inside":
                    rule = rule with { Inside = name[1] };
                    break;
                case "value" when Enum.TryParse(name[1], ignoreCase: true, out value):
                    rule = rule with { Value = value };
                    break;
                default:
                    return $"{condition} is no condition";
            }
        }

        foreach (var detail in details.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = detail.Split('=', 2);
            var text = name.ElementAtOrDefault(1);
            switch (name[0])
            {
                case "loinc":
                    rule = rule with { Loinc = text };
                    break;
                case "ucum" when Kangqiao.Fhir.Units.Ucum.Parse(text) is not null:
                    rule = rule with { Ucum = text };
                    break;
                case "category":
                    rule = rule with { Category = text };
                    break;
                case "role":
                    rule = rule with { Role = text };
                    break;
                default:
                    return $"{detail} is no detail";
            }
        }

        rules.Add((element, rule));
        return null;
    }

    private static string? Put(Dictionary<string, string> table, string[] fields) =>
        table.TryAdd(fields[0], fields[1]) ? null : $"{fields[0]} stands twice";

    private static string? Blank(string field) => field.Length == 0 || field == "-" ? null : field;

    private Problem? Table(string name, int least, Func<string[], string?> take)
    {
        var path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            return Wrong(name, 0, "the file is missing");
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
            var fault = fields.Length < least ? $"at least {least} fields are needed" : take(fields);
            if (fault is not null)
            {
                return Wrong(name, number, fault);
            }
        }

        return null;
    }

    private static Problem Wrong(string name, int line, string fault) =>
        new("CDM001", ProblemKind.Invalid, $"content/mappings/cda/{name}, line {line}: {fault}.");
}
