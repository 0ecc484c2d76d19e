namespace Kangqiao.Codes;

/// <summary>From the fact tables to code systems. What is particular to one table stands here, once.</summary>
internal static class TableMaking
{
    private const string Oid = "urn:oid:";
    private const string Regions = "GBT2260";

    // Codes of fixed length whose groups end in zeros.
    private static readonly HashSet<string> ZeroGrouped = ["GBT12402", "GBT12404", "GBT4658", "GBT2261.2"];

    // Tables whose own notes say that codes in use are missing from them.
    private static readonly HashSet<string> Partial = ["DEPT-diagnosis-subjects"];

    // Made by hand below, or contained in another table.
    private static readonly HashSet<string> Apart =
    [
        "GBT2260-full", "GBT2260-four-cities", "GBT2260-four-cities-retired", "GBT10114-streets-four-cities", "GBT4761-1digit", "GBT4761-2digit",
        "GBT2659", "GB3304", "DEPT-diagnosis-subjects",
    ];

    public static IEnumerable<CodeSystemDraft> Make(string folder)
    {
        // RULE-, KPI- and _ files hold rules, indicators and references; they are no code tables (the two document lists and
        // the data elements below excepted).
        foreach (var path in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            var id = Path.GetFileNameWithoutExtension(path);
            if (id.StartsWith("CV", StringComparison.Ordinal) || id.StartsWith("GB", StringComparison.Ordinal)
                || id.StartsWith("WS", StringComparison.Ordinal) || id.StartsWith("ORG-", StringComparison.Ordinal)
                || id.StartsWith("BAZY-", StringComparison.Ordinal))
            {
                if (!Apart.Contains(id))
                {
                    yield return Plain(SourceTable.Read(folder, id));
                }
            }
        }

        yield return Departments(SourceTable.Read(folder, "DEPT-diagnosis-subjects"));
        yield return EthnicGroups(SourceTable.Read(folder, "GB3304"));
        yield return Countries(SourceTable.Read(folder, "GBT2659"));
        yield return IsoCountries(SourceTable.Read(folder, "GBT2659"));
        yield return Relations(SourceTable.Read(folder, "GBT4761-1digit"), SourceTable.Read(folder, "GBT4761-2digit"));
        yield return RegionTable(SourceTable.Read(folder, "GBT2260-full"), SourceTable.Read(folder, "GBT2260-four-cities-retired"));
        yield return Streets(SourceTable.Read(folder, "GBT2260-full"), SourceTable.Read(folder, "GBT10114-streets-four-cities"));
        yield return DataElements(folder);
        yield return Documents(folder);
        yield return IcdMaking.Diseases(Path.Combine(folder, "icd10-medical-insurance.csv"));
        yield return IcdMaking.Procedures(Path.Combine(folder, "icd9cm3-medical-insurance.csv"));
    }

    private static CodeSystemDraft Plain(SourceTable table)
    {
        var drafts = table.Drafts();
        var codes = drafts.Select(d => d.Code).ToHashSet(StringComparer.Ordinal);
        var byZeros = ZeroGrouped.Contains(table.Id);
        return Draft(table) with
        {
            Concepts = Grouping.Nest(drafts, c => byZeros ? Grouping.ByTrailingZeros(c.Code, codes) : Grouping.ByPrefix(c.Code, codes)),
        };
    }

    private static CodeSystemDraft Draft(SourceTable table, string? id = null)
    {
        id ??= table.Id;
        var isOid = table.System.StartsWith(Oid, StringComparison.Ordinal) && !table.System.Contains('/', StringComparison.Ordinal);
        var note = table.Note;
        if (table.OidStatus == "derived-by-sequence")
        {
            note = $"{note} The OID was derived from the table's place in the sequence, not seen in a source.".TrimStart();
        }

        var draft = new CodeSystemDraft(id, isOid ? table.System : $"{CodeSystemFile.Root}CodeSystem/{id}", table.Title, table.Source)
        {
            Version = table.Version,
            Publisher = Publisher(table),
            Note = note,
            IsComplete = table.IsComplete && !Partial.Contains(table.Id),
        };
        draft.Aliases.Add(id);
        if (!isOid && table.System != id)
        {
            draft.Aliases.Add(table.System);
        }

        return draft;
    }

