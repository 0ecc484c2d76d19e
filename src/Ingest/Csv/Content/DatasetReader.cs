using System.Text.Json;
using System.Text.Json.Nodes;
using Kangqiao.Fhir.Facts;
using Kangqiao.Ingest.Csv.Templates;
using Kangqiao.Kernel;

namespace Kangqiao.Ingest.Csv.Content;

/// <summary>Reads content/datasets: a folder with its dataset.json for each data set, and parts.json with what many of them share.</summary>
internal sealed class DatasetReader(string folder, CodeTables tables)
{
    public static readonly string[] Domains =
        ["公共卫生", "计划生育", "健康服务", "医疗服务", "医疗保障", "药品供应", "医疗器械", "应急指挥", "健康管理", "综合管理"];

    private static readonly JsonDocumentOptions Lax = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public Outcome<CsvContent> Read()
    {
        var text = "";
        var path = Path.Combine(folder, "parts.json");
        try
        {
            text = File.ReadAllText(path);
            var parts = JsonNode.Parse(text, documentOptions: Lax)!.AsObject();
            var all = new List<Dataset>();
            foreach (var home in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
            {
                path = Path.Combine(home, "dataset.json");
                text = File.ReadAllText(path);
                all.Add(Compile(Path.GetFileName(home), JsonNode.Parse(text, documentOptions: Lax)!.AsObject(), parts));
            }

            return new CsvContent(all);
        }
        catch (TemplateException wrong)
        {
            return Wrong(path, LineOf(text, wrong.Near), wrong.Message);
        }
        catch (JsonException wrong)
        {
            return Wrong(path, (wrong.LineNumber ?? 0) + 1, "it is not JSON");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Wrong(path, 0, fault.Message);
        }
        catch (Exception fault) when (fault is InvalidOperationException or FormatException)
        {
            // JsonNode's way to say that a value is of another kind than it should be.
            return Wrong(path, 0, "a member is of another kind than it should be: " + fault.Message);
        }
    }

    private static Problem Wrong(string path, long line, string why) => new("CSV100", ProblemKind.Invalid, $"{path}, line {line}: {why}.");

    private static int LineOf(string text, string near)
    {
        var at = text.IndexOf(near, StringComparison.Ordinal);
        return at < 0 ? 1 : text.AsSpan(0, at).Count('\n') + 1;
    }

    private Dataset Compile(string name, JsonObject said, JsonObject parts)
    {
        foreach (var (member, _) in said)
        {
            if (member is not ("name" or "title" or "domain" or "sources" or "key" or "parts" or "said" or "void" or "source" or "columns" or "records"))
            {
                throw new TemplateException($"a data set has no '{member}'", $"\"{member}\"");
            }
        }

        var domain = said["domain"].Text("domain");
        if (said["name"]?.ToString() != name)
        {
            throw new TemplateException($"its name is not that of its folder, {name}", "\"name\"");
        }

        if (Array.IndexOf(Domains, domain) < 0)
        {
            throw new TemplateException($"'{domain}' is none of the ten domains", "\"domain\"");
        }

        var own = Expansion.Expand(said)!.AsObject();
        var shared = (own["parts"]?.AsArray() ?? []).Select(p => Expansion.Expand(parts[p.Text("parts")] ?? throw new TemplateException($"parts.json has no '{p}'", $"\"{p}\""))!.AsObject()).ToList();
        var columns = Columns(own, shared);
        var byName = columns.ToDictionary(c => c.Name, StringComparer.Ordinal);
        var records = Records(own, shared, byName);
        return new Dataset(name, columns, records)
        {
            Title = said["title"].Text("title"),
            Domain = domain,
            Sources = [.. said["sources"].Items("sources").Select(s => new DatasetSource(s?["standard"].Text("standard") ?? "", s?["clause"]?.ToString(), s?["mark"].Text("mark") ?? ""))],
            Key = [.. said["key"].Items("key").Select(k => Known(byName, k.Text("key")).Name)],
            SaidAt = said["said"] is { } at ? Known(byName, at.ToString()) : byName.GetValueOrDefault("updated_at"),
            Void = said["void"] is { } mark ? Known(byName, mark.ToString()) : byName.GetValueOrDefault("is_void"),
            Source = said["source"] is { } source ? Known(byName, source.ToString()) : null,
        };
    }

    private static Column Known(Dictionary<string, Column> columns, string name) =>
        columns.GetValueOrDefault(name) ?? throw new TemplateException($"'{name}' is no column of the data set", name);

    /// <summary>The data set's own, then those of its parts; one of its own stands for one of the same name there.</summary>
    private List<Column> Columns(JsonObject own, List<JsonObject> shared)
    {
        var all = own["columns"].Items("columns").Concat(shared.SelectMany(p => p["columns"]?.AsArray() ?? [])).Select(c => c!.AsObject());
        var columns = new List<Column>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var column in all)
        {
            if (names.Add(column["name"].Text("name")))
            {
                columns.Add(ColumnOf(columns.Count, column));
            }
        }

        return columns;
    }

