using Kangqiao.Fhir.Findings;

namespace Kangqiao.Fhir.Tests.Reading;

/// <summary>
/// JSONTestSuite, whole: y_ is JSON, n_ is not, i_ may be either. Each text is tried as the body, and as the value of a
/// property that no resource has, so that it is read past as JSON and nothing else.
/// </summary>
public sealed class JsonTestSuiteTests
{
    private static readonly string[] NotJson = ["FHR002", "FHR003", "FHR005"];

    [Fact]
    public void Every_case_is_accepted_or_refused_as_due()
    {
        var files = Conformance.Files("json", "*.json");
        files.Length.ShouldBe(318);
        var wrong = new List<string>();
        foreach (var file in files)
        {
            var name = Path.GetFileName(file);
            var text = File.ReadAllBytes(file);
            var alone = Given.Bytes(text);
            var inside = Given.Bytes([.. "{\"resourceType\":\"Basic\",\"code\":{\"text\":\"a\"},\"x\":"u8, .. text, .. "}"u8]);
            switch (name[0])
            {
                case 'y' when IsRefused(alone) || IsRefused(inside):
                    wrong.Add($"{name} is refused: {alone.Findings.Items[0]} {inside.Findings.Items[0]}");
                    break;
                case 'n' when !alone.Findings.HasErrors || !IsRefused(inside):
                    wrong.Add($"{name} is accepted: {inside.Findings.Items[0]}");
                    break;
            }

            Given.Bytes(OperationOutcome.ToJson(alone.Findings)).ShouldBeSound();
            Given.Bytes(OperationOutcome.ToJson(inside.Findings)).ShouldBeSound();
        }

        wrong.ShouldBeEmpty();
    }

    private static bool IsRefused(Given given) => given.Findings.Items.Any(f => NotJson.Contains(f.Kind.Code));
}
