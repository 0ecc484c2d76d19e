using System.Text.Json;
using Kangqiao.Ingest.Hl7v2.Content;
using Kangqiao.Ingest.Hl7v2.Mapping;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Tests.Hl7v2.Mapping;

/// <summary>Messages as Chinese hospitals write them.</summary>
public sealed class ChinesePracticeTests
{
    [Fact]
    public void A_name_in_one_field_is_kept_as_it_stands()
    {
        var name = Patient("PID|1||P1||张三||19580304|男").GetProperty("name")[0];

        name.GetProperty("text").GetString().ShouldBe("张三");
        name.TryGetProperty("family", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("PID|1||P1~440106195803041234^^^^NI||张三")]
    [InlineData("PID|1||P1~440106195803041234^^^^SFZ||张三")]
    [InlineData("PID|1||P1~44010619580304123X^^^公安||张三")]
    [InlineData("PID|1||P1||张三||||||||||||||440106195803041234")]
    public void The_resident_identity_number_is_found_where_senders_put_it(string pid)
    {
        var patient = Patient(pid);

        patient.GetProperty("identifier").EnumerateArray().ShouldContain(identifier =>
            identifier.GetProperty("system").GetString() == "urn:oid:2.16.156.10011.1.3" && identifier.GetProperty("value").GetString()!.StartsWith("4401061958"));
        Samples.Map("ADT^A28", pid).One("Patient").Key.ShouldBe("pid|P1");
    }

    [Theory]
    [InlineData("PID|1||440106195803041234||张三", "id|440106195803041234")]
    [InlineData("PID|1||M123^^^^门诊号||张三", "op|M123")]
    [InlineData("PID|1||Z123^^^^住院号||张三", "ip|Z123")]
    [InlineData("PID|1||||张三||||||||||||||440106195803041234", "id|440106195803041234")]
    public void A_patient_without_a_number_of_its_own_is_known_by_another(string pid, string key)
    {
        Samples.Map("ADT^A28", pid).One("Patient").Key.ShouldBe(key);
    }

    [Fact]
    public void A_patient_without_any_number_keeps_the_message_out()
    {
        Samples.Map("ADT^A28", "PID|1||||张三").Codes().ShouldContain("HL7017");
    }

    [Fact]
    public void An_address_in_one_line_is_kept_as_its_text()
    {
        Patient("PID|1||P1||张三||||||广州市天河区体育西路1号").GetProperty("address")[0].GetProperty("text").GetString().ShouldBe("广州市天河区体育西路1号");
    }

    [Theory]
    [InlineData("2026-03-05 08:30:00", "2026-03-05T08:30:00+08:00")]
    [InlineData("2026/3/5", "2026-03-05")]
    [InlineData("2026年3月5日", "2026-03-05")]
    [InlineData("20260305083000", "2026-03-05T08:30:00+08:00")]
    [InlineData("202603050830+0000", "2026-03-05T08:30:00+00:00")]
    [InlineData("20260305083000.1234", "2026-03-05T08:30:00.1234+08:00")]
    [InlineData("2026", "2026")]
    [InlineData("202603", "2026-03")]
    [InlineData("2026-03-05T08:30:00Z", "2026-03-05T08:30:00+00:00")]
    [InlineData("20260230", null)]
    [InlineData("20261301", null)]
    [InlineData("yesterday", null)]
    [InlineData("0000", null)]
    public void Times_are_read_as_precisely_as_they_were_written(string written, string? time)
    {
        Times.DateTime(written, Times.China, out _).ShouldBe(time);
    }

    [Fact]
    public void An_offset_in_the_header_is_that_of_times_without_one()
    {
        var bytes = "MSH|^~\\&|A|B|C|D|20260305083000+0000||ADT^A01|M1|P|2.5\rPID|1||P1\rPV1|1|I|||||||||||||||||V1|||||||||||||||||||||||||20260301090000"u8.ToArray();

        JsonDocument.Parse(Samples.Map(bytes).One("Encounter").Body).RootElement.GetProperty("period").GetProperty("start").GetString().ShouldBe("2026-03-01T09:00:00+00:00");
    }

    [Theory]
    [InlineData("NM", "5.60", "mmol/L", "3.9-6.1", "5.60", "mmol/L")]
    [InlineData("NM", "5", "10^9/L", "3.5～9.5", "5", "10*9/L")]
    [InlineData("NM", "36.6", "℃", "", "36.6", "Cel")]
    [InlineData("NM", "<0.5", "ng/ml", "<0.5", "0.5", "ng/mL")]
    [InlineData("", "5.6", "g/L", "", "5.6", "g/L")]
    public void A_measured_value_keeps_its_digits_and_gets_a_unit_that_can_be_compared(string kind, string value, string unit, string range, string number, string ucum)
    {
        var observation = Observation($"OBX|1|{kind}|A^甲^L||{value}|{unit}|{range}|↑|||F");

        observation.GetProperty("valueQuantity").GetProperty("value").GetRawText().ShouldBe(number);
        observation.GetProperty("valueQuantity").GetProperty("code").GetString().ShouldBe(ucum);
        observation.GetProperty("interpretation")[0].GetProperty("coding")[0].GetProperty("code").GetString().ShouldBe("H");
        if (range.Length > 3 && range[0] != '<')
        {
            observation.GetProperty("referenceRange")[0].GetProperty("low").GetProperty("value").GetRawText().ShouldBe(range[..3]);
        }
    }

    [Fact]
    public void A_number_that_is_a_word_is_kept_as_text_and_told()
    {
        var unit = Samples.Map("ORU^R01", "PID|1||P1", "OBR|1||F1|A^甲^L", "OBX|1|NM|A^甲^L||阴性|||N|||F");

        JsonDocument.Parse(unit.One("Observation").Body).RootElement.GetProperty("valueString").GetString().ShouldBe("阴性");
        unit.Codes().ShouldContain("HL7020");
    }

    [Theory]
    [InlineData("SN|A^甲^L||>^100", "valueQuantity")]
    [InlineData("SN|A^甲^L||^1^:^80", "valueRatio")]
    [InlineData("SN|A^甲^L||^1^-^5", "valueRange")]
    [InlineData("CWE|A^甲^L||POS^阳性^L", "valueCodeableConcept")]
    [InlineData("ST|A^甲^L||阴性 (-)", "valueString")]
    [InlineData("TX|A^甲^L||第一行~第二行", "valueString")]
    [InlineData("DT|A^甲^L||20260305", "valueDateTime")]
    [InlineData("TM|A^甲^L||0830", "valueTime")]
    public void Every_kind_of_value_has_its_element(string obx, string element)
    {
        Observation("OBX|1|" + obx + "||||||F").TryGetProperty(element, out _).ShouldBeTrue();
    }

    [Fact]
    public void Codes_of_the_sender_stand_under_its_own_tables()
    {
        Observation("OBX|1|NM|GLU^葡萄糖||5||||||F").GetProperty("code").GetProperty("coding")[0].GetProperty("system").GetString()
            .ShouldBe("https://kangqiao.dev/fhir/local/H1/lab-item");
        Observation("OBX|1|NM|GLU^葡萄糖^99LIS||5||||||F").GetProperty("code").GetProperty("coding")[0].GetProperty("system").GetString()
            .ShouldBe("https://kangqiao.dev/fhir/local/H1/99lis");
    }

    [Fact]
    public void Every_table_puts_its_values_into_elements_that_the_resource_has()
    {
        // A wrong element name would be found by validation of the samples only where a sample fills it.
        Hl7Content.Default.Tables.SelectMany(table => table.Rules.Where(rule => rule.Argument.Length > 0 && rule.Argument[0] != '@' && rule.Codes is null
            && rule.Kind is ValueKind.Code or ValueKind.Coding or ValueKind.Bool).Select(rule => $"{table.Segment}-{rule.Field} {rule.Argument}")).ShouldBeEmpty();
    }

    [Fact]
    public void Text_that_a_patient_could_misuse_stays_text()
    {
        Patient("PID|1||P1||\\\"},{\\\"x\\\":1||||||<script>").GetProperty("name")[0].GetProperty("family").GetString().ShouldBe("\\\"},{\\\"x\\\":1");
    }

    [Fact]
    public void A_segment_of_the_senders_own_is_told_of_and_harms_nothing()
    {
        var unit = Samples.Map("ADT^A28", "PID|1||P1||张三", "ZPI|1|医保类型|310");

        unit.Codes().ShouldBe(["HL7030"]);
        unit.One("Patient").ShouldNotBeNull();
    }

    private static JsonElement Patient(string pid) => JsonDocument.Parse(Samples.Map("ADT^A28", pid).One("Patient").Body).RootElement;

    private static JsonElement Observation(string obx) =>
        JsonDocument.Parse(Samples.Map("ORU^R01", "PID|1||P1", "OBR|1||F1|A^甲^L", obx).One("Observation").Body).RootElement;
}
