namespace Kangqiao.Codes;

/// <summary>
/// The medical insurance editions of ICD-10 and ICD-9-CM-3. The tables list codes only; the groups above them follow from the codes:
/// chapter (by range), category A00, subcategory A00.0, code A00.000, extension A00.000x001; 00, 00.0, 00.01, 00.0100, 00.0100x001. "00" after a subcategory is the
/// subcategory itself and x stands where a category has none, so that A00.0 is named as A00.000 and A33 as A33.x00. A category that is
/// subdivided has no name in the tables and stays without.
/// </summary>
internal static class IcdMaking
{
    private const string Note = "医保版 codes; the edition number is not stated in the source. Codes of other editions (国临版) share the OID and are not listed. "
        + "Groups above the listed codes were added from the codes: chapters, which are not selectable, and those with the property level, which the insurance edition does not list.";

    // ICD-10 chapters, WHO volume 1; Chinese names as in GB/T 14396-2016.
    private static readonly (string From, string To, string Name)[] DiseaseChapters =
    [
        ("A00", "B99", "某些传染病和寄生虫病"), ("C00", "D48", "肿瘤"), ("D50", "D89", "血液及造血器官疾病和涉及免疫机制的某些疾患"),
        ("E00", "E90", "内分泌、营养和代谢疾病"), ("F00", "F99", "精神和行为障碍"), ("G00", "G99", "神经系统疾病"),
        ("H00", "H59", "眼和附器疾病"), ("H60", "H95", "耳和乳突疾病"), ("I00", "I99", "循环系统疾病"), ("J00", "J99", "呼吸系统疾病"),
        ("K00", "K93", "消化系统疾病"), ("L00", "L99", "皮肤和皮下组织疾病"), ("M00", "M99", "肌肉骨骼系统和结缔组织疾病"),
        ("N00", "N99", "泌尿生殖系统疾病"), ("O00", "O99", "妊娠、分娩和产褥期"), ("P00", "P96", "起源于围生期的某些情况"),
        ("Q00", "Q99", "先天性畸形、变形和染色体异常"), ("R00", "R99", "症状、体征和临床与实验室异常所见，不可归类在他处者"),
        ("S00", "T98", "损伤、中毒和外因的某些其他后果"), ("V01", "Y98", "疾病和死亡的外因"), ("Z00", "Z99", "影响健康状态和与保健机构接触的因素"),
        ("U00", "U99", "用于特殊目的的编码"),
    ];

    // ICD-9-CM volume 3 chapters.
    private static readonly (string From, string To, string Name)[] ProcedureChapters =
    [
        ("00", "00", "操作和介入，不能分类于他处者"), ("01", "05", "神经系统手术"), ("06", "07", "内分泌系统手术"), ("08", "16", "眼的手术"),
        ("17", "17", "其他各类诊断性和治疗性操作"), ("18", "20", "耳部手术"), ("21", "29", "鼻、口和咽手术"), ("30", "34", "呼吸系统手术"),
        ("35", "39", "心血管系统手术"), ("40", "41", "血液和淋巴系统手术"), ("42", "54", "消化系统手术"), ("55", "59", "泌尿系统手术"),
        ("60", "64", "男性生殖器官手术"), ("65", "71", "女性生殖器官手术"), ("72", "75", "产科操作"), ("76", "84", "肌肉骨骼系统手术"),
        ("85", "86", "体被系统手术"), ("87", "99", "各种诊断性和治疗性操作"),
    ];

    public static CodeSystemDraft Diseases(string csv)
    {
        var system = Make("ICD10-CN-insurance", "urn:oid:2.16.156.10011.2.3.3.11", "疾病诊断分类与代码 ICD-10 (医保版)", csv, DiseaseChapters, [3, 5]);
        system.Properties.Add(("asterisk", "string", "星号编码 (manifestation code of a dagger code)"));
        foreach (var concept in system.All())
        {
            var plus = concept.Code.IndexOf('+', StringComparison.Ordinal);
            if (plus > 0)
            {
                concept.Properties.Add(("asterisk", concept.Code[(plus + 1)..].TrimEnd('*')));
            }
        }

        return system;
    }