    private static string? Publisher(SourceTable table) => table.Id switch
    {
        ['C', 'V', ..] or ['W', 'S', ..] or ['B', 'A', 'Z', 'Y', ..] or ['D', 'E', 'P', 'T', ..] => "国家卫生健康委员会",
        ['G', 'B', 'T', '1', '0', '1', '1', '4', ..] or ['G', 'B', 'T', '2', '2', '6', '0', ..] => "国家统计局",
        ['G', 'B', ..] => "国家标准化管理委员会",
        _ => null,
    };

    private static CodeSystemDraft Departments(SourceTable table)
    {
        var parents = table.Concepts.ToDictionary(c => SourceTable.Text(c, "code")!, c => SourceTable.Text(c, "parent"), StringComparer.Ordinal);
        return Draft(table) with { Concepts = Grouping.Nest(table.Drafts(), c => parents[c.Code]) };
    }

    private static CodeSystemDraft EthnicGroups(SourceTable table)
    {
        var draft = Draft(table) with { Concepts = table.Drafts() };
        draft.Properties.Add(("alpha", "string", "字母代码 (two-letter code)"));
        foreach (var (concept, source) in draft.Concepts.Zip(table.Concepts))
        {
            concept.Properties.Add(("alpha", SourceTable.Text(source, "alpha")!));
        }

        return draft;
    }

    private static CodeSystemDraft Countries(SourceTable table)
    {
        var draft = Draft(table) with { Concepts = table.Drafts() };
        draft.Properties.Add(("numeric", "string", "数字代码 (ISO 3166-1 numeric)"));
        draft.Properties.Add(("alpha2", "string", "两字母代码 (ISO 3166-1 alpha-2)"));
        foreach (var (concept, source) in draft.Concepts.Zip(table.Concepts))
        {
            concept.Properties.Add(("numeric", SourceTable.Text(source, "numeric")!));
            concept.Properties.Add(("alpha2", SourceTable.Text(source, "alpha2")!));
        }

        return draft;
    }

    // terminologies-systems.html: ISO 3166 part 1 is urn:iso:std:iso:3166, with two-letter, three-letter and numeric codes alike.
    private static CodeSystemDraft IsoCountries(SourceTable table) =>
        new("iso3166", "urn:iso:std:iso:3166", "ISO 3166-1 国家和地区代码", table.Source)
        {
            Publisher = "ISO",
            Note = "Two-letter, three-letter and numeric codes with Chinese short names. Parts 2 and 3 are not here.",
            IsComplete = false,
            Concepts =
            [
                .. new[] { "alpha2", "code", "numeric" }.SelectMany(form => table.Concepts
                    .Select(c => new ConceptDraft(SourceTable.Text(c, form)!, SourceTable.Text(c, "display")))
                    .OrderBy(c => c.Code, StringComparer.Ordinal)),
            ],
        };

    // One standard, one OID: the one-digit codes are the groups of the two-digit ones.
    private static CodeSystemDraft Relations(SourceTable groups, SourceTable relations)
    {
        List<ConceptDraft> flat = [.. groups.Drafts(), .. relations.Drafts()];
        var codes = flat.Select(c => c.Code).ToHashSet(StringComparer.Ordinal);
        var draft = Draft(relations, "GBT4761") with
        {
            Title = "家庭关系代码 GB/T 4761-2008 (1位和2位代码)",
            Concepts = Grouping.Nest(flat, c => Grouping.ByPrefix(c.Code, codes)),
        };
        return draft;
    }

    private static CodeSystemDraft RegionTable(SourceTable current, SourceTable retired)
    {
        var levels = current.Concepts.ToDictionary(c => SourceTable.Text(c, "code")!, c => SourceTable.Text(c, "level"), StringComparer.Ordinal);
        var parents = current.Concepts.ToDictionary(c => SourceTable.Text(c, "code")!, c => SourceTable.Text(c, "parent"), StringComparer.Ordinal);
        var drafts = current.Drafts();
        foreach (var concept in retired.Drafts())
        {
            // Some lost their prefecture too (512900 is 511300 today): these lie under the province.
            var prefecture = concept.Code[..4] + "00";
            if (parents.TryAdd(concept.Code, parents.ContainsKey(prefecture) && prefecture != concept.Code ? prefecture : concept.Code[..2] + "0000"))
            {
                levels[concept.Code] = "county";
                drafts.Add(new ConceptDraft(concept.Code, concept.Display) { IsInactive = true });
            }
        }

        drafts.Sort((a, b) => string.CompareOrdinal(a.Code, b.Code));
        foreach (var concept in drafts)
        {
            concept.Properties.Add(("level", levels[concept.Code]!));
        }

        var draft = Draft(current, Regions) with
        {
            Version = "2023",
            IsComplete = false,
            Concepts = Grouping.Nest(drafts, c => parents[c.Code]),
        };
        draft.Properties.Add(("level", "string", "province, city or county"));
        return draft;
    }

