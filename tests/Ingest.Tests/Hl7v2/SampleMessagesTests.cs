using System.Reflection;
using System.Text.Json;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Validation;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Tests.Hl7v2;

/// <summary>The 74 public messages in ../shared/conformance/hl7v2, and what one public converter makes of 70 of them.</summary>
public sealed class SampleMessagesTests(ITestOutputHelper output)
{
    private static readonly Validator Validator = new(new ValidationOptions
    {
        BestPractice = BestPractice.Ignore,
        UnknownExtensions = UnknownExtensions.Ignore,
    });

    public static TheoryData<string> Messages => [.. Samples.All.DefaultIfEmpty("none")];

    [Theory]
    [MemberData(nameof(Messages))]
    public void Every_sample_is_taken_in_and_all_of_its_records_are_valid(string name)
    {
        Assert.SkipUnless(Samples.Folder is not null, "../shared/conformance/hl7v2 is not here.");

        var unit = Samples.Map(Samples.Bytes(name));

        unit.Errors().ShouldBeEmpty();
        unit.Records.ShouldNotBeEmpty();
        // The state of a document that another replaces is all that is said of it.
        unit.Records.Where(record => record is not { Type: "DocumentReference", Intent: MappedIntent.Amend }).SelectMany(Faults).ShouldBeEmpty();
        unit.Records.Select(record => (record.Type, record.Key)).ShouldBeUnique();
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void What_a_sample_says_is_what_the_expected_bundle_says(string name)
    {
        Assert.SkipUnless(Samples.Folder is not null, "../shared/conformance/hl7v2 is not here.");
        Assert.SkipUnless(Samples.Expected(name) is not null, "There is no expected bundle.");

        using var expected = JsonDocument.Parse(Samples.Expected(name)!);
        var due = ContentFacts.Of(expected.RootElement.GetProperty("entry").EnumerateArray().Select(entry => entry.GetProperty("resource")));
        var ours = ContentFacts.Of(Samples.Map(Samples.Bytes(name)).Records.Select(record => JsonDocument.Parse(record.Body).RootElement));
        var missing = due.Except(ours, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
        var known = KnownDifferences.Of(name);
        output.WriteLine($"{due.Count} facts, {missing.Count} differ");

        missing.Except(known, StringComparer.Ordinal).ShouldBeEmpty();
        // A difference that is gone leaves the list.
        known.Except(missing, StringComparer.Ordinal).ShouldBeEmpty();
    }

    internal static IEnumerable<string> Faults(MappedRecord record)
    {
        var findings = new FindingList();
        Validator.Validate(FhirDocument.Read(record.Body, findings), findings);
        return findings.Items.Where(finding => finding.IsError).Select(finding => $"{record.Type} {finding}\n{record.Text()}");
    }

    /// <summary>KnownDifferences.txt: a reason on a line that begins with "#", then "sample: fact" lines it explains.</summary>
    private static class KnownDifferences
    {
        private static readonly ILookup<string, string> Lines = Read();

        public static HashSet<string> Of(string sample) => [.. Lines[sample]];

        private static ILookup<string, string> Read()
        {
            using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("KnownDifferences.txt")!;
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(line => line[0] != '#')
                .Select(line => line.TrimEnd('\r').Split(": ", 2))
                .ToLookup(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
        }
    }
}
