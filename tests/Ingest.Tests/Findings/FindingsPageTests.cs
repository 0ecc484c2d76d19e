using System.Globalization;
using System.Reflection;
using System.Text;
using Kangqiao.Fhir.Findings;
using Kangqiao.Standard;
using Kangqiao.Standard.Rules;

namespace Kangqiao.Ingest.Tests.Findings;

/// <summary>
/// docs/integrators/findings.md is what a hospital's programmer looks a code up in. Run with KANGQIAO_ACCEPT=1 to write it anew.
/// </summary>
public sealed class FindingsPageTests
{
    private static readonly (string Prefix, string Title)[] Chapters =
    [
        ("FHR0", "Reading: is it a FHIR resource at all? 读取"),
        ("FHR1", "Content 内容"),
        ("FHR2", "Codes 代码"),
        ("FHR3", "Invariants of the specification 规范约束"),
        ("FHR4", "Profiles and extensions 规范集与扩展"),
        ("FHR5", "References and bundles 引用与数据包"),
        ("STD", "National and city standard: real name, plausibility, references 国家与本市标准：实名、合理性、引用"),
        ("DOR", "The door 数据入口"),
        ("FIN", "FHIR as it is sent 以 FHIR 发送"),
        ("HL7", "HL7 v2"),
        ("CDA", "Shared documents (CDA R2) 共享文档"),
        ("CSV", "Data sets as CSV 数据集 CSV"),
    ];

    private static readonly string Page = Path.Combine(FindRoot(), "docs", "integrators", "findings.md");

    [Fact]
    public void Every_code_is_explained_to_integrators_in_both_languages()
    {
        var expected = Write();
        if (Environment.GetEnvironmentVariable("KANGQIAO_ACCEPT") == "1")
        {
            File.WriteAllText(Page, expected);
        }

        File.ReadAllText(Page).ShouldBe(expected);
    }

    [Fact]
    public void No_code_means_two_things() => Kinds().Select(k => k.Code).ShouldBeUnique();

    [Fact]
    public void Every_code_belongs_to_a_chapter() =>
        Kinds().ShouldAllBe(k => Chapters.Any(c => k.Code.StartsWith(c.Prefix, StringComparison.Ordinal)));

    [Fact]
    public void Every_text_can_be_filled_in_and_the_Chinese_one_is_Chinese()
    {
        var particulars = Enumerable.Range(0, 8).Select(i => i.ToString(CultureInfo.InvariantCulture)).ToArray();
        foreach (var kind in Kinds())
        {
            var finding = new Finding(kind, kind.Severity, "", particulars, 0, 0);
            finding.English.ShouldNotContain("{");
            finding.Chinese.ShouldNotContain("{");
            finding.Chinese.Any(c => c >= '\u4e00').ShouldBeTrue(kind.Code);
        }
    }

    private static string Write()
    {
        var page = new StringBuilder()
            .AppendLine("# Findings")
            .AppendLine()
            .AppendLine("Every code that `validate` and the server can answer with. Codes are stable: they never change their meaning.")
            .AppendLine("`…` stands for the particulars of the record at hand. 每个代码含义固定，不会更改；“…”处为具体内容。");
        foreach (var (prefix, title) in Chapters)
        {
            page.AppendLine().Append("## ").AppendLine(title).AppendLine()
                .AppendLine("| code | severity | issue type | what is wrong, and what to do | 问题与处理 |")
                .AppendLine("|---|---|---|---|---|");
            foreach (var kind in Kinds().Where(k => k.Code.StartsWith(prefix, StringComparison.Ordinal)))
            {
                page.AppendLine($"| {kind.Code} | {kind.Severity.ToString().ToLowerInvariant()} | {kind.IssueType} | {Cell(kind.English)} | {Cell(kind.Chinese)} |");
            }
        }

        return page.ToString();
    }

    private static string Cell(string text)
    {
        for (var i = 0; i < 8; i++)
        {
            text = text.Replace($"{{{i}}}", "…", StringComparison.Ordinal);
        }

        return text.Replace("……", "…", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal);
    }

    private static FindingKind[] Kinds() =>
    [
        .. ((Assembly[])[typeof(FindingKind).Assembly, typeof(StandardFindings).Assembly, typeof(Door).Assembly])
            .SelectMany(a => a.GetTypes())
            .Where(t => !t.ContainsGenericParameters)
            .SelectMany(t => t.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(f => f.FieldType == typeof(FindingKind))
            .Select(f => (FindingKind)f.GetValue(null)!)
            .Concat(PlausibilityRules.Load(Path.Combine(Project, "content", "rules", "plausibility")).Value.Kinds)
            .OrderBy(k => k.Code, StringComparer.Ordinal),
    ];

    private static string Project { get; } = FindRoot();

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Kangqiao.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("Kangqiao.slnx is in no folder above the tests.");
    }
}
