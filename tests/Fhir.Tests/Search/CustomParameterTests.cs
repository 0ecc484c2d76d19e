using System.Text;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Search;
using Kangqiao.Kernel;

namespace Kangqiao.Fhir.Tests.Search;

/// <summary>Search parameters a city defines for itself.</summary>
public sealed class CustomParameterTests
{
    private const string Patient = """
        {"resourceType":"Patient","name":[{"use":"official","family":"张","given":["三"]}],"multipleBirthInteger":2,
         "extension":[{"url":"https://kangqiao.example/nation","valueCoding":{"system":"https://kangqiao.example/gb3304","code":"01"}},
                      {"url":"https://kangqiao.example/blood","valueString":"A"}]}
        """;

    [Theory]
    [InlineData("number", "(Patient.multipleBirth as integer)", "2", true)]
    [InlineData("number", "(Patient.multipleBirth as integer)", "lt2", false)]
    [InlineData("token", "Patient.name.use", "official", true)]
    [InlineData("token", "Patient.extension('https://kangqiao.example/nation').value.ofType(Coding)", "https://kangqiao.example/gb3304|01", true)]
    [InlineData("token", "Patient.extension.where(url = 'https://kangqiao.example/nation').value", "01", true)]
    [InlineData("string", "Patient.extension.where(url='https://kangqiao.example/blood').value.as(string)", "a", true)]
    [InlineData("token", "Patient.name.exists()", "true", true)]
    [InlineData("token", "Patient.photo.exists() or Patient.contact.exists()", "true", false)]
    [InlineData("string", "Patient.name.select(family & given.first())", "张三", true)]
    [InlineData("token", "Patient.name.count() > 1", "false", true)]
    public void A_parameter_of_ones_own_is_found_by(string type, string expression, string asked, bool found)
    {
        var parameter = Define(type, expression).Value;

        Asked.Values(Patient, parameter).Finds("own=" + asked).ShouldBe(found);
    }

    [Theory]
    [InlineData("token", "Patient.nose")]
    [InlineData("token", "Patient.name.where(use='official'")]
    [InlineData("token", "Patient.name..use")]
    [InlineData("colour", "Patient.name.use")]
    [InlineData("composite", "Patient.name")]
    public void A_definition_that_cannot_work_is_refused(string type, string expression) =>
        Define(type, expression).IsSuccess.ShouldBeFalse();

    [Fact]
    public void An_expression_nested_without_end_is_refused()
    {
        var deep = new string('(', 5000) + "Patient.name" + new string(')', 5000);

        Define("string", deep).IsSuccess.ShouldBeFalse();
    }

    [Fact]
    public void Ones_own_definition_takes_the_place_of_the_specifications()
    {
        var parameter = Define("string", "Patient.contact.name", "name").Value;

        Asked.Values(Patient, parameter).Finds("name=张").ShouldBeFalse();
    }

    private static Outcome<SearchParameter> Define(string type, string expression, string code = "own")
    {
        var json = $$"""
            {"resourceType":"SearchParameter","url":"https://kangqiao.example/SearchParameter/own","name":"Own","status":"active",
             "description":"x","code":"{{code}}","base":["Patient"],"type":"{{type}}","expression":{{System.Text.Json.JsonSerializer.Serialize(expression)}}}
            """;
        return SearchParameter.Of(FhirDocument.Read(Encoding.UTF8.GetBytes(json), new FindingList()).Root);
    }
}
