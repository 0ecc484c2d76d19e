using System.Text;
using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Hl7v2.Reading;

namespace Kangqiao.Ingest.Tests.Hl7v2.Reading;

public sealed class CharsetTests
{
    [Theory]
    [InlineData("UNICODE UTF-8", "utf-8", null)]
    [InlineData("GB 18030-2000", "gb18030", null)]
    [InlineData("GBK", "gb18030", null)]
    [InlineData("", "utf-8", "HL7006")]
    [InlineData("", "gb18030", "HL7006")]
    [InlineData("ASCII", "gb18030", "HL7006")]
    [InlineData("GBK", "utf-8", "HL7007")]
    [InlineData("UNICODE UTF-8", "gb18030", "HL7007")]
    [InlineData("KLINGON", "utf-8", "HL7008")]
    [InlineData("BIG-5", "big5", null)]
    public void Chinese_text_is_read_in_the_characters_it_was_written_in(string declared, string written, string? code)
    {
        var findings = new FindingList();
        var message = Hl7Message.Read(Message(declared, Encoding(written), "張三"), findings)!;

        message.At("PID-5").Text().ShouldBe("張三");
        findings.Items.Select(finding => finding.Kind.Code).ShouldBe(code is null ? [] : [code]);
    }

    [Fact]
    public void A_second_byte_that_looks_like_a_delimiter_does_not_cut_a_character()
    {
        // In GBK these end in the bytes of '|', '^', '~' and '\'.
        const string Tricky = "葇淾瀪誠黒臷榌";
        var gb = Encoding("gb18030");
        var found = gb.GetBytes(Tricky);
        found.ShouldContain(b => b == '|' || b == '^' || b == '~' || b == '\\');

        Hl7Message.Read(Message("GBK", gb, Tricky), new FindingList())!.At("PID-5").Whole().ShouldBe(Tricky);
    }

    [Fact]
    public void A_rare_character_of_a_name_survives()
    {
        // 𬱖 is in GB 18030 only, with four bytes.
        Hl7Message.Read(Message("GB 18030-2000", Encoding("gb18030"), "张𬱖"), new FindingList())!.At("PID-5").Text().ShouldBe("张𬱖");
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_message()
    {
        byte[] bytes = [0xEF, 0xBB, 0xBF, .. Message("UNICODE UTF-8", new UTF8Encoding(false), "张三")];

        Hl7Message.Read(bytes, new FindingList())!.At("PID-5").Text().ShouldBe("张三");
    }

    [Fact]
    public void Bytes_that_are_no_characters_keep_a_message_out()
    {
        var findings = new FindingList();
        byte[] bytes = [.. "MSH|^~\\&|||||||ADT^A01|1|P|2.5||||||GBK\rPID|1||7||"u8, 0xFF, 0xFF, 0x81, .. "\r"u8];

        Hl7Message.Read(bytes, findings).ShouldBeNull();
        findings.Items.ShouldContain(finding => finding.Kind.Code == "HL7009" && finding.IsError);
    }

    private static byte[] Message(string charset, Encoding encoding, string name) =>
        encoding.GetBytes($"MSH|^~\\&|医院系统|H1|KQ|CITY|20260305||ADT^A01|M1|P|2.5.1||||||{charset}\rPID|1||7||{name}\r");

    private static Encoding Encoding(string name)
    {
        System.Text.Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        return name == "utf-8" ? new UTF8Encoding(false) : System.Text.Encoding.GetEncoding(name);
    }
}
