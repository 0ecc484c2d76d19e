using System.Text;
using System.Text.Json;
using Kangqiao.Codes;
using Kangqiao.Fhir.Codes;
using Kangqiao.Terminology.Operations;

namespace Kangqiao.Terminology.Tests;

public sealed class TerminologyContentTests
{
    [Fact]
    public void Every_code_of_every_table_is_found_and_is_valid_under_its_system()
    {
        var codes = 0;
        foreach (var table in Loaded.Content.Tables)
        {
            for (var i = 0; i < table.Count; i++)
            {
                var verdict = Loaded.Service.ValidateCode(new ValidateCodeRequest([new Coding(table.Url, table.Codes.Text(i), table.Display(i), table.Version)])).Value;
                verdict.Result.ShouldBe(!table.IsAbstract(i), $"{table.Url} {table.Codes.Text(i)}");
                Loaded.Service.IsDefined(Encoding.UTF8.GetBytes(table.Url), table.Codes[i]).ShouldBe(Membership.Member);
                codes++;
            }
        }

        Loaded.Content.Tables.Count.ShouldBe(169);
        codes.ShouldBeGreaterThan(70_000);
    }

    [Fact]
    public void The_fact_tables_beside_the_project_are_all_in_the_content_with_every_code_and_name()
    {
        Assert.SkipUnless(Loaded.Tables is not null, "The fact tables are not beside the project.");
        var tables = 0;
        foreach (var path in Directory.EnumerateFiles(Loaded.Tables!, "*.json"))
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            var id = Path.GetFileNameWithoutExtension(path);
            if (id.StartsWith("RULE-", StringComparison.Ordinal) || json.RootElement.ValueKind != JsonValueKind.Object
                || !json.RootElement.TryGetProperty("concepts", out var concepts))
            {
                continue;
            }

            tables++;
            var system = json.RootElement.GetProperty("system").GetString()!;
            foreach (var concept in concepts.EnumerateArray())
            {
                var code = concept.GetProperty("code").GetString()!;
                var name = concept.GetProperty("display").GetString()!;
                var known = Loaded.Content.System(system)!.Tables.Any(t => t.Find(code) is >= 0 and var at && t.Display(at) == name);
                known.ShouldBeTrue($"{id} {code} {name}");
            }
        }

        tables.ShouldBeGreaterThan(160);
    }

    [Fact]
    public void Making_the_content_again_gives_the_same_files()
    {
        Assert.SkipUnless(Loaded.Tables is not null, "The fact tables are not beside the project.");

        ContentFolder.Check(Path.Combine(Loaded.Root, "content", "terminology"), ContentFolder.Make(Loaded.Tables!)).ShouldBe(0);
    }

    [Theory]
    [InlineData("icd10-medical-insurance.csv", Loaded.Icd10, 33304)]
    [InlineData("icd9cm3-medical-insurance.csv", Loaded.Icd9, 13686)]
    public void Every_line_of_the_insurance_editions_is_in_the_content(string file, string system, int lines)
    {
        Assert.SkipUnless(Loaded.Tables is not null, "The fact tables are not beside the project.");
        var table = Loaded.Content.Table(system, null)!;
        var count = 0;
        foreach (var line in File.ReadLines(Path.Combine(Loaded.Tables!, file)).Skip(1))
        {
            var comma = line.IndexOf(',', StringComparison.Ordinal);
            var at = table.Find(line[..comma]);
            at.ShouldBeGreaterThanOrEqualTo(0, line);
            var name = line[(comma + 1)..].Trim('"').Replace("\"\"", "\"", StringComparison.Ordinal);
            table.Display(at).ShouldBe(name);
            count++;
        }

        count.ShouldBe(lines);
    }

    [Fact]
    public void A_file_that_is_wrong_is_named_with_its_place()
    {
        var builder = new TerminologyBuilder();

        var problem = builder.Add("""{"resourceType": "CodeSystem", "status": "active", "content": "complete", "colour": "red"}"""u8.ToArray(), "bad.json").Problem;

        problem!.Code.ShouldBe("TRM013");
        problem.Message.ShouldStartWith("bad.json: ");
        problem.Message.ShouldContain("colour");
    }

    [Fact]
    public void A_system_answers_to_its_table_name_and_to_the_name_the_standard_gives_it()
    {
        Loaded.Content.System("CV02.01.101")!.Url.ShouldBe("urn:oid:2.16.156.10011.2.3.1.1");
        Loaded.Content.System("urn:oid:GB/T2260")!.Newest.Title!.ShouldContain("行政区划");
        Loaded.Content.System("WS 218-2002")!.Newest.Find("A100").ShouldBeGreaterThanOrEqualTo(0);
    }
}