    private Column ColumnOf(int index, JsonObject said)
    {
        var name = said["name"].Text("name");
        foreach (var (member, _) in said)
        {
            if (member is not ("name" or "title" or "aliases" or "element" or "type" or "length" or "required" or "values" or "spellings" or "system" or "closed" or "min" or "max" or "unit" or "example" or "remark"))
            {
                throw new TemplateException($"a column has no '{member}'", $"\"{name}\"");
            }
        }

        var kind = said["type"].Text("type") switch
        {
            "text" => ColumnKind.Text,
            "number" => ColumnKind.Number,
            "code" => ColumnKind.Code,
            "date" => ColumnKind.Date,
            "datetime" => ColumnKind.Moment,
            "time" => ColumnKind.Time,
            "integer" => ColumnKind.Integer,
            "decimal" => ColumnKind.Decimal,
            "result" => ColumnKind.Result,
            "boolean" => ColumnKind.Flag,
            var other => throw new TemplateException($"'{other}' is no type of a column", $"\"{name}\""),
        };
        if (kind == ColumnKind.Code && said["values"] is null && said["system"] is null)
        {
            throw new TemplateException($"the coded column '{name}' has neither values nor a system", $"\"{name}\"");
        }

        return new Column(index, name, said["title"].Text("title"), kind)
        {
            Aliases = [.. (said["aliases"]?.AsArray() ?? []).Select(a => a.Text("aliases"))],
            Element = said["element"]?.ToString(),
            Length = (int?)said["length"],
            IsRequired = (bool?)said["required"] == true,
            Tables = Tables(name, said["title"].Text("title"), said["values"], said["system"]?.ToString()),
            Spellings = (said["spellings"]?.AsObject() ?? []).ToDictionary(s => s.Key, s => s.Value.Text(s.Key), StringComparer.Ordinal),
            System = said["system"]?.ToString(),
            IsClosed = (bool?)said["closed"] == true,
            Least = (decimal?)said["min"],
            Most = (decimal?)said["max"],
            Unit = said["unit"]?.ToString(),
            Example = said["example"]?.ToString(),
            Remark = said["remark"]?.ToString(),
        };
    }

    /// <summary>A table, several editions of one, or the codes themselves.</summary>
    private List<CodeTable> Tables(string column, string title, JsonNode? values, string? system) => values switch
    {
        null => [],
        JsonObject codes => [new CodeTable(column, title, [.. codes.Select(c => new TableCode(system ?? "https://kangqiao.dev/fhir/CodeSystem/csv-" + column.Replace('_', '-'), null, c.Key, c.Value.Text(c.Key)))])],
        JsonArray several => [.. several.Select(v => Table(v.Text("values"), column))],
        _ => [Table(values.ToString(), column)],
    };

    private CodeTable Table(string name, string column) =>
        tables.Find(name) ?? throw new TemplateException($"there is no table {name} in content/terminology/codesystem", $"\"{column}\"");

    private static List<RecordTemplate> Records(JsonObject own, List<JsonObject> shared, Dictionary<string, Column> columns)
    {
        var all = own["records"].Items("records").Concat(shared.SelectMany(p => p["records"]?.AsArray() ?? [])).Select(r => r!.AsObject()).ToList();
        var byName = new Dictionary<string, RecordTemplate>(StringComparer.Ordinal);
        var bodies = new List<(RecordTemplate Record, JsonObject Body)>();
        var compiler = new TemplateCompiler(columns, byName);
        foreach (var said in all)
        {
            var name = said["name"].Text("name");
            if (byName.ContainsKey(name))
            {
                continue;
            }

            byName[name] = RecordOf(byName.Count, name, said, compiler);
            if (said["body"] is { } body)
            {
                bodies.Add((byName[name], body.AsObject()));
            }
        }

        foreach (var (record, body) in bodies)
        {
            record.Body = compiler.Resource(record.Type, body);
        }

        return [.. byName.Values];
    }

    private static RecordTemplate RecordOf(int index, string name, JsonObject said, TemplateCompiler compiler)
    {
        foreach (var (member, _) in said)
        {
            if (member is not ("name" or "type" or "key" or "when" or "needs" or "mention" or "amend" or "required" or "body"))
            {
                throw new TemplateException($"a record has no '{member}'", $"\"{name}\"");
            }
        }

        var type = said["type"].Text("type");
        if (R4.Facts.Type(type) is not { IsResource: true })
        {
            throw new TemplateException($"there is no resource {type}", $"\"{type}\"");
        }

        var keys = said["key"] is JsonArray several ? several.Select(k => k.Text("key")) : [said["key"].Text("key")];
        return new RecordTemplate(index, name, type, [.. keys.Select(compiler.Words)])
        {
            When = said["when"] is { } when ? compiler.Condition(when) : null,
            Needs = [.. (said["needs"]?.AsArray() ?? []).Select(n => compiler.Words(n.Text("needs")))],
            IsRequired = (bool?)said["required"] == true,
            IsMention = (bool?)said["mention"] == true,
            Amends = (bool?)said["amend"] == true,
        };
    }
}
