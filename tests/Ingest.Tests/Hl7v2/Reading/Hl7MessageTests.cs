using System.Text;
using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Hl7v2.Reading;

namespace Kangqiao.Ingest.Tests.Hl7v2.Reading;

public sealed class Hl7MessageTests
{
    private const string Header = @"MSH|^~\&|HIS|H1|KQ|CITY|20260305083000||ADT^A01^ADT_A01|M1|P|2.5.1";

    [Theory]
    [InlineData("PID-3", "1")]
    [InlineData("PID-3[2]", "2")]
    [InlineData("PID-3[2].4", "NS")]
    [InlineData("PID-3[2].4.2", "1.2.3")]
    [InlineData("PID[1]-5.1", "张")]
    [InlineData("OBX[2]-5", "b")]
    [InlineData("OBX[3]-5", "")]
    [InlineData("PID-99", "")]
    [InlineData("MSH-1", "")]
    [InlineData("MSH-9.2", "A01")]
    public void A_value_is_found_by_the_path_that_the_field_writes(string path, string value)
    {
        Read(Header + "\rPID|1||1^^^A~2^^^NS&1.2.3&ISO^PI||张^三\rOBX|1|ST|a||a\rOBX|2|ST|b||b").At(path).Text().ShouldBe(value);
    }

    [Fact]
    public void Lines_may_end_in_CR_LF_or_both()
    {
        foreach (var end in (string[])["\r", "\n", "\r\n"])
        {
            var message = Read(string.Join(end, Header, "EVN|A01", "PID|1||7") + end);

            message.Count.ShouldBe(3);
            message.At("PID-3").Text().ShouldBe("7");
        }
    }

    [Fact]
    public void A_sender_chooses_its_own_delimiters()
    {
        var message = Read("MSH#*!?%#HIS#H1#KQ#CITY#20260305##ADT*A01#M1#P#2.5\rPID#1##1*x%y!2##A|B?F?C");

        message.Type.ShouldBe("ADT");
        message.Event.ShouldBe("A01");
        message.At("PID-3[1].2.2").Text().ShouldBe("y");
        message.At("PID-3[2]").Text().ShouldBe("2");
        message.At("PID-5").Text().ShouldBe("A|B#C");
    }

    [Theory]
    [InlineData(@"a\F\b", "a|b")]
    [InlineData(@"a\S\b\T\c\R\d\E\e", @"a^b&c~d\e")]
    [InlineData(@"one\.br\two", "one\ntwo")]
    [InlineData(@"one\.sp2\two", "one\n\ntwo")]
    [InlineData(@"\H\loud\N\", "loud")]
    [InlineData(@"\XE5BCA0\", "张")]
    [InlineData(@"a\X0D0A\b", "a\nb")]
    [InlineData(@"a\C2842\b\M2442\c", "abc")]
    [InlineData(@"C:\temp\new", @"C:\temp\new")]
    [InlineData(@"50\ml", @"50\ml")]
    [InlineData(@"\XZZ\", @"\XZZ\")]
    [InlineData(@"\", @"\")]
    [InlineData(@"\F", @"\F")]
    public void Escape_sequences_are_read_and_what_is_none_stays(string written, string text)
    {
        Read(Header + "\rNTE|1||" + written).At("NTE-3").Whole().ShouldBe(text);
    }

    [Fact]
    public void Any_text_comes_back_from_its_escaped_form()
    {
        var random = new Random(7);
        const string Letters = "|^~\\&#ab张三\n .%FSTREX0-é";
        for (var i = 0; i < 2000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => Letters[random.Next(Letters.Length)])).Trim();

            Read(Header + "\rNTE|1||" + Escapes.Write(text, Separators.Usual)).At("NTE-3").Whole().ShouldBe(text);
        }
    }

    [Fact]
    public void Nothing_said_is_told_apart_from_saying_there_is_none()
    {
        var message = Read(Header + "\rPID|1||7||\"\"||19580101");

        message.At("PID-5").IsNull.ShouldBeTrue();
        message.At("PID-5").Text().ShouldBe("");
        message.At("PID-6").IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void A_line_break_inside_a_field_does_not_lose_what_follows()
    {
        var findings = new FindingList();
        var message = Hl7Message.Read(Encoding.UTF8.GetBytes(Header + "\rNTE|1||first\nsecond line|RE\rPID|1||7"), findings)!;

        message.At("NTE-3").Whole().ShouldBe("first\nsecond line");
        message.At("NTE-4").Text().ShouldBe("RE");
        message.At("PID-3").Text().ShouldBe("7");
        findings.Items.ShouldHaveSingleItem().Kind.Code.ShouldBe("HL7010");
    }

    [Theory]
    [InlineData("", "HL7001")]
    [InlineData("<html>", "HL7001")]
    [InlineData("PID|1||7", "HL7001")]
    [InlineData("MSH", "HL7002")]
    [InlineData("MSH|^^^^|", "HL7002")]
    [InlineData("MSHABCDE|", "HL7002")]
    [InlineData("MSH|||||", "HL7002")]
    public void What_is_not_a_message_is_told_so(string text, string code)
    {
        var findings = new FindingList();

        Hl7Message.Read(Encoding.UTF8.GetBytes(text), findings).ShouldBeNull();
        findings.Items.ShouldHaveSingleItem().Kind.Code.ShouldBe(code);
    }

    [Fact]
    public void A_message_cut_in_a_segment_name_is_told_so()
    {
        var findings = new FindingList();
        Hl7Message.Read(Encoding.UTF8.GetBytes(Header + "\rPID|1||7\rPV"), findings);

        findings.Items.ShouldHaveSingleItem().Kind.Code.ShouldBe("HL7011");
    }

    [Fact]
    public void Reading_and_mapping_never_throw_whatever_is_done_to_a_message()
    {
        var random = new Random(11);
        var seeds = Samples.All.Select(Samples.Bytes).DefaultIfEmpty(Encoding.UTF8.GetBytes(Header + "\rPID|1||7^^^A^MR||张三\rPV1|1|I|A^1^2||||||||||||||||V1\rOBX|1|NM|A||5|g")).ToArray();
        for (var i = 0; i < 4000; i++)
        {
            var bytes = seeds[random.Next(seeds.Length)].ToArray();
            for (var n = random.Next(1, 12); n > 0; n--)
            {
                var at = random.Next(bytes.Length);
                bytes = random.Next(5) switch
                {
                    0 => [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(40))..]],
                    1 => [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]],
                    2 => [.. bytes[..at], .. "|^~\\&\r\n\"\"\u000b"u8.ToArray().OrderBy(_ => random.Next()).Take(3), .. bytes[at..]],
                    3 => bytes[..Math.Max(1, at)],
                    _ => [.. bytes[..at], .. bytes[random.Next(bytes.Length)..]],
                };
                bytes = bytes.Length == 0 ? [0] : bytes;
            }

            Samples.Map(bytes).Findings.ShouldNotBeNull();
        }
    }

    [Fact]
    public void Many_segments_and_many_repetitions_are_no_burden()
    {
        var message = Read(Header + "\rPID|1||" + string.Join('~', Enumerable.Range(0, 20_000).Select(i => i + "^^^A^XX")) + string.Concat(Enumerable.Repeat("\rZZZ|1", 50_000)));

        message.Count.ShouldBe(50_002);
        message.At("PID-3").RepetitionCount.ShouldBe(20_000);
    }

    private static Hl7Message Read(string text) => Hl7Message.Read(Encoding.UTF8.GetBytes(text), new FindingList())!;
}
