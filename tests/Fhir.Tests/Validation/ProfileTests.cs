using Kangqiao.Fhir.Validation;

namespace Kangqiao.Fhir.Tests.Validation;

public sealed class ProfileTests
{
    [Fact]
    public void Cardinality_is_narrowed()
    {
        var profile = Checked.Profile("p", "Patient", """{"id":"Patient.name","path":"Patient.name","min":1,"max":"1"}""");
        Checked.Against("""{"resourceType":"Patient"}""", profile).ShouldHave("FHR404", "Patient");
        Checked.Against("""{"resourceType":"Patient","name":[{"text":"a"},{"text":"b"}]}""", profile).ShouldHave("FHR405", "Patient.name[1]");
        Checked.Against("""{"resourceType":"Patient","name":[{"text":"a"}]}""", profile).ShouldBeSound();
    }

    [Fact]
    public void A_minimum_counts_only_where_its_parent_is()
    {
        var profile = Checked.Profile("p", "Patient", """{"id":"Patient.contact.name","path":"Patient.contact.name","min":1}""");
        Checked.Against("""{"resourceType":"Patient"}""", profile).ShouldBeSound();
        Checked.Against("""{"resourceType":"Patient","contact":[{"gender":"male","telecom":[{"value":"1","system":"phone"}]}]}""", profile).ShouldHave("FHR404", "Patient.contact[0]");
    }

    [Fact]
    public void A_choice_is_narrowed_to_some_types()
    {
        var profile = Checked.Profile("p", "Observation", """{"id":"Observation.value[x]","path":"Observation.value[x]","type":[{"code":"Quantity"}]}""");
        Checked.Against(Observation(""" "valueString":"x" """), profile).ShouldHave("FHR406", "Observation.value");
        Checked.Against(Observation(""" "valueQuantity":{"value":1} """), profile).ShouldBeSound();
    }

    [Theory]
    [InlineData("Observation.value[x]:valueQuantity.code", "Observation.value[x].code")]
    [InlineData("Observation.valueQuantity.code", "Observation.valueQuantity.code")]
    public void A_type_of_a_choice_is_constrained_by_slice_or_by_short_name(string id, string path)
    {
        var profile = Checked.Profile("p", "Observation", $$"""{"id":"{{id}}","path":"{{path}}","fixedCode":"kg"}""");
        Checked.Against(Observation(""" "valueQuantity":{"value":1,"system":"http://unitsofmeasure.org","code":"g"} """), profile).ShouldHave("FHR407");
        Checked.Against(Observation(""" "valueQuantity":{"value":1,"system":"http://unitsofmeasure.org","code":"kg"} """), profile).ShouldBeSound();
        Checked.Against(Observation(""" "valueString":"x" """), profile).ShouldBeSound();
    }

    [Fact]
    public void A_fixed_value_is_met_exactly_and_a_pattern_at_least()
    {
        var exact = Checked.Profile("p", "Patient", """{"id":"Patient.maritalStatus","path":"Patient.maritalStatus","fixedCodeableConcept":{"text":"x"}}""");
        var pattern = Checked.Profile("p", "Patient", """{"id":"Patient.maritalStatus","path":"Patient.maritalStatus","patternCodeableConcept":{"coding":[{"system":"http://a.example","code":"1"}]}}""");
        Checked.Against("""{"resourceType":"Patient","maritalStatus":{"text":"x"}}""", exact).ShouldBeSound();
        Checked.Against("""{"resourceType":"Patient","maritalStatus":{"text":"x","id":"1"}}""", exact).ShouldHave("FHR407");
        Checked.Against("""{"resourceType":"Patient","maritalStatus":{"text":"y","coding":[{"system":"http://b.example","code":"2"},{"system":"http://a.example","code":"1","display":"d"}]}}""", pattern).ShouldBeSound();
        Checked.Against("""{"resourceType":"Patient","maritalStatus":{"coding":[{"system":"http://b.example","code":"1"}]}}""", pattern).ShouldHave("FHR408");
    }

