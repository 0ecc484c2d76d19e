namespace Kangqiao.Fhir.Tests.Reading;

/// <summary>The "_name" parts of primitives (json.html#primitive), in every order and of every length.</summary>
public sealed class PrimitiveExtensionTests
{
    private const string Extension = """{"extension":[{"url":"http://x.cn/e","valueCode":"c"}]}""";

    [Theory]
    [InlineData("\"birthDate\":\"1970\",\"_birthDate\":{0}")]
    [InlineData("\"_birthDate\":{0},\"birthDate\":\"1970\"")]
    [InlineData("\"_birthDate\":{0},\"gender\":\"male\",\"birthDate\":\"1970\"")]
    public void A_value_and_its_extension_are_one_element_in_either_order(string properties)
    {
        var root = Given.Patient(properties.Replace("{0}", Extension, StringComparison.Ordinal)).ShouldBeSound().Document.Root;
        var date = root.Child("birthDate");
        date.Text().ShouldBe("1970");
        date.Child("extension").ChildText("url").ShouldBe("http://x.cn/e");
        root.ChildrenNamed("birthDate").GetEnumerator().MoveNext().ShouldBeTrue();
    }

    [Fact]
    public void A_primitive_may_have_an_extension_and_no_value()
    {
        var date = Given.Patient($"\"_birthDate\":{Extension}").ShouldBeSound().Document.Root.Child("birthDate");
        date.HasValue.ShouldBeFalse();
        date.Text().ShouldBeNull();
        date.Child("extension").Exists.ShouldBeTrue();
    }

    [Theory]
    [InlineData("\"birthDate\":\"1970\",\"_birthDate\":{\"id\":\"b\"}")]
    [InlineData("\"_birthDate\":{\"id\":\"b\"},\"birthDate\":\"1970\"")]
    public void A_primitive_with_a_value_may_have_an_id(string properties) =>
        Given.Patient(properties).ShouldBeSound().Document.Root.Child("birthDate").ChildText("id").ShouldBe("b");

    [Theory]
    [InlineData("\"_birthDate\":{\"id\":\"b\"}", "Patient.birthDate")]
    [InlineData("\"name\":[{\"_given\":[{\"id\":\"b\"}]}]", "Patient.name[0].given[0]")]
    [InlineData("\"name\":[{\"given\":[null],\"_given\":[{\"id\":\"b\"}]}]", "Patient.name[0].given[0]")]
    public void An_id_alone_makes_no_primitive(string properties, string path)
    {
        var given = Given.Patient(properties);
        given.Codes.ShouldBe(["FHR017"]);
        given.Findings.Items[0].Path.ShouldBe(path);
    }

    [Theory]
    [InlineData("\"given\":[\"a\",null,\"c\"],\"_given\":[null,{0},null]")]
    [InlineData("\"_given\":[null,{0},null],\"given\":[\"a\",null,\"c\"]")]
    [InlineData("\"given\":[\"a\",null,\"c\"],\"family\":\"f\",\"_given\":[null,{0},null]")]
    [InlineData("\"_given\":[null,{0},null],\"family\":\"f\",\"given\":[\"a\",null,\"c\"]")]
    public void Entries_match_by_position(string properties)
    {
        var text = properties.Replace("{0}", Extension, StringComparison.Ordinal);
        var name = Given.Patient($"\"name\":[{{{text}}}]").ShouldBeSound().Document.Root.Child("name");
        var seen = new List<string>();
        foreach (var given in name.ChildrenNamed("given"))
        {
            seen.Add($"{given.Index} {given.Text()} {given.Child("extension").Exists}");
        }

        seen.ShouldBe(["0 a False", "1  True", "2 c False"]);
    }

    [Theory]
    [InlineData("\"given\":[\"a\"],\"_given\":[null,{0}]")]
    [InlineData("\"given\":[\"a\"],\"family\":\"f\",\"_given\":[null,{0}]")]
    [InlineData("\"_given\":[null,{0}],\"given\":[\"a\"]")]
    [InlineData("\"given\":[\"a\",\"b\",\"c\"],\"_given\":[null,{0}]")]
    [InlineData("\"_given\":[{0}],\"family\":\"f\",\"given\":[\"a\",\"b\"]")]
    public void Arrays_of_unlike_length_do_not_match(string properties)
    {
        var text = properties.Replace("{0}", Extension, StringComparison.Ordinal);
        var given = Given.Patient($"\"name\":[{{{text}}}]");
        given.Codes.ShouldBe(["FHR023"]);
        given.Findings.Items[0].Path.ShouldBe("Patient.name[0]");
    }

    [Fact]
    public void An_array_may_be_all_extensions() =>
        Given.Patient($"\"name\":[{{\"_given\":[{Extension},{Extension}]}}]").ShouldBeSound()
            .Written.ShouldContain("\"_given\":[");

    [Fact]
    public void A_place_that_is_null_in_both_arrays_says_nothing()
    {
        var given = Given.Patient($"\"name\":[{{\"given\":[\"a\",null],\"_given\":[{Extension},null]}}]");
        given.Codes.ShouldBe(["FHR016"]);
        given.Findings.Items[0].Path.ShouldBe("Patient.name[0].given[1]");
    }

    [Fact]
    public void A_value_of_the_wrong_type_is_one_fault_and_keeps_the_others_in_place()
    {
        var given = Given.Patient($"\"name\":[{{\"given\":[7,\"b\"],\"_given\":[null,{Extension}]}}]");
        given.Codes.ShouldBe(["FHR015"]);
        var seen = new List<string?>();
        foreach (var name in given.Document.Root.Child("name").ChildrenNamed("given"))
        {
            seen.Add($"{name.Text()} {name.Child("extension").Exists}");
        }

        seen.ShouldBe([" False", "b True"]);
    }

    [Fact]
    public void Repetitions_stand_together_whatever_came_between()
    {
        var given = Given.Patient($$"""
            "name":[{"given":["a"],"family":"f","use":"usual","_given":[{"id":"1"},{{Extension}},{{Extension}}]}]
            """);
        var names = new List<string>();
        foreach (var child in given.Document.Root.Child("name").Children)
        {
            names.Add(child.Name + (child.Index < 0 ? "" : child.Index));
        }

        names.ShouldBe(["given0", "given1", "given2", "family", "use"]);
    }
}
