using System.Text;
using Kangqiao.Ingest.Csv.Content;

namespace Kangqiao.Ingest.Tests.Csv;

/// <summary>docs/integrators/datasets.md is what a hospital's programmer writes a file by. Run with KANGQIAO_ACCEPT=1 to write it anew.</summary>
public sealed class DatasetPagesTests
{
    private static readonly string Page = Path.Combine(TheDatasets.Root, "docs", "integrators", "datasets.md");

    [Fact]
    public void Every_data_set_is_described_to_integrators_as_it_is()
    {
        var due = Write();
        if (Environment.GetEnvironmentVariable("KANGQIAO_ACCEPT") == "1")
        {
            File.WriteAllText(Page, due);
        }

        File.ReadAllText(Page).ShouldBe(due);
    }

    private static string Write()
    {
        var page = new StringBuilder()
            .AppendLine("# Data sets 数据集")
            .AppendLine()
            .AppendLine("What `POST /door/csv/NAME` takes, generated from `content/datasets`. How files are written: [csv.md](csv.md).")
            .AppendLine("列名可用英文名、中文名称、别名或数据元标识符。必填列标“是”；键列用于识别同一条记录。")
            .AppendLine("来源标记：L 法规，F 公开资料，S 项目种子文件，K 编写者所知（未核对原文），P 平台自拟。")
            .AppendLine()
            .AppendLine("| 领域 | 数据集 | 名称 | 资源 |")
            .AppendLine("|---|---|---|---|");
        foreach (var domain in DatasetReader.Domains)
        {
            foreach (var dataset in TheDatasets.Content.All.Where(d => d.Domain == domain))
            {
                page.AppendLine($"| {domain} | [{dataset.Name}](#{dataset.Name}) | {dataset.Title} | {Resources(dataset)} |");
            }
        }

        foreach (var dataset in TheDatasets.Content.All)
        {
            Write(page, dataset);
        }

        return page.ToString();
    }

    private static void Write(StringBuilder page, Dataset dataset)
    {
        page.AppendLine().Append("## ").AppendLine(dataset.Name).AppendLine()
            .Append("**").Append(dataset.Title).Append("** · ").Append(dataset.Domain).Append(" · ")
            .AppendJoin("；", dataset.Sources.Select(s => s.Standard + (s.Clause is null ? "" : "，" + s.Clause) + $"（{s.Mark}）")).AppendLine().AppendLine();
        // The first line of the README is the title.
        page.AppendLine(string.Join('\n', File.ReadAllLines(Path.Combine(TheDatasets.Folder, dataset.Name, "README.md")).Skip(2)).Trim()).AppendLine()
            .AppendLine($"键：{string.Join("、", dataset.Key.Select(k => $"`{k}`"))}。").AppendLine()
            .AppendLine("| 列 | 中文名称 | 数据元 | 类型 | 必填 | 值域 | 示例 |")
            .AppendLine("|---|---|---|---|---|---|---|");
        foreach (var column in dataset.Columns)
        {
            var other = column.Aliases.Count == 0 ? "" : $"（{string.Join("、", column.Aliases)}）";
            page.AppendLine($"| {column.Name} | {Cell(column.Title + other)} | {column.Element} | {Kind(column)} | {(column.IsRequired ? "是" : "")} | {Cell(Domain(column))} | {Cell(column.Example ?? "")} |");
        }
    }

    private static string Resources(Dataset dataset) =>
        string.Join(", ", dataset.Records.Where(r => r is { Body: not null, IsMention: false }).Select(r => r.Type).Distinct());

    private static string Kind(Column column) => column.Kind switch
    {
        ColumnKind.Text => "文字" + (column.Length is { } length ? $" {length}" : ""),
        ColumnKind.Number => "证件号",
        ColumnKind.Code => "代码",
        ColumnKind.Date => "日期",
        ColumnKind.Moment => "日期时间",
        ColumnKind.Time => "时间",
        ColumnKind.Integer => "整数" + Unit(column),
        ColumnKind.Decimal => "数值" + Unit(column),
        ColumnKind.Result => "数值或文字",
        _ => "是否（1、0）",
    };

    private static string Unit(Column column) => column.Unit is { } unit ? $"（{unit}）" : "";

    private static string Domain(Column column)
    {
        var bounds = (column.Least, column.Most) switch
        {
            (null, null) => "",
            (_, null) => $"≥ {column.Least}",
            (null, _) => $"≤ {column.Most}",
            _ => $"{column.Least} 至 {column.Most}",
        };
        var codes = column.Tables.Count == 0 ? column.System is null ? "" : column.System.StartsWith("local:", StringComparison.Ordinal) ? "机构代码" : column.System
            : column.Tables[0].Name == column.Name ? column.Tables[0].Named
            : string.Join("、", column.Tables.Select(t => $"{t.Name} {t.Title}"));
        return string.Join("；", new[] { codes, bounds, column.Remark ?? "" }.Where(t => t.Length > 0));
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