    [Fact]
    public void Values_stay_between_their_limits_across_units()
    {
        var profile = Checked.Profile("p", "Observation", """
            {"path":"Observation.value[x]","type":[{"code":"Quantity"}],
             "minValueQuantity":{"value":1,"system":"http://unitsofmeasure.org","code":"kg"},
             "maxValueQuantity":{"value":2,"system":"http://unitsofmeasure.org","code":"kg"}}
            """);
        Checked.Against(Observation(""" "valueQuantity":{"value":900,"system":"http://unitsofmeasure.org","code":"g"} """), profile).ShouldHave("FHR409");
        Checked.Against(Observation(""" "valueQuantity":{"value":2.1,"system":"http://unitsofmeasure.org","code":"kg"} """), profile).ShouldHave("FHR410");
        Checked.Against(Observation(""" "valueQuantity":{"value":1500,"system":"http://unitsofmeasure.org","code":"g"} """), profile).ShouldBeSound();
    }

    [Fact]
    public void A_partial_date_breaks_a_limit_only_if_all_of_it_does()
    {
        var profile = Checked.Profile("p", "Patient", """{"path":"Patient.birthDate","minValueDate":"1958-03-10"}""");
        Checked.Against("""{"resourceType":"Patient","birthDate":"1958-03"}""", profile).ShouldBeSound();
        Checked.Against("""{"resourceType":"Patient","birthDate":"1958-02"}""", profile).ShouldHave("FHR409");
    }

    [Fact]
    public void A_length_is_counted_in_characters()
    {
        var profile = Checked.Profile("p", "Patient", """{"path":"Patient.name.text","maxLength":3}""");
        Checked.Against("""{"resourceType":"Patient","name":[{"text":"欧阳修"}]}""", profile).ShouldBeSound();
        Checked.Against("""{"resourceType":"Patient","name":[{"text":"欧阳修文"}]}""", profile).ShouldHave("FHR411");
    }

    [Fact]
    public void A_binding_is_strengthened()
    {
        var profile = Checked.Profile("p", "Basic", """{"path":"Basic.code","binding":{"strength":"required","valueSet":"http://hl7.org/fhir/ValueSet/administrative-gender"}}""");
        Checked.Against("""{"resourceType":"Basic","code":{"coding":[{"system":"http://a.example","code":"male"}]}}""", profile).ShouldHave("FHR201");
        Checked.Against("""{"resourceType":"Basic","code":{"coding":[{"system":"http://hl7.org/fhir/administrative-gender","code":"male"}]}}""", profile).ShouldBeSound();
    }

    [Fact]
    public void A_constraint_of_the_profile_is_evaluated_where_it_stands()
    {
        var profile = Checked.Profile("p", "Patient", """
            {"path":"Patient.identifier","constraint":[{"key":"t-1","severity":"error","human":"15 digits","expression":"value.length() >= 15"}]}
            """);
        Checked.Against("""{"resourceType":"Patient","identifier":[{"value":"123456789012345"},{"value":"1"}]}""", profile).ShouldHave("FHR301", "Patient.identifier[1]");
    }

    [Fact]
    public void A_profile_adds_to_what_its_base_profile_asks()
    {
        var parent = Checked.Profile("parent", "Patient", """{"path":"Patient.name","min":1}""");
        var child = Checked.Profile("child", "Patient", """{"path":"Patient.birthDate","min":1}""", "http://test.example/parent");
        var findings = Checked.Against("""{"resourceType":"Patient"}""", child, parent);
        findings.Items.Count(f => f.Kind.Code == "FHR404").ShouldBe(2);
    }

    [Fact]
    public void A_snapshot_alone_is_enough()
    {
        var profile = Checked.Profile("p", "Patient", """{"path":"Patient"},{"path":"Patient.name","min":1,"max":"*","type":[{"code":"HumanName"}]}""", "http://nowhere.example/base")
            .Replace("differential", "snapshot", StringComparison.Ordinal);
        Checked.Against("""{"resourceType":"Patient"}""", profile).ShouldHave("FHR404");
    }

