using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Kangqiao.Fhir.Units;

/// <summary>
/// The functional tests of UCUM, whole: also the cases that their keeper commented out because another library fails them. The display
/// names of section 2 are left out: they are that suite's own wording, not part of UCUM, and we show the code.
/// </summary>
public sealed class UcumSuiteTests
{
    /// <summary>Cases we fail on purpose. A case that starts to pass must leave this list.</summary>
    private static readonly Dictionary<string, string> Expected = new(StringComparer.Ordinal)
    {
        ["3-130"] = "The suite says 0.1877, but 0.02502 × 28.349523125 g / 3.785411784 L is 0.1874.",
    };

    [Fact]
    public void Every_unit_of_the_suite_is_judged_as_it_says()
    {
        var cases = Cases("validation");
        cases.Count.ShouldBeGreaterThan(500);
        Judge(cases, c => (Ucum.Parse(Text(c, "unit")) is not null) == (Text(c, "valid") == "true"));
    }

    [Fact]
    public void Every_conversion_of_the_suite_comes_out_to_the_digits_it_gives() =>
        Judge(Cases("conversion"), c =>
            Ucum.TryConvert(Number(Text(c, "value")), Text(c, "srcUnit"), Text(c, "dstUnit"), out var result)
            && Agrees(result, Text(c, "outcome")));

    [Fact]
    public void Every_product_of_the_suite_is_of_the_size_it_gives() =>
        Judge(Cases("multiplication"), c =>
            Ucum.Multiply(Text(c, "u1"), Text(c, "u2")) is { } unit
            && Ucum.TryConvert(Number(Text(c, "v1")) * Number(Text(c, "v2")), unit, Text(c, "uRes"), out var result)
            && result == Number(Text(c, "vRes")));

    private static void Judge(List<XElement> cases, Func<XElement, bool> passes)
    {
        cases.ShouldNotBeEmpty();
        var failed = cases.Where(c => !passes(c)).Select(c => $"{Text(c, "id")} {Text(c, "unit")}{Text(c, "srcUnit")}".Trim()).ToList();
        var expected = cases.Where(c => Expected.ContainsKey(Text(c, "id"))).Select(c => $"{Text(c, "id")} {Text(c, "unit")}{Text(c, "srcUnit")}".Trim());
        failed.ShouldBe(expected);
    }

    /// <summary>The outcome's own digits are its precision; a decimal keeps 28 places.</summary>
    private static bool Agrees(decimal result, string outcome)
    {
        var expected = Number(outcome);
        var mantissa = outcome.Split('e')[0];
        var places = mantissa.Contains('.', StringComparison.Ordinal) ? mantissa.Length - mantissa.IndexOf('.', StringComparison.Ordinal) - 1 : 0;
        var power = outcome.Contains('e', StringComparison.Ordinal) ? int.Parse(outcome.Split('e')[1], CultureInfo.InvariantCulture) : 0;
        var halfOfLast = 0.5 * Math.Pow(10, power - places);
        return (double)Math.Abs(result - expected) <= Math.Max(halfOfLast, 1e-28);
    }

    private static List<XElement> Cases(string section)
    {
        var path = Path.Combine(ConformanceFolder() ?? "", "ucum", "ucum-tests.xml");
        Assert.SkipUnless(File.Exists(path), "The UCUM functional tests are not beside this checkout.");
        var cases = new List<XElement>();
        foreach (var node in XDocument.Load(path).Root!.Element(section)!.Nodes())
        {
            if (node is XElement { Name.LocalName: "case" } active)
            {
                cases.Add(active);
            }
            else if (node is XComment comment)
            {
                cases.AddRange(Commented(comment.Value));
            }
        }

        return cases;
    }

    private static IEnumerable<XElement> Commented(string comment)
    {
        var text = comment.Trim();
        text = text.StartsWith("case ", StringComparison.Ordinal) ? "<" + text : text;
        try
        {
            return XElement.Parse($"<comment>{text}</comment>").Elements("case");
        }
        catch (XmlException)
        {
            return [];
        }
    }

    private static string? ConformanceFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Kangqiao.slnx")))
            {
                return Path.Combine(folder.FullName, "..", "shared", "conformance");
            }
        }

        return null;
    }

    private static string Text(XElement element, string name) => (string?)element.Attribute(name) ?? "";

    private static decimal Number(string text) => decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
}
