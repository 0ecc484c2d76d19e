using System.Text;
using System.Text.Json;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Validation;

namespace Kangqiao.City.Tests.Sending;

public sealed class FhirFilesTests
{
    private static readonly Validator Validator = new(new ValidationOptions());

    [Fact]
    public async Task Nothing_in_a_city_is_invalid_but_what_was_spoilt_on_purpose()
    {
        var city = await Cities.Of(200, 1);
        var spoilt = city.Truth("mistakes").Select(m => (m[0], m[1])).ToHashSet();
        var wrong = new List<string>();
        var seen = 0;
        foreach (var (path, institution, line) in Lines(city))
        {
            var findings = Check(line, out var source);
            seen++;
            if (findings.HasErrors && !spoilt.Contains((institution, source)) && source.Length > 0)
            {
                wrong.Add($"{path} {source}: {string.Join("; ", findings.Items.Where(f => f.IsError).Select(f => f.Kind.Code + " " + f.Path + " " + f.English).Take(2))}");
            }
        }

        wrong.Take(12).ShouldBeEmpty();
        seen.ShouldBeGreaterThan(20_000);
    }

    [Fact]
    public async Task Every_planted_mistake_of_structure_is_found_under_the_code_that_truth_names()
    {
        var city = await Cities.Of(1200, 3);
        var expected = city.Truth("mistakes").Where(m => m[2].StartsWith("FHR", StringComparison.Ordinal)).ToList();
        var unreadable = new Dictionary<(string, string), int>();
        var found = new Dictionary<(string, string), List<string>>();
        foreach (var (_, institution, line) in Lines(city))
        {
            var findings = Check(line, out var source);
            if (source.Length == 0)
            {
                var key = (institution, findings.Items.First(f => f.IsError).Kind.Code);
                unreadable[key] = unreadable.GetValueOrDefault(key) + 1;
            }
            else if (findings.HasErrors)
            {
                found[(institution, source)] = [.. findings.Items.Where(f => f.IsError).Select(f => f.Kind.Code)];
            }
        }

        foreach (var mistake in expected.Where(m => m[2] is not ("FHR002" or "FHR003")))
        {
            found.ShouldContainKey((mistake[0], mistake[1]));
            found[(mistake[0], mistake[1])].ShouldContain(mistake[2]);
        }

        var broken = expected.Where(m => m[2] is "FHR002" or "FHR003").GroupBy(m => (m[0], m[2])).ToDictionary(g => g.Key, g => g.Count());
        unreadable.OrderBy(u => u.Key).ShouldBe(broken.OrderBy(b => b.Key));
        expected.Select(m => m[2]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ShouldBe(["FHR002", "FHR003", "FHR020", "FHR201", "FHR301"]);
    }

    [Fact]
    public async Task Every_reference_to_a_patient_is_to_one_that_the_institution_has_sent()
    {
        var city = await Cities.Of(200, 1);
        var patients = city.Truth("records").Where(r => r[1] == "Patient").Select(r => r[0] + "/" + r[2]).ToHashSet(StringComparer.Ordinal);
        foreach (var (path, institution, line) in Lines(city))
        {
            if (TryRead(line) is not { } text)
            {
                continue;
            }

            for (var at = text.IndexOf("\"Patient/", StringComparison.Ordinal); at >= 0; at = text.IndexOf("\"Patient/", at + 1, StringComparison.Ordinal))
            {
                var id = text[(at + 9)..text.IndexOf('"', at + 9)];
                patients.ShouldContain($"{institution}/{id}", path);
            }
        }
    }

    private static string? TryRead(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var _ = JsonDocument.Parse(line);
            return Encoding.UTF8.GetString(line.Span);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static FindingList Check(ReadOnlyMemory<byte> line, out string source)
    {
        var findings = new FindingList();
        var document = FhirDocument.Read(line.ToArray(), findings);
        source = document.IsUsable ? $"{document.Root.Type.Name}/{document.Root.ChildText("id")}" : "";
        Validator.Validate(document, findings);
        return findings;
    }

    private static IEnumerable<(string Path, string Institution, ReadOnlyMemory<byte> Line)> Lines(MemorySink city)
    {
        foreach (var path in city.Paths.Where(p => p.EndsWith(".ndjson", StringComparison.Ordinal)))
        {
            var bytes = city[path];
            while (bytes.Length > 0)
            {
                var end = bytes.Span.IndexOf((byte)'\n');
                yield return (path, path[..path.IndexOf('/')], bytes[..end]);
                bytes = bytes[(end + 1)..];
            }
        }
    }
}
