using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Search;

namespace Kangqiao.Fhir.Tests.Search;

/// <summary>
/// One small record of each type that matters here, and beside it the values it must be found by, reviewed against the
/// specification. With KANGQIAO_ACCEPT=1 in the environment the accepted files are written anew, to be reviewed again.
/// </summary>
public sealed class AcceptedIndexTests
{
    private static string Folder { get; } = Path.Combine(Project.Root, "tests", "Fhir.Tests", "Search");

    public static TheoryData<string> Types =>
        [.. Directory.GetFiles(Path.Combine(Folder, "Resources"), "*.json").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Types))]
    public void A_record_is_found_by_the_accepted_values(string type)
    {
        var findings = new FindingList();
        var document = FhirDocument.Read(File.ReadAllBytes(Path.Combine(Folder, "Resources", type + ".json")), findings);
        findings.Items.ShouldBeEmpty();
        var plan = SearchPlan.Of(document.Root.Type);
        var values = new IndexValues();
        plan.Index(document.Root, values);

        var listing = IndexListing.Of(values);
        var accepted = Path.Combine(Folder, "Accepted", type + ".txt");
        if (Environment.GetEnvironmentVariable("KANGQIAO_ACCEPT") == "1")
        {
            File.WriteAllText(accepted, listing);
        }

        listing.ShouldBe(File.ReadAllText(accepted));
    }

    [Fact]
    public void At_least_forty_types_have_accepted_values() => Types.Count.ShouldBeGreaterThanOrEqualTo(40);
}
