using System.Text;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Validation;
using Kangqiao.Fhir.Xml;

namespace Kangqiao.Fhir.Tests.Xml;

public sealed class ReadXmlTests
{
    private readonly FindingList findings = new();

    [Fact]
    public void A_resource_sent_as_xml_is_checked_like_any_other_but_lines_of_its_conversion_are_not_told()
    {
        var document = Read("<Patient xmlns=\"http://hl7.org/fhir\">\n<gender value=\"boy\"/><birthDate value=\"2026-02-30\"/></Patient>");
        new Validator().Validate(document, findings);

        findings.Items.Select(f => f.Kind.Code).ShouldBe(["FHR018", "FHR301", "FHR201"], ignoreOrder: true);
        findings.Items.ShouldAllBe(f => f.Line == 0 && f.Column == 0);
    }

    [Fact]
    public void Broken_xml_is_a_finding_that_says_where()
    {
        Read("<Patient xmlns=\"http://hl7.org/fhir\">\n<gender value=\"male\"></Patient>").IsUsable.ShouldBeFalse();

        findings.Items.ShouldHaveSingleItem().English.ShouldContain("Line 2");
    }

    private FhirDocument Read(string xml) => FhirXml.Read(Encoding.UTF8.GetBytes(xml), findings);
}
