using Kangqiao.Fhir.Validation;

namespace Kangqiao.Fhir.Tests.Validation;

public sealed class ReferenceRulesTests
{
    [Fact]
    public void A_reference_points_only_to_the_types_its_element_allows()
    {
        Checked.Base("""{"resourceType":"Patient","generalPractitioner":[{"reference":"Patient/1"}]}""").ShouldHave("FHR501");
        Checked.Base("""{"resourceType":"Patient","generalPractitioner":[{"reference":"http://h.example/fhir/Location/1"}]}""").ShouldHave("FHR501");
        Checked.Base("""{"resourceType":"Patient","generalPractitioner":[{"reference":"Practitioner/1/_history/2"}]}""").ShouldBeSound();
    }

    [Fact]
    public void The_type_beside_a_reference_agrees_with_it()
    {
        Checked.Base("""{"resourceType":"Patient","managingOrganization":{"reference":"Organization/1","type":"Practitioner"}}""").ShouldHave("FHR502");
        Checked.Base("""{"resourceType":"Patient","managingOrganization":{"type":"Practitioner","display":"x"}}""").ShouldHave("FHR501");
    }

    [Theory]
    [InlineData("x")]
    [InlineData("Person with spaces/1")]
    [InlineData("NoSuchType/1")]
    public void What_is_no_reference_is_refused(string text) =>
        Checked.Base($$"""{"resourceType":"Patient","managingOrganization":{"reference":"{{text}}"} }""").ShouldHave("FHR504");

    [Theory]
    [InlineData("urn:uuid:541a72a8-df75-4484-ac89-ac4923f03b81")]
    [InlineData("urn:oid:1.2.3.4")]
    [InlineData("Organization?identifier=http://x|1")]
    [InlineData("https://h.example/no/pattern/here")]
    public void Other_forms_of_references_are_allowed(string text) =>
        Checked.Base($$"""{"resourceType":"Patient","managingOrganization":{"reference":"{{text}}"} }""").ShouldBeSound();

    [Fact]
    public void A_local_reference_needs_its_contained_resource_of_the_right_type()
    {
        Checked.Base("""{"resourceType":"Patient","managingOrganization":{"reference":"#o"}}""").ShouldHave("FHR503");
        Checked.Base("""{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"x"}],"managingOrganization":{"reference":"#o"}}""").ShouldBeSound();
        Checked.Base("""{"resourceType":"Patient","contained":[{"resourceType":"Location","id":"o"}],"managingOrganization":{"reference":"#o"}}""").ShouldHave("FHR501");
    }

    [Fact]
    public void A_contained_resource_is_referred_to_and_says_nothing_a_version_would()
    {
        Checked.Base("""{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"x"}]}""").ShouldHave("FHR301", "Patient.contained[0]");
        Checked.Base("""
            {"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"x","meta":{"versionId":"1"}}],"managingOrganization":{"reference":"#o"}}
            """).ShouldHave("FHR301", "Patient.contained[0].meta");
        Checked.Base("""
            {"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"x","contained":[{"resourceType":"Location","id":"l"}]}],"managingOrganization":{"reference":"#o"}}
            """).ShouldHave("FHR301", "Patient.contained[0].contained[0]");
        Checked.Base("""
            {"resourceType":"Patient","contained":[{"resourceType":"Provenance","id":"p","target":[{"reference":"#"}],"recorded":"2025-01-01T00:00:00Z","agent":[{"who":{"display":"x"}}]}]}
            """).ShouldBeSound();
    }

    [Fact]
    public void A_missing_target_is_found_where_someone_can_tell()
    {
        var options = new ValidationOptions { ReferenceExists = r => r != "Organization/404" };
        Checked.With(options, """{"resourceType":"Patient","managingOrganization":{"reference":"Organization/404"}}""").ShouldHave("FHR521");
        Checked.With(options, """{"resourceType":"Patient","managingOrganization":{"reference":"Organization/1"}}""").ShouldBeSound();
    }
}
