using System.Text;
using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Hl7v2;
using Kangqiao.Ingest.Hl7v2.Acknowledging;
using Kangqiao.Ingest.Hl7v2.Reading;

namespace Kangqiao.Ingest.Tests.Hl7v2.Acknowledging;

public sealed class AcknowledgementTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 5, 0, 30, 0, TimeSpan.Zero);
    private static readonly Finding BadPatient = Hl7Findings.Of(Hl7Findings.NoPatientNumber, "PID[1]-3[2].4");
    private static readonly Finding NotSupported = Hl7Findings.Of(Hl7Findings.NotSupported, "MSH[1]-9", "ADT^A99");

    [Fact]
    public void A_message_that_came_in_is_answered_to_where_it_came_from()
    {
        var answer = Read(Acknowledgement.Answer(Message("2.5.1"), [], Now, "R1"));

        answer.At("MSH-3").Text().ShouldBe("KQ");
        answer.At("MSH-5").Text().ShouldBe("HIS");
        answer.At("MSH-7").Text().ShouldBe("20260305083000+0800");
        answer.At("MSH-9.1").Text().ShouldBe("ACK");
        answer.At("MSH-9.2").Text().ShouldBe("A01");
        answer.At("MSH-10").Text().ShouldBe("R1");
        answer.At("MSH-12").Text().ShouldBe("2.5.1");
        answer.At("MSA-1").Text().ShouldBe("AA");
        answer.At("MSA-2").Text().ShouldBe("M1");
        answer.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("", "", false, "AA")]
    [InlineData("", "", true, "AE")]
    [InlineData("AL", "NE", false, "CA")]
    [InlineData("AL", "NE", true, "CE")]
    [InlineData("AL", "AL", false, "AA")]
    [InlineData("NE", "AL", true, "AE")]
    [InlineData("NE", "NE", false, null)]
    [InlineData("ER", "ER", false, null)]
    [InlineData("ER", "", true, "CE")]
    [InlineData("SU", "", false, "CA")]
    [InlineData("", "SU", true, null)]
    public void The_mode_that_the_sender_asks_for_is_the_one_it_gets(string accept, string application, bool isError, string? code)
    {
        var answer = Acknowledgement.Answer(Message("2.5.1", accept, application), isError ? [BadPatient] : [], Now, "R1");

        (answer.Length == 0 ? null : Read(answer).At("MSA-1").Text()).ShouldBe(code);
    }

    [Theory]
    [InlineData("", "", true, "AA")]
    [InlineData("", "", false, "AE")]
    [InlineData("AL", "", true, "CA")]
    [InlineData("AL", "", false, "CA")]
    [InlineData("AL", "AL", false, "AE")]
    public void What_waits_in_quarantine_is_kept_but_not_taken_in(string accept, string application, bool isTaken, string code)
    {
        Read(Acknowledgement.Answer(Message("2.5.1", accept, application), [], Now, "R1", isTaken)).At("MSA-1").Text().ShouldBe(code);
    }

    [Fact]
    public void From_2_5_on_every_fault_has_its_place_its_code_and_both_texts()
    {
        var answer = Read(Acknowledgement.Answer(Message("2.8", charset: "UNICODE UTF-8"), [BadPatient, NotSupported], Now, "R1"));

        answer.At("MSA-1").Text().ShouldBe("AR");
        answer.At("ERR[1]-2").Repetition(1).Bytes.SequenceEqual("PID^1^3^2^4"u8).ShouldBeTrue();
        answer.At("ERR[1]-3.1").Text().ShouldBe("101");
        answer.At("ERR[1]-3.3").Text().ShouldBe("HL70357");
        answer.At("ERR[1]-4").Text().ShouldBe("E");
        answer.At("ERR[1]-5.1").Text().ShouldBe("HL7017");
        answer.At("ERR[1]-7").Whole().ShouldContain("patient number");
        answer.At("ERR[1]-8").Whole().ShouldContain("患者标识");
        answer.At("ERR[2]-3.1").Text().ShouldBe("200");
    }

    [Fact]
    public void Before_2_5_the_faults_stand_in_one_field_and_in_MSA_3()
    {
        var answer = Read(Acknowledgement.Answer(Message("2.3.1"), [BadPatient, NotSupported], Now, "R1"));

        answer.At("MSA-3").Whole().ShouldContain("patient number");
        answer.At("ERR-1").RepetitionCount.ShouldBe(2);
        answer.At("ERR-1.1").Text().ShouldBe("PID");
        answer.At("ERR-1.3").Text().ShouldBe("3");
        answer.At("ERR-1.4.1").Text().ShouldBe("101");
        answer.At("MSH-9.3").IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void A_sender_in_GBK_is_answered_in_GBK()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var gb = Encoding.GetEncoding("gb18030");
        var bytes = gb.GetBytes("MSH|^~\\&|医院|H1|KQ|CITY|20260305||ADT^A01|M1|P|2.5.1||||||GBK\r");

        var answer = gb.GetString(Acknowledgement.Answer(bytes, [BadPatient], Now, "R1"));

        answer.ShouldContain("|医院|");
        answer.ShouldContain("患者标识");
        answer.ShouldContain("GB 18030-2000");
    }

    [Fact]
    public void A_sender_that_writes_ASCII_only_is_answered_in_ASCII()
    {
        Acknowledgement.Answer(Message("2.5.1"), [BadPatient], Now, "R1").ShouldAllBe(b => b < 0x80);
    }

    [Fact]
    public void A_sender_with_its_own_delimiters_is_answered_with_them()
    {
        var bytes = "MSH#*!?%#HIS#H1#KQ#CITY#20260305##ADT*A01#M1#P#2.5\r"u8.ToArray();

        var text = Encoding.UTF8.GetString(Acknowledgement.Answer(bytes, [], Now, "R1"));

        text.ShouldStartWith("MSH#*!?%#KQ#CITY#HIS#H1#");
        text.ShouldContain("MSA#AA#M1");
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("MSH|")]
    public void Even_what_is_no_message_gets_an_answer(string text)
    {
        var unit = Samples.Map(Encoding.UTF8.GetBytes(text));

        Read(Acknowledgement.Answer(Encoding.UTF8.GetBytes(text), unit.Findings, Now, "R1")).At("MSA-1").Text().ShouldBe("AR");
    }

    private static byte[] Message(string version, string accept = "", string application = "", string charset = "") =>
        Encoding.UTF8.GetBytes($"MSH|^~\\&|HIS|H1|KQ|CITY|20260305||ADT^A01^ADT_A01|M1|P|{version}|||{accept}|{application}||{charset}\rEVN|A01\rPID|1\r");

    private static Hl7Message Read(byte[] bytes) => Hl7Message.Read(bytes, new FindingList())!;
}
