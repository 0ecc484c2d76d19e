using System.Diagnostics;
using System.Text;
using Kangqiao.Ingest.Tests.Cda;
using Kangqiao.Ingest.Tests.Http;

namespace Kangqiao.Ingest.Tests.Documents;

/// <summary>The lines that an integrator copies from the page are those that are run here, against a real server.</summary>
public sealed class TenMinutesTests
{
    private static readonly string Page = Path.Combine(TheFormat.Root, "docs", "integrators", "ten-minutes.md");

    [Fact]
    public async Task Every_line_of_the_page_works_as_it_stands()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/curl") && File.Exists("/bin/bash"), "curl or bash is not installed here.");
        await using var server = await DoorServer.StartAsync();
        using var hospital = server.Client("institution", "H001");
        var folder = Directory.CreateTempSubdirectory("kangqiao-ten-minutes-").FullName;
        try
        {
            var script = Path.Combine(folder, "page.sh");
            await File.WriteAllTextAsync(script, "set -euo pipefail\n" + Lines(), TestContext.Current.CancellationToken);
            var start = new ProcessStartInfo("/bin/bash") { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
            start.ArgumentList.Add("-x");
            start.ArgumentList.Add(script);
            start.Environment["BASE"] = server.Url.ToString().TrimEnd('/');
            start.Environment["TOKEN"] = hospital.DefaultRequestHeaders.Authorization!.Parameter;
            using var bash = Process.Start(start)!;
            var (output, said) = (bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), bash.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
            await bash.WaitForExitAsync(TestContext.Current.CancellationToken);

            bash.ExitCode.ShouldBe(0, $"{await output}\n{await said}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task The_self_test_names_what_is_still_to_be_shown_and_passes_when_all_of_it_was()
    {
        await using var server = await DoorServer.StartAsync();
        using var hospital = server.Client("institution", "H002");
        const string Patient = """{"resourceType":"Patient","id":"s","identifier":[{"system":"urn:oid:2.16.156.10011.1.3","value":"11010519491231002X"}]}""";
        await hospital.SendAsync("/door/fhir", Patient);

        (await CasesAsync(hospital)).ShouldBe(["refused", "mended", "repeated", "corrected"]);
        var wrong = await hospital.SendAsync("/door/fhir", """{"resourceType":"Patient","id":"t","nonsense":1}""");
        await hospital.SendAsync("/door/fhir", Patient);
        (await CasesAsync(hospital)).ShouldBe(["mended", "corrected"]);
        await hospital.PostJsonAsync($"/door/quarantine/{(string)wrong["records"]![0]!["quarantine"]!}/withdraw", "");
        await hospital.SendAsync("/door/fhir", Patient.Replace("\"id\"", "\"active\":true,\"id\"", StringComparison.Ordinal));

        (await CasesAsync(hospital)).ShouldBeEmpty();
        ((bool)(await hospital.PostJsonAsync("/door/self-test", ""))["passed"]!).ShouldBeTrue();
        ((string)(await hospital.PostJsonAsync("/door/self-test?institution=H001", ""))["code"]!).ShouldBe("DOR113");
    }

    private static async Task<string[]> CasesAsync(HttpClient client) =>
        [.. (await client.PostJsonAsync("/door/self-test", ""))["formats"]![0]!["cases"]!.AsArray().Where(c => !(bool)c!["passed"]!).Select(c => (string)c!["case"]!)];

    private static string Lines()
    {
        var lines = new StringBuilder();
        var isInside = false;
        foreach (var line in File.ReadLines(Page))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                isInside = line == "```sh";
            }
            else if (isInside)
            {
                lines.Append(line).Append('\n');
            }
        }

        return lines.ToString();
    }
}
