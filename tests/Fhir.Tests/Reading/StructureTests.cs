using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Tests.Reading;

public sealed class StructureTests
{
    [Fact]
    public void A_property_given_twice_is_refused()
    {
        var given = Given.Patient("""
            "gender":"male","gender":"female"
            """);
        given.Only.ShouldStartWith("FHR011 Patient ");
        given.Document.Root.ChildText("gender").ShouldBe("male");
    }

    [Fact]
    public void A_property_given_twice_is_found_even_when_one_name_is_escaped() =>
        Given.Patient("""
            "gender":"male","gend\u0065r":"female"
            """).Only.ShouldStartWith("FHR011 Patient ");

    [Fact]
    public void A_resourceType_given_twice_is_refused() =>
        Given.Patient("""
            "resourceType":"Observation"
            """).Only.ShouldStartWith("FHR011 Patient ");

    [Fact]
    public void An_unknown_element_is_refused_with_the_nearest_name()
    {
        var given = Given.Patient("""
            "birthdate":"1970-01-01"
            """);
        given.Only.ShouldStartWith("FHR010 Patient ");
        given.Message.ShouldContain("Did you mean 'birthDate'?");
    }

    [Fact]
    public void An_unknown_element_far_from_every_name_gets_no_suggestion() =>
        Given.Patient("""
            "zzzzzzzzzzzz":{"deep":[1,2,{"x":null}]}
            """).Message.ShouldEndWith("FHIR R4.");

    [Fact]
    public void A_lenient_feed_has_unknown_elements_left_out_with_a_warning()
    {
        var given = Given.Patient(
            """
            "wardBed":"12","gender":"male"
            """,
            new ReadOptions { AllowUnknownElements = true });
        given.Only.ShouldStartWith("FHR024 ");
        given.Findings.HasErrors.ShouldBeFalse();
        given.Written.ShouldBe("""{"resourceType":"Patient","gender":"male"}""");
    }

    [Fact]
    public void Only_primitives_have_an_underscore_part() =>
        Given.Patient("""
            "_name":[{"id":"a"}]
            """).Only.ShouldStartWith("FHR010 ");

    [Theory]
    [InlineData("\"gender\":1")]
    [InlineData("\"gender\":true")]
    [InlineData("\"gender\":{}")]
    [InlineData("\"active\":\"true\"")]
    [InlineData("\"active\":1")]
    [InlineData("\"multipleBirthInteger\":\"2\"")]
    [InlineData("\"maritalStatus\":\"M\"")]
    [InlineData("\"name\":[\"Wang\"]")]
    [InlineData("\"_gender\":\"x\"")]
    [InlineData("\"contained\":[5]")]
    public void A_value_of_the_wrong_JSON_type_is_refused(string property) =>
        Given.Patient(property).Codes.ShouldBe(["FHR015"]);

    [Fact]
    public void A_repeating_element_needs_an_array() =>
        Given.Patient("\"name\":{\"text\":\"a\"}").Codes.ShouldBe(["FHR013"]);

    [Fact]
    public void A_single_element_needs_no_array() =>
        Given.Patient("\"gender\":[\"male\"]").Codes.ShouldBe(["FHR014"]);

    [Theory]
    [InlineData("\"gender\":null")]
    [InlineData("\"maritalStatus\":null")]
    [InlineData("\"name\":[null]")]
    [InlineData("\"name\":[{\"given\":[null]}]")]
    public void Null_is_refused_where_it_pads_nothing(string property) =>
        Given.Patient(property).Codes.ShouldBe(["FHR016"]);

    [Theory]
    [InlineData("\"gender\":\"\"")]
    [InlineData("\"name\":[]")]
    [InlineData("\"name\":[{}]")]
    [InlineData("\"name\":[{\"given\":[]}]")]
    [InlineData("\"maritalStatus\":{}")]
    [InlineData("\"_gender\":{}")]
    [InlineData("\"gender\":\"male\",\"_gender\":{}")]
    [InlineData("\"name\":[{\"_given\":[]}]")]
    public void What_is_empty_is_refused(string property) => Given.Patient(property).Codes.ShouldBe(["FHR017"]);

    [Fact]
    public void An_element_with_nothing_but_an_id_is_empty() =>
        Given.Patient("\"name\":[{\"id\":\"n1\"}]").Codes.ShouldBe(["FHR017"]);

    [Fact]
    public void A_resource_may_have_nothing_but_its_type() => Given.Json("{\"resourceType\":\"Patient\"}").ShouldBeSound();

    [Fact]
    public void A_choice_has_one_value_only()
    {
        Given.Patient("\"deceasedBoolean\":false,\"deceasedDateTime\":\"2020\"").Codes.ShouldBe(["FHR012"]);
        Given.Patient("\"deceasedBoolean\":false,\"_deceasedDateTime\":{\"extension\":[{\"url\":\"http://x.cn\",\"valueCode\":\"a\"}]}")
            .Codes.ShouldBe(["FHR012"]);
        Given.Patient("\"_deceasedDateTime\":{\"extension\":[{\"url\":\"http://x.cn\",\"valueCode\":\"a\"}]},\"deceasedBoolean\":false")
            .Codes.ShouldBe(["FHR012"]);
    }

    [Fact]
    public void A_choice_keeps_its_own_underscore_part() =>
        Given.Patient("\"_deceasedBoolean\":{\"id\":\"d\"},\"deceasedBoolean\":false").ShouldBeSound();

