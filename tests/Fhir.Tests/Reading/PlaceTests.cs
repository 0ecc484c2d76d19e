using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Tests.Reading;

/// <summary>A finding names the line, the column (in bytes, from 1) and the element.</summary>
public sealed class PlaceTests
{
    [Theory]
    [InlineData("{\"resourceType\":\"Patient\",\n \"gender\": 7}", "FHR015 Patient.gender (2,12)")]
    [InlineData("{\"resourceType\":\"Patient\",\n \"gender\": \"a  b\"}", "FHR018 Patient.gender (2,12)")]
    [InlineData("{\"resourceType\":\"Patient\",\n\n  \"colour\": 7}", "FHR010 Patient (3,3)")]
    [InlineData("{\"resourceType\":\"Patient\",\n\"gender\":\"male\",\n\"gender\":\"male\"}", "FHR011 Patient (3,1)")]
    [InlineData("{\"resourceType\":\"Patient\",\n\"name\":[{\"text\":\"王\"},{\"given\":[\"a\",\"\"]}]}", "FHR017 Patient.name[1].given[1] (2,38)")]
    [InlineData("{\"resourceType\":\"Patient\",\"name\":[{\"given\":[\"a\",\nnull]}]}", "FHR016 Patient.name[0].given[1] (2,1)")]
    [InlineData("{\"resourceType\":\"Patient\",\n\"name\":{\"text\":\"a\"}}", "FHR013 Patient (2,8)")]
    [InlineData("{\"resourceType\":\"Patient\",\n\"gender\":[\"male\"]}", "FHR014 Patient (2,10)")]
    [InlineData("{\"resourceType\":\"Patient\",\n\"link\":[\n{\"type\":\"seealso\"}]}", "FHR020 Patient.link[0] (3,1)")]
    [InlineData("{\"resourceType\":\"Patient\",\n\"deceasedBoolean\":true,\n\"deceasedDateTime\":\"2020\"}", "FHR012 Patient (3,1)")]
    [InlineData("{\"resourceType\":\"Patient\",\n\"name\":[{\"_given\":[{\"id\":\"a\"},\n null]}]}", "FHR016 Patient.name[0].given[1] (3,2)")]
    [InlineData("{\"resourceType\":\n\"Pateint\"}", "FHR009  (2,1)")]
    [InlineData("\n {}", "FHR008  (2,2)")]
    [InlineData("{\"resourceType\":\"Patient\",\n\"id\":\"a\",,}", "FHR002  (2,10)")]
    [InlineData("\uFEFF{\"resourceType\":\"Patient\",\"gender\":7}", "FHR015 Patient.gender (1,36)")]
    public void A_finding_says_where(string json, string due)
    {
        var given = Given.Json(json);
        given.Findings.Items.Select(f => $"{f.Kind.Code} {f.Path} ({f.Line},{f.Column})").ShouldContain(due);
    }

    [Fact]
    public void An_element_knows_its_place_and_path()
    {
        var root = Given.Json("{\"resourceType\":\"Patient\",\n\"contact\":[{\"name\":{\"given\":[\"a\",\n \"b\"]}}]}").Document.Root;
        var name = root.Child("contact").Child("name");
        var last = default(Element);
        foreach (var given in name.ChildrenNamed("given"))
        {
            last = given;
        }

        last.Path().ShouldBe("Patient.contact[0].name.given[1]");
        last.Position().ShouldBe((3, 2));
        last.Parent.ShouldBe(name);
        last.Resource.ShouldBe(root);
        root.Path().ShouldBe("Patient");
    }

    [Fact]
    public void Being_inside_a_bundle_shows_in_the_path()
    {
        var root = Given.Json("""
            {"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","contained":[
              {"resourceType":"Organization","id":"o","name":"Ward"}]}}]}
            """).ShouldBeSound().Document.Root;
        var ward = root.Child("entry").Child("resource").Child("contained");
        ward.Child("name").Path().ShouldBe("Bundle.entry[0].resource.contained[0].name");
        ward.Child("name").Resource.Type.Name.ShouldBe("Organization");
        ward.IsResource.ShouldBeTrue();
    }
}
