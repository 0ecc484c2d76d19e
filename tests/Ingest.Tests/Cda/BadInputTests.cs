using System.Text;
using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Cda;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Tests.Cda;

public sealed class BadInputTests
{
    private const string Head = """<ClinicalDocument xmlns="urn:hl7-org:v3">""";

    private static readonly string Sound = Encoding.UTF8.GetString(TheFormat.Writer.Write(Samples.Of("C0002")));

    public static TheoryData<string, string> Refusals => new()
    {
        { "", "CDA001" },
        { " \r\n\0\0", "CDA001" },
        { "<html><body>502 Bad Gateway</body></html>", "CDA010" },
        { "{\"resourceType\":\"Patient\"}", "CDA002" },
        { "<ClinicalDocument xmlns='urn:hl7-org:v3'/>", "CDA017" },
        { """<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;&x;&x;&x;&x;&x;&x;">]><ClinicalDocument>&z;</ClinicalDocument>""", "CDA003" },
        { """<!DOCTYPE a SYSTEM "http://example.org/x.dtd"><ClinicalDocument/>""", "CDA003" },
        { """<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><ClinicalDocument>&x;</ClinicalDocument>""", "CDA003" },
        { Head + "<id", "CDA009" },
        { Head + "<id root='1", "CDA009" },
        { Head + "<title>病历", "CDA009" },
        { Head + "<!-- ", "CDA009" },
        { Head + "<![CDATA[", "CDA002" },
        { Head + "<a></b></ClinicalDocument>", "CDA002" },
        { Head + "<a x=1/></ClinicalDocument>", "CDA002" },
        { Head + "<a x='1' x='2'/></ClinicalDocument>", "CDA002" },
        { Head + "</ClinicalDocument><ClinicalDocument/>", "CDA002" },
        { "<?xml version='1.0' encoding='EBCDIC-37'?><a>\uFFFF", "CDA009" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_is_no_document_is_refused_with_a_reason_in_two_languages(string text, string code)
    {
        var unit = TheFormat.Map(text);
        unit.Records.ShouldBeEmpty();
        var finding = unit.Findings.Single(f => f.IsError);
        finding.Kind.Code.ShouldBe(code);
        finding.Chinese.Any(c => c >= 0x4E00).ShouldBeTrue();
        finding.Path.ShouldStartWith("/");
    }

    [Fact]
    public void A_million_attributes_ten_thousand_levels_and_two_million_elements_are_refused_at_their_bounds()
    {
        Code(Head + "<id " + string.Concat(Enumerable.Range(0, 1_000_000).Select(i => $"a{i}='' ")) + "/></ClinicalDocument>").ShouldBe("CDA006");
        Code(Head + string.Concat(Enumerable.Repeat("<a>", 10_000)) + string.Concat(Enumerable.Repeat("</a>", 10_000)) + "</ClinicalDocument>").ShouldBe("CDA005");
        Code(Head + string.Concat(Enumerable.Repeat("<a/>", 2_000_000)) + "</ClinicalDocument>").ShouldBe("CDA006");
    }

    [Fact]
    public void A_document_cut_anywhere_is_refused_and_never_thrown_at()
    {
        var bytes = Encoding.UTF8.GetBytes(Sound);
        for (var length = 0; length < bytes.Length - 20; length += 37)
        {
            TheFormat.Map(bytes[..length]).Findings.ShouldContain(f => f.IsError, $"cut at {length}");
        }
    }

    [Fact]
    public void Bytes_changed_at_random_give_findings_or_records_and_no_exception()
    {
        var random = new Random(20240506);
        var bytes = Encoding.UTF8.GetBytes(Sound);
        for (var round = 0; round < 2000; round++)
        {
            var changed = (byte[])bytes.Clone();
            for (var i = 0; i < 1 + (round % 8); i++)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            var unit = TheFormat.Map(changed);
            (unit.Records.Count > 0 || unit.Findings.Count > 0).ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData("GB18030")]
    [InlineData("gbk")]
    [InlineData("GB2312")]
    public void Chinese_charsets_are_read_as_declared(string charset)
    {
        var unit = TheFormat.Map(InGb18030(Sound.Replace("encoding=\"utf-8\"", $"encoding=\"{charset}\"", StringComparison.OrdinalIgnoreCase)));
        unit.ShouldBeSound();
        unit.Json().ShouldContain("欧阳明");
        unit.Findings.ShouldNotContain(f => f.Kind == CdaFindings.OtherCharset);
    }

    [Fact]
    public void A_declaration_that_lies_about_the_charset_is_seen_through_and_said()
    {
        var gb = TheFormat.Map(InGb18030(Sound));
        gb.Json().ShouldContain("欧阳明");
        gb.Findings.ShouldContain(f => f.Kind == CdaFindings.OtherCharset && f.Arguments[1] == "GB18030");
        var utf8 = TheFormat.Map(Sound.Replace("encoding=\"utf-8\"", "encoding=\"GBK\"", StringComparison.OrdinalIgnoreCase));
        utf8.Json().ShouldContain("欧阳明");
        utf8.Findings.ShouldContain(f => f.Kind == CdaFindings.OtherCharset && f.Arguments[1] == "UTF-8");
        TheFormat.Map([.. "<?xml version='1.0'?><a>"u8, 0x81, 0xFF, 0xFF]).Findings.ShouldHaveSingleItem().Kind.ShouldBe(CdaFindings.Charset);
    }

    [Fact]
    public void What_real_senders_get_wrong_is_read_and_said()
    {
        var text = Sound
            .Replace("xmlns=\"urn:hl7-org:v3\"", "", StringComparison.Ordinal)
            .Replace("<setId>", "<extra xyz='1'>R&D & <3</extra><setId>", StringComparison.Ordinal)
            .Replace("<code code=\"C0002\"", "<code code=\"\"", StringComparison.Ordinal);
        var unit = TheFormat.Map(text);
        unit.ShouldBeSound();
        unit.Findings.Select(f => f.Kind).ShouldBe([CdaFindings.Ampersand, CdaFindings.Namespace, CdaFindings.TypeGuessed], ignoreOrder: true);
    }

    [Fact]
    public async Task Documents_behind_each_other_come_apart_and_one_too_long_is_cut_and_said_to_be()
    {
        var small = Encoding.UTF8.GetBytes(Sound + "\n");
        var options = new CdaOptions { MaxBytes = 40_000 };
        var big = Encoding.UTF8.GetBytes(Sound.Replace("<title>", "<!--" + new string('x', 300_000) + "--><title>", StringComparison.Ordinal));
        var format = new CdaFormat(TheFormat.Content, options);
        using var stream = new MemoryStream([.. small, .. small, .. big, .. small, .. "  \r\n"u8]);
        var units = new List<RawUnit>();
        await foreach (var unit in format.SplitAsync(stream, TestContext.Current.CancellationToken))
        {
            units.Add(unit);
        }

        units.Select(u => u.Index).ShouldBe([0, 1, 2, 3]);
        units[1].Bytes.ToArray().AsSpan().TrimStart("\n"u8).SequenceEqual(small.AsSpan().TrimEnd("\n"u8)).ShouldBeTrue();
        units[2].Bytes.Length.ShouldBeLessThan(200_000);
        format.Map(units[2], TheFormat.Hospital).ShouldHaveSingleItem().Findings.ShouldHaveSingleItem().Kind.ShouldBe(CdaFindings.TooLarge);
        format.Map(units[3], TheFormat.Hospital).ShouldHaveSingleItem().Records.ShouldNotBeEmpty();
    }

    [Fact]
    public void Every_finding_has_its_own_code_and_both_languages()
    {
        CdaFindings.All.Select(k => k.Code).ShouldBe(Enumerable.Range(1, CdaFindings.All.Count).Select(i => $"CDA{i:000}"));
        CdaFindings.All.ShouldAllBe(k => k.English.Length > 20 && k.Chinese.Any(c => c >= 0x4E00));
    }

    private static string Code(string text) => TheFormat.Map(text).Findings.Single(f => f.IsError).Kind.Code;

    private static byte[] InGb18030(string text) => CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!.GetBytes(text);
}