    // The streets' own table names counties of GB/T 2260 as parents: these and what is above them stand in it as groups.
    private static CodeSystemDraft Streets(SourceTable regions, SourceTable streets)
    {
        var names = regions.Drafts().ToDictionary(c => c.Code, c => c.Display, StringComparer.Ordinal);
        var parents = regions.Concepts.ToDictionary(c => SourceTable.Text(c, "code")!, c => SourceTable.Text(c, "parent"), StringComparer.Ordinal);
        var groups = new HashSet<string>(StringComparer.Ordinal);
        foreach (var street in streets.Concepts)
        {
            var code = SourceTable.Text(street, "code")!;
            parents[code] = SourceTable.Text(street, "parent");
            for (var above = parents[code]; above is not null && groups.Add(above); above = parents[above])
            {
            }
        }

        List<ConceptDraft> flat =
        [
            .. groups.Order(StringComparer.Ordinal).Select(g => new ConceptDraft(g, names[g]) { IsAbstract = true }),
            .. streets.Drafts(),
        ];
        return Draft(streets, "GBT10114") with
        {
            Version = "2023",
            IsComplete = false,
            Concepts = Grouping.Nest(flat, c => parents[c.Code]),
        };
    }

    private static CodeSystemDraft DataElements(string folder)
    {
        var json = SourceTable.Json(folder, "_ws363-data-elements");
        var draft = new CodeSystemDraft("WS363", SourceTable.Text(json, "system")!, SourceTable.Text(json, "title")!, SourceTable.Text(json, "source")!)
        {
            Version = "WS 363-2011",
            Publisher = "国家卫生健康委员会",
            IsComplete = false,
            Concepts = [.. json.GetProperty("elements").EnumerateArray().Select(e =>
            {
                var concept = new ConceptDraft(SourceTable.Text(e, "id")!, SourceTable.Text(e, "name")) { Definition = SourceTable.Text(e, "definition") };
                foreach (var property in new[] { "type", "format", "unit", "valueTable" })
                {
                    if (SourceTable.Text(e, property) is { Length: > 0 } value)
                    {
                        concept.Properties.Add((property, value));
                    }
                }

                return concept;
            })],
        };
        draft.Aliases.Add("WS363");
        draft.Properties.AddRange(
        [
            ("type", "string", "数据类型: S1 字符, S2 枚举, S3 代码表, L 布尔, N 数值, D 日期, DT 日期时间, T 时间, BY 二进制"),
            ("format", "string", "表示格式"),
            ("unit", "string", "计量单位"),
            ("valueTable", "string", "值域代码表"),
        ]);
        return draft;
    }

    private static CodeSystemDraft Documents(string folder)
    {
        var records = SourceTable.Json(folder, "_ws500-documents");
        var archives = SourceTable.Json(folder, "_ws483-documents");
        var draft = new CodeSystemDraft(
            "health-documents",
            "urn:oid:2.16.156.10011.2.4",
            "卫生信息共享文档规范编码体系 (WS/T 483-2016, WS/T 500-2016)",
            $"{SourceTable.Text(records, "source")}; {SourceTable.Text(archives, "source")}")
        {
            Version = "2016",
            Publisher = "国家卫生健康委员会",
            IsComplete = false,
            Concepts = [.. new[] { archives, records }.SelectMany(list => list.GetProperty("documents").EnumerateArray()).Select(d =>
            {
                var concept = new ConceptDraft(SourceTable.Text(d, "code")!, SourceTable.Text(d, "title"));
                concept.Properties.Add(("templateId", SourceTable.Text(d, "templateId")!));
                return concept;
            })],
        };
        draft.Aliases.Add("health-documents");
        draft.Properties.Add(("templateId", "string", "CDA template OID"));
        return draft;
    }
}
