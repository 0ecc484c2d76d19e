using System.Buffers;
using System.Text;
using Kangqiao.Fhir.Tests.Reading;
using Kangqiao.Fhir.Writing;

namespace Kangqiao.Fhir.Tests.Writing;

public sealed class FhirJsonTests
{
    [Theory]
    [InlineData("1.00")]
    [InlineData("1e2")]
    [InlineData("1.10e-3")]
    [InlineData("-0.0")]
    [InlineData("100E+2")]
    [InlineData("0.30000000000000000000000000000000000000004")]
    [InlineData("123456789012345678901234567890.12")]
    public void A_decimal_keeps_every_digit(string number) =>
        Written("""{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":""" + number + "}}");

    [Fact]
    public void Primitive_extensions_are_written_right_after_their_value() =>
        Given.Json("""
            {"resourceType":"Patient","_birthDate":{"id":"b"},"gender":"male","birthDate":"1970"}
            """).Written.ShouldBe("""{"resourceType":"Patient","birthDate":"1970","_birthDate":{"id":"b"},"gender":"male"}""");

    [Fact]
    public void Null_padding_is_kept_on_both_sides() =>
        Written("""{"resourceType":"Patient","name":[{"given":["a",null,"c"],"_given":[null,{"extension":[{"url":"http://x.cn","valueCode":"c"}]},null]}]}""");

    [Fact]
    public void Escapes_and_characters_outside_ASCII_are_kept_as_sent() =>
        Written("""{"resourceType":"Patient","name":[{"text":"\"王\u5c0f\n\\明\ud83d\ude00"}]}""");

    [Fact]
    public void A_resource_type_is_written_first_wherever_it_stood() =>
        Given.Json("""
            {"contained":[{"id":"o","name":"W","resourceType":"Organization"}],"resourceType":"Patient"}
            """).Written.ShouldBe("""{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"W"}]}""");

    [Fact]
    public void One_element_can_be_written_alone()
    {
        var root = Given.Patient("\"name\":[{\"family\":\"王\",\"given\":[\"小\"]}],\"active\":true,\"_gender\":{\"extension\":[{\"url\":\"http://x.cn\",\"valueCode\":\"c\"}]}")
            .ShouldBeSound().Document.Root;
        Text(root.Child("name")).ShouldBe("""{"family":"王","given":["小"]}""");
        Text(root.Child("active")).ShouldBe("true");
        Text(root.Child("name").Child("family")).ShouldBe("\"王\"");
        Text(root.Child("gender")).ShouldBe("null");

        static string Text(Kangqiao.Fhir.Reading.Element element)
        {
            var output = new ArrayBufferWriter<byte>();
            FhirJson.Write(element, output);
            return Encoding.UTF8.GetString(output.WrittenSpan);
        }
    }

    private static void Written(string json) => Given.Json(json).ShouldBeSound().Written.ShouldBe(json);
}
