using System.Text.Json;
using Kangqiao.Facts;
using Kangqiao.Facts.Making;
using Kangqiao.Facts.Reading;
using Kangqiao.Fhir.Facts;

namespace Kangqiao.Fhir.Tests.Facts;

public sealed class FactsFileTests
{
    [Fact]
    public void The_committed_file_is_what_the_published_definitions_say()
    {
        var root = ProjectFolder.Find();
        Assert.SkipUnless(root is not null, "The tests do not run inside the project.");
        Assert.SkipUnless(PublishedFiles.ArePresent(ProjectFolder.NpmPackages(root)), "The published definitions are not restored.");

        var made = FactsMaking.Make(new PublishedFiles(ProjectFolder.NpmPackages(root)));

        made.AsSpan().SequenceEqual(File.ReadAllBytes(ProjectFolder.FactsFile(root)))
            .ShouldBeTrue("run: dotnet run --project tools/Facts");
    }

    [Fact]
    public void What_is_read_can_be_written_again_unchanged()
    {
        var facts = R4.Facts;
        var content = new FactsContent(
            facts.Types, facts.Elements, facts.Names, facts.Constraints, facts.SearchParameters, facts.Compartments,
            facts.ValueSets, facts.CodeSystems);
        var definitions = facts.StructureDefinitionUrls.ToDictionary(url => url, url => facts.StructureDefinition(url)!);

        var (plain, codes) = FactsWriter.Write(content);
        var again = FactsFile.Pack(plain, codes, PublishedDefinitions.Pack(definitions));

        using var embedded = typeof(R4).Assembly.GetManifestResourceStream(FactsFile.ResourceName)!;
        var committed = new byte[embedded.Length];
        embedded.ReadExactly(committed);
        again.AsSpan().SequenceEqual(committed).ShouldBeTrue();
    }

    [Fact]
    public void The_file_stays_small() =>
        typeof(R4).Assembly.GetManifestResourceStream(FactsFile.ResourceName)!.Length.ShouldBeLessThan(1_500_000);

    [Theory]
    [InlineData("")]
    [InlineData("KQR4")]
    [InlineData("not a facts file at all")]
    public void Other_bytes_are_refused(string text) =>
        Should.Throw<InvalidDataException>(() => FactsFile.Load(System.Text.Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Core_extensions_and_profiles_are_here_as_differentials_without_prose()
    {
        var facts = R4.Facts;
        facts.StructureDefinitionUrls.Count.ShouldBe(393 + 44 + 2);
        foreach (var url in facts.StructureDefinitionUrls)
        {
            using var json = JsonDocument.Parse(facts.StructureDefinition(url)!);
            json.RootElement.GetProperty("url").GetString().ShouldBe(url);
            json.RootElement.GetProperty("derivation").GetString().ShouldBe("constraint");
            json.RootElement.GetProperty("differential").GetProperty("element").GetArrayLength().ShouldBeGreaterThan(0, url);
            json.RootElement.GetRawText().ShouldNotContain("\"definition\":\"");
        }
    }

    [Theory]
    [InlineData("http://hl7.org/fhir/StructureDefinition/vitalsigns")]
    [InlineData("http://hl7.org/fhir/StructureDefinition/bp")]
    [InlineData("http://hl7.org/fhir/StructureDefinition/lipidprofile")]
    [InlineData("http://hl7.org/fhir/StructureDefinition/SimpleQuantity")]
    [InlineData("http://hl7.org/fhir/StructureDefinition/MoneyQuantity")]
    [InlineData("http://hl7.org/fhir/StructureDefinition/patient-birthPlace")]
    [InlineData("http://hl7.org/fhir/StructureDefinition/shareablevalueset")]
    public void A_well_known_definition_can_be_asked_for(string url) => R4.Facts.StructureDefinition(url).ShouldNotBeNull();

    [Fact]
    public void A_base_type_is_not_asked_for_as_a_definition() =>
        R4.Facts.StructureDefinition("http://hl7.org/fhir/StructureDefinition/Patient").ShouldBeNull();
}