    [Fact]
    public void A_claimed_profile_that_is_unknown_is_a_warning_and_an_asked_one_an_error()
    {
        var claimed = Checked.Base("""{"resourceType":"Patient","meta":{"profile":["http://nowhere.example/p"]}}""");
        claimed.ShouldHave("FHR401");
        claimed.ShouldBeSound();
        Checked.With(new ValidationOptions { AskedProfiles = ["http://nowhere.example/p"] }, """{"resourceType":"Patient"}""").HasErrors.ShouldBeTrue();
    }

    [Fact]
    public void A_claimed_profile_is_checked_with_or_without_its_version()
    {
        var profiles = new ProfileSet([Checked.Document(Checked.Profile("p", "Patient", """{"path":"Patient.name","min":1}"""))]);
        Checked.With(new ValidationOptions { Profiles = profiles }, """{"resourceType":"Patient","meta":{"profile":["http://test.example/p|1.0"]}}""").ShouldHave("FHR404");
    }

    [Fact]
    public void A_profile_of_another_type_does_not_fit() =>
        Checked.Against("""{"resourceType":"Patient"}""", Checked.Profile("p", "Observation", """{"path":"Observation.value[x]","min":1}""")).ShouldHave("FHR403");

    [Fact]
    public void A_broken_definition_says_where()
    {
        Checked.Base(Checked.Profile("p", "Patient", """{"id":"Patient.shoe","path":"Patient.shoe","min":1}""")).ShouldHave("FHR107");
        Checked.Base(Checked.Profile("p", "Patient", """{"id":"Patient.name","path":"Patient.name","constraint":[{"key":"x","severity":"error","human":"x","expression":"name.("}]}""")).ShouldHave("FHR107");
    }

    [Fact]
    public void The_target_of_a_reference_has_an_allowed_type_and_profile()
    {
        var organization = Checked.Profile("o", "Organization", """{"path":"Organization.telecom","min":1}""");
        var profile = Checked.Profile("p", "Patient", """{"path":"Patient.managingOrganization","type":[{"code":"Reference","targetProfile":["http://test.example/o"]}]}""");
        Checked.Against("""{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"x"}],"managingOrganization":{"reference":"#o"}}""", profile, organization).ShouldHave("FHR416");
        Checked.Against("""{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"x","telecom":[{"system":"phone","value":"1"}]}],"managingOrganization":{"reference":"#o"}}""", profile, organization).ShouldBeSound();
        Checked.Against("""{"resourceType":"Patient","managingOrganization":{"reference":"Organization/far"}}""", profile, organization).ShouldBeSound();
    }

    [Fact]
    public void Profiles_that_refer_to_each_other_in_a_circle_come_to_an_end()
    {
        var profile = Checked.Profile("o", "Organization", """{"path":"Organization.partOf","min":1,"type":[{"code":"Reference","targetProfile":["http://test.example/o"]}]}""");
        var entries = string.Join(',', Enumerable.Range(0, 2000).Select(i => $$"""
            {"fullUrl":"http://h.example/Organization/{{i}}","resource":{"resourceType":"Organization","id":"{{i}}","name":"x",
             "meta":{"profile":["http://test.example/o"]},"partOf":{"reference":"Organization/{{(i + 1) % 2000}}"} } }
            """));
        var profiles = new ProfileSet([Checked.Document(profile)]);
        Checked.With(new ValidationOptions { Profiles = profiles, BestPractice = BestPractice.Ignore }, $$"""{"resourceType":"Bundle","type":"collection","entry":[{{entries}}]}""").ShouldBeSound();
    }

    private static string Observation(string value) => $$"""{"resourceType":"Observation","status":"final","code":{"text":"x"},{{value}} }""";
}
