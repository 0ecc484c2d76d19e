using Kangqiao.Fhir.Validation;

namespace Kangqiao.Fhir.Tests.Validation.Profiles;

public sealed class CompiledProfilesTests
{
    private const string BloodPressure = "http://hl7.org/fhir/StructureDefinition/bp";

    [Fact]
    public void A_profile_named_with_any_version_is_compiled_once()
    {
        var profiles = new CompiledProfiles(ProfileSet.Specification);

        var named = profiles.Find(BloodPressure);

        named.ShouldNotBeNull();
        profiles.Find(BloodPressure + "|4.0.1").ShouldBeSameAs(named);
        profiles.Find(BloodPressure + "|made-up").ShouldBeSameAs(named);
    }

    [Fact]
    public void An_unknown_profile_is_none() => new CompiledProfiles(ProfileSet.Specification).Find("https://shaped.example/none").ShouldBeNull();
}