    public static CodeSystemDraft Procedures(string csv) =>
        Make("ICD9CM3-CN-insurance", "urn:oid:2.16.156.10011.2.3.3.12", "手术操作分类与代码 ICD-9-CM-3 (医保版)", csv, ProcedureChapters, [2, 4, 5]);

    private static CodeSystemDraft Make(string id, string url, string title, string csv, (string From, string To, string Name)[] chapters, int[] groupLengths)
    {
        var rows = File.ReadLines(csv).Skip(1).Select(Row).ToDictionary(r => r.Code, r => r.Display, StringComparer.Ordinal);
        var parents = new Dictionary<string, string?>(StringComparer.Ordinal);
        var groups = new HashSet<string>(StringComparer.Ordinal);
        foreach (var code in rows.Keys)
        {
            var category = code[..groupLengths[0]];
            var chapter = chapters.First(c => string.CompareOrdinal(c.From, category) <= 0 && string.CompareOrdinal(category, c.To) <= 0);
            var parent = $"{chapter.From}-{chapter.To}";
            parents.TryAdd(parent, null);
            groups.Add(parent);
            foreach (var group in groupLengths.Where(l => code[l - 1] != 'x').Select(l => code[..l]))
            {
                groups.Add(group);
                parents.TryAdd(group, parent);
                parent = group;
            }

            parents[code] = Base(code, groupLengths[^1], rows) ?? parent;
        }

        var names = chapters.ToDictionary(c => $"{c.From}-{c.To}", c => c.Name, StringComparer.Ordinal);
        List<ConceptDraft> flat =
        [
            .. groups.Select(g => names.TryGetValue(g, out var name) ? new ConceptDraft(g, name) { IsAbstract = true } : Group(g, rows, groupLengths)),
            .. rows.Select(r => new ConceptDraft(r.Key, r.Value)),
        ];
        flat.Sort((a, b) => string.CompareOrdinal(a.Code, b.Code));
        var system = new CodeSystemDraft(id, url, title, $"{Path.GetFileName(csv)} ({rows.Count} codes of the medical insurance edition)")
        {
            Version = "医保版",
            Publisher = "国家医疗保障局",
            Note = Note,
            IsComplete = false,
            Concepts = Grouping.Nest(flat, c => parents[c.Code]),
        };
        system.Aliases.Add(id);
        system.Properties.Add(("level", "string", "category or subcategory: a group that the edition does not list as a code"));
        return system;
    }

    // A00.000 stands above A00.000x001, 00.0100 above 00.0100x001, A01.000 above A01.000x005+J17.0*, if the table has them.
    private static string? Base(string code, int longestGroup, Dictionary<string, string> rows)
    {
        for (var length = code.Length - 1; length > longestGroup; length--)
        {
            if (code[length] is 'x' or '+' && rows.ContainsKey(code[..length]))
            {
                return code[..length];
            }
        }

        return null;
    }

    private static ConceptDraft Group(string code, Dictionary<string, string> rows, int[] groupLengths)
    {
        var group = new ConceptDraft(code, NameOf(code, rows));
        group.Properties.Add(("level", code.Length == groupLengths[0] ? "category" : "subcategory"));
        return group;
    }

    private static string? NameOf(string group, Dictionary<string, string> rows) =>
        rows.GetValueOrDefault(group + "00") ?? rows.GetValueOrDefault(group + ".x00") ?? rows.GetValueOrDefault(group + "x00");

    private static (string Code, string Display) Row(string line)
    {
        var comma = line.IndexOf(',', StringComparison.Ordinal);
        var display = line[(comma + 1)..];
        return (line[..comma], display.StartsWith('"') ? display[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : display);
    }
}