    [Fact]
    public void A_choice_that_the_element_does_not_offer_is_unknown() =>
        Given.Patient("\"deceasedString\":\"yes\"").Codes.ShouldBe(["FHR010"]);

    [Fact]
    public void An_element_that_must_occur_is_missed()
    {
        var given = Given.Patient("\"link\":[{\"type\":\"seealso\"}]");
        given.Only.ShouldStartWith("FHR020 Patient.link[0] ");
        given.Message.ShouldBe("Patient.link requires the element 'other'.");
        Given.Patient("\"extension\":[{\"valueString\":\"x\"}]").Message.ShouldBe("Extension requires the element 'url'.");
    }

    [Fact]
    public void An_element_that_must_occur_may_have_its_reason_for_absence_instead() =>
        Given.Json("""
            {"resourceType":"Observation","code":{"text":"x"},
             "_status":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}]}}
            """).ShouldBeSound();

    [Fact]
    public void A_resource_type_may_stand_last_at_the_root_and_inside() =>
        Given.Json("""
            {"contained":[{"id":"o","name":"Ward","resourceType":"Organization"}],"id":"p","resourceType":"Patient"}
            """).ShouldBeSound().Document.Root.Child("contained").Type.Name.ShouldBe("Organization");

    [Fact]
    public void A_resource_type_may_be_escaped() =>
        Given.Json("""{"resource\u0054ype":"Pati\u0065nt"}""").ShouldBeSound().Document.Root.Type.Name.ShouldBe("Patient");

    [Theory]
    [InlineData("{}", "FHR008")]
    [InlineData("{\"resourceType\":1}", "FHR008")]
    [InlineData("{\"resourceType\":\"\"}", "FHR009")]
    [InlineData("{\"resourceType\":\"Resource\"}", "FHR009")]
    [InlineData("{\"resourceType\":\"HumanName\"}", "FHR009")]
    [InlineData("{\"resourceType\":\"patient\"}", "FHR009")]
    [InlineData("[]", "FHR007")]
    [InlineData("\"Patient\"", "FHR007")]
    [InlineData("12", "FHR007")]
    [InlineData("", "FHR002")]
    [InlineData("{", "FHR002")]
    [InlineData("{\"resourceType\":\"Patient\"}}", "FHR002")]
    [InlineData("{\"resourceType\":\"Patient\",}", "FHR002")]
    [InlineData("{\"resourceType\":\"Patient\"/*x*/}", "FHR002")]
    public void What_is_not_a_resource_is_refused_whole(string json, string code)
    {
        var given = Given.Json(json);
        given.Codes.ShouldBe([code]);
        given.Document.IsUsable.ShouldBeFalse();
        given.Document.Root.Exists.ShouldBeFalse();
    }

    [Fact]
    public void A_misspelt_resource_type_is_refused_with_the_nearest() =>
        Given.Json("{\"resourceType\":\"Pateint\"}").Message.ShouldContain("Did you mean 'Patient'?");

    [Fact]
    public void A_contained_resource_of_no_known_type_is_refused_where_it_stands()
    {
        var given = Given.Patient("\"contained\":[{\"resourceType\":\"Ward\"}],\"gender\":\"male\"");
        given.Codes.ShouldBe(["FHR009"]);
        given.Findings.Items[0].Path.ShouldBe("Patient.contained");
        given.Document.Root.ChildText("gender").ShouldBe("male");
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over() =>
        Given.Json("\uFEFF{\"resourceType\":\"Patient\",\"id\":\"a\"}").ShouldBeSound().Document.Root.ChildText("id").ShouldBe("a");

    [Fact]
    public void Bytes_that_are_not_UTF8_are_refused() =>
        Given.Bytes([.. "{\"resourceType\":\"Patient\",\"language\":\""u8, 0xC3, 0xF7, .. "\"}"u8]).Codes.ShouldBe(["FHR003"]);

    [Fact]
    public void Half_a_surrogate_pair_is_refused_in_values_and_names()
    {
        Given.Patient("""
            "name":[{"text":"\ud83d"}]
            """).Codes.ShouldBe(["FHR022"]);
        Given.Patient("""
            "name":[{"text":"\ude00\ud83d"}]
            """).Codes.ShouldBe(["FHR022"]);
        Given.Patient("""
            "\ud83d":1
            """).Codes.ShouldBe(["FHR010"]);
        Given.Json("""{"\ud83desourceType":"Patient"}""").Codes.ShouldBe(["FHR008"]);
        Given.Json("""{"resourceType":"\ud83d"}""").Codes.ShouldBe(["FHR009"]);
    }

    [Fact]
    public void A_whole_surrogate_pair_is_one_character() =>
        Given.Patient("""
            "name":[{"text":"\ud83d\ude00"}]
            """).ShouldBeSound().Document.Root.Child("name").ChildText("text").ShouldBe("😀");

    [Fact]
    public void A_control_character_is_refused_but_a_tab_is_not()
    {
        Given.Patient("""
            "name":[{"text":"a\u0000b"}]
            """).Codes.ShouldBe(["FHR025"]);
        Given.Patient("""
            "name":[{"text":"a\tb\r\nc"}]
            """).ShouldBeSound();
    }

    [Fact]
    public void A_text_of_spaces_only_is_remarked_on()
    {
        var given = Given.Patient("""
            "name":[{"text":"  "}]
            """);
        given.Codes.ShouldBe(["FHR026"]);
        given.Findings.HasErrors.ShouldBeFalse();
    }
}
