using System.Text;
using System.Xml.Linq;
using Kangqiao.Fhir.Patch;

namespace Kangqiao.Fhir.Tests.Patch;

public sealed class XmlPatchTests
{
    private static readonly byte[] Patient = """{"resourceType":"Patient","id":"a","active":true,"name":[{"family":"Wang","given":["Xi","Yi"]},{"family":"Li"}],"gender":"female"}"""u8.ToArray();

    [Fact]
    public void The_public_suite_holds()
    {
        var file = Path.Combine(Project.Root, "..", "shared", "conformance", "patch", "xml-patch-tests.xml");
        Assert.SkipUnless(File.Exists(file), "The public suites are not beside the project.");
        var wrong = new List<string>();
        var cases = 0;
        foreach (var test in XDocument.Load(file).Root!.Elements("case"))
        {
            // A case about a target that is not there tests the suite's own runner.
            if (test.Element("target")!.Elements().FirstOrDefault() is not { } target)
            {
                continue;
            }

            cases++;
            var patch = test.Elements().First(e => e.Name.LocalName == "patch");
            var outcome = XmlPatch.Apply(new XDocument(new XElement(target)), Encoding.UTF8.GetBytes(patch.ToString()), PatchLimits.Default);
            var due = test.Element("patched")?.Elements().First();
            if (due is null ? outcome.IsSuccess : !outcome.IsSuccess || !XNode.DeepEquals(Bare(outcome.Value.Root!), Bare(due)))
            {
                wrong.Add($"{test.Attribute("name")!.Value}: {(outcome.IsSuccess ? outcome.Value.ToString() : outcome.Problem!.Message)}");
            }
        }

        wrong.ShouldBeEmpty();
        cases.ShouldBeGreaterThan(25);
    }

    [Theory]
    [InlineData("""<diff><replace sel="Patient/name[2]/family/@value">Zhao</replace></diff>""", "\"family\":\"Zhao\"")]
    [InlineData("""<diff xmlns:x="http://hl7.org/fhir"><remove sel="/x:Patient/x:name[x:family]"/></diff>""", null)]
    [InlineData("""<diff><remove sel="Patient/name[1]/given[@value='Xi']"/></diff>""", "\"given\":[\"Yi\"]")]
    [InlineData("""<diff><add sel="Patient/gender" pos="after"><birthDate value="1958-03"/></add></diff>""", "\"birthDate\":\"1958-03\"")]
    [InlineData("""<diff><replace sel="Patient/*[@value='true']"><active value="false"/></replace></diff>""", "\"active\":false")]
    [InlineData("""<diff><replace sel="Patient/gender/@value">blue moon\n</replace><remove sel="Patient"/></diff>""", null)]
    [InlineData("""<diff><remove sel="//name"/></diff>""", null)]
    [InlineData("""<diff><remove sel="Patient/name"/></diff>""", null)]
    [InlineData("""<diff><add sel="Patient"><colour value="x"/></add></diff>""", null)]
    [InlineData("""<diff><replace sel="Patient"><Group xmlns="http://hl7.org/fhir"/></replace></diff>""", null)]
    [InlineData("""<!DOCTYPE x [<!ENTITY a "b">]><diff><remove sel="Patient/gender"/></diff>""", null)]
    [InlineData("""<diff>""", null)]
    public void A_resource_is_changed_as_the_patch_says_or_not_at_all(string patch, string? due)
    {
        var outcome = XmlPatch.Apply(Patient, Encoding.UTF8.GetBytes(patch));
        outcome.IsSuccess.ShouldBe(due is not null, outcome.Problem?.Message);
        if (due is not null)
        {
            Encoding.UTF8.GetString(outcome.Value).ShouldContain(due);
        }
    }

    [Fact]
    public void A_patch_that_asks_for_too_much_is_refused_in_time()
    {
        var many = string.Concat(Enumerable.Repeat("<add sel=\"Patient/name[1]\"><given value=\"x\"/></add>", 1001));
        XmlPatch.Apply(Patient, Encoding.UTF8.GetBytes($"<diff>{many}</diff>")).Problem!.Code.ShouldBe("PCH010");
        var deep = string.Concat(Enumerable.Repeat("<a>", 5000)) + string.Concat(Enumerable.Repeat("</a>", 5000));
        XmlPatch.Apply(Patient, Encoding.UTF8.GetBytes($"<diff><add sel=\"Patient\">{deep}</add></diff>")).Problem!.Code.ShouldBe("PCH013");
        var limits = PatchLimits.Default with { MaxWork = 1000 };
        XmlPatch.Apply(Patient, Encoding.UTF8.GetBytes("<diff><remove sel=\"Patient/name[3]\"/></diff>"), limits).IsSuccess.ShouldBeFalse();
    }

    /// <summary>Without blanks between elements, and without declarations of prefixes that nothing uses.</summary>
    private static XElement Bare(XElement element)
    {
        var bare = new XElement(
            element.Name,
            element.Attributes().Where(a => !a.IsNamespaceDeclaration).OrderBy(a => a.Name.ToString(), StringComparer.Ordinal).Select(a => new XAttribute(a)));
        foreach (var node in element.Nodes())
        {
            switch (node)
            {
                case XElement child:
                    bare.Add(Bare(child));
                    break;
                case XText text when !string.IsNullOrWhiteSpace(text.Value):
                    bare.Add(new XText(text.Value));
                    break;
                case XComment comment:
                    bare.Add(new XComment(comment.Value));
                    break;
            }
        }

        return bare;
    }
}
