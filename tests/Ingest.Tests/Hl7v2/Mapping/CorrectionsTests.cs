using System.Text.Json;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Tests.Hl7v2.Mapping;

/// <summary>What a sender takes back, replaces or corrects hits the very record that it first sent.</summary>
public sealed class CorrectionsTests
{
    private const string Pid = "PID|1||P1^^^H1^PI||张三||19580304|1";

    [Fact]
    public void Sending_a_message_again_gives_the_same_records_with_the_same_keys()
    {
        string[] segments = [Pid, "ORC|RE|O1|F1", "OBR|1|O1|F1|GLU^血糖^L|||20260305080000", "OBX|1|NM|GLU^葡萄糖^L||5.6|mmol/L|3.9-6.1|N|||F"];

        var first = Samples.Map("ORU^R01", segments);
        var again = Samples.Map("ORU^R01", segments);

        again.Records.Select(record => (record.Type, record.Key, record.Text())).ShouldBe(first.Records.Select(record => (record.Type, record.Key, record.Text())));
    }

    [Theory]
    [InlineData("A11", "cancelled")]
    [InlineData("A27", "cancelled")]
    [InlineData("A13", "in-progress")]
    [InlineData("A03", "finished")]
    public void An_event_of_a_stay_changes_the_stay_that_the_admission_made(string trigger, string status)
    {
        var admitted = Samples.Map("ADT^A01", Pid, "PV1|1|I|内科^1^2||||||||||||||||V1|||||||||||||||||||||||||20260301090000").One("Encounter");
        var later = Samples.Map("ADT^" + trigger, Pid, "PV1|1|I|内科^1^2||||||||||||||||V1|||||||||||||||||||||||||20260301090000|20260304100000").One("Encounter");

        later.Key.ShouldBe(admitted.Key);
        later.Intent.ShouldBe(MappedIntent.Amend);
        Root(later).GetProperty("status").GetString().ShouldBe(status);
    }

    [Fact]
    public void A_cancelled_discharge_has_no_end()
    {
        var stay = Samples.Map("ADT^A13", Pid, "PV1|1|I|内科^1^2||||||||||||||||V1|||||||||||||||||||||||||20260301090000|20260304100000").One("Encounter");

        Root(stay).GetProperty("period").EnumerateObject().Select(member => member.Name).ShouldBe(["start"]);
        Root(stay).GetProperty("period").GetProperty("start").GetString().ShouldBe("2026-03-01T09:00:00+08:00");
    }

    [Theory]
    [InlineData("F", "final", MappedIntent.Put)]
    [InlineData("P", "preliminary", MappedIntent.Put)]
    [InlineData("C", "corrected", MappedIntent.Put)]
    [InlineData("X", "cancelled", MappedIntent.Put)]
    [InlineData("D", "entered-in-error", MappedIntent.Withdraw)]
    [InlineData("W", "entered-in-error", MappedIntent.Withdraw)]
    public void A_result_is_corrected_or_withdrawn_where_it_stands(string code, string status, MappedIntent intent)
    {
        var first = Result("F", "5.6");
        var later = Result(code, "6.5");

        later.One("Observation").Key.ShouldBe(first.One("Observation").Key);
        later.One("Observation").Intent.ShouldBe(intent);
        Root(later.One("Observation")).GetProperty("status").GetString().ShouldBe(status);
        Root(later.One("DiagnosticReport")).TryGetProperty("result", out _).ShouldBe(intent == MappedIntent.Put);
    }

    [Theory]
    [InlineData("CA", "revoked")]
    [InlineData("DC", "revoked")]
    [InlineData("CR", "revoked")]
    [InlineData("HD", "on-hold")]
    public void An_order_is_ended_or_held_with_or_without_its_details(string control, string status)
    {
        var ordered = Samples.Map("OML^O21", Pid, "ORC|NW|O1", "OBR|1|O1||GLU^血糖^L").One("ServiceRequest");
        var whole = Samples.Map("OML^O21", Pid, "ORC|" + control + "|O1", "OBR|1|O1||GLU^血糖^L").One("ServiceRequest");
        var bare = Samples.Map("ORM^O01", Pid, "ORC|" + control + "|O1").One("ServiceRequest");

        foreach (var ended in (MappedRecord[])[whole, bare])
        {
            ended.Key.ShouldBe(ordered.Key);
            ended.Intent.ShouldBe(MappedIntent.Amend);
            Root(ended).GetProperty("status").GetString().ShouldBe(status);
        }
    }

    [Fact]
    public void A_requisition_that_numbers_several_orders_alike_does_not_make_them_one()
    {
        var unit = Samples.Map("OML^O21", Pid, "ORC|NW|O1", "OBR|1|O1||GLU^血糖^L", "ORC|NW|O1", "OBR|2|O1||UA^尿酸^L");

        unit.Records.Where(record => record.Type == "ServiceRequest").Select(record => record.Key).Distinct(StringComparer.Ordinal).Count().ShouldBe(2);
    }

    [Fact]
    public void Two_tests_on_one_tube_are_two_reports_even_in_two_messages()
    {
        var one = Samples.Map("ORU^R01", Pid, "OBR|1||T1|GLU^血糖^L", "OBX|1|NM|GLU^葡萄糖^L||5.6|mmol/L||||F").One("DiagnosticReport");
        var two = Samples.Map("ORU^R01", Pid, "OBR|1||T1|UA^尿酸^L", "OBX|1|NM|UA^尿酸^L||300|umol/L||||F").One("DiagnosticReport");

        one.Key.ShouldNotBe(two.Key);
    }

    [Theory]
    [InlineData("A40")]
    [InlineData("A47")]
    public void A_merged_patient_stays_and_says_who_replaced_it(string trigger)
    {
        var unit = Samples.Map("ADT^" + trigger, Pid, "MRG|P0^^^H1^PI");

        var survivor = unit.Records.Single(record => record.Key == SourceKey.Patient("P1"));
        var old = unit.Records.Single(record => record.Key == SourceKey.Patient("P0"));
        old.Intent.ShouldBe(MappedIntent.Amend);
        Root(old).GetProperty("active").GetBoolean().ShouldBeFalse();
        Root(old).GetProperty("link")[0].GetProperty("type").GetString().ShouldBe("replaced-by");
        Root(old).GetProperty("link")[0].GetProperty("other").GetProperty("reference").GetString().ShouldBe(Samples.Names.Reference("Patient", survivor.Key));
        Root(survivor).GetProperty("link")[0].GetProperty("type").GetString().ShouldBe("replaces");
    }

    [Fact]
    public void Merged_accounts_are_one_account()
    {
        var unit = Samples.Map("ADT^A41", Pid + "||||||||||A1", "MRG|P1^^^H1^PI||A0");

        var old = unit.Records.Single(record => record.Key == "account|A0");
        Root(old).GetProperty("status").GetString().ShouldBe("inactive");
        Root(old).GetProperty("partOf").GetProperty("reference").GetString().ShouldBe(Samples.Names.Reference("Account", "account|A1"));
    }

    [Fact]
    public void A_merge_of_a_patient_with_itself_is_told_and_does_nothing()
    {
        var unit = Samples.Map("ADT^A40", Pid, "MRG|P1^^^H1^PI");

        unit.Codes().ShouldContain("HL7025");
        Root(unit.One("Patient")).TryGetProperty("link", out _).ShouldBeFalse();
    }

    [Fact]
    public void A_patient_that_never_was_is_withdrawn()
    {
        Samples.Map("ADT^A29", Pid).One("Patient").Intent.ShouldBe(MappedIntent.Withdraw);
    }

    [Fact]
    public void A_replaced_document_is_superseded_by_the_one_that_replaces_it()
    {
        var unit = Samples.Map("MDM^T10", Pid, "TXA|1|OP|TX|20260305||||||||D2|D1||||AU||AV", "OBX|1|TX|OP||手术顺利||||||F");

        var made = unit.Records.Single(record => record.Key == SourceKey.Document("D2"));
        Root(made).GetProperty("relatesTo")[0].GetProperty("code").GetString().ShouldBe("replaces");
        var old = unit.Records.Single(record => record.Key == SourceKey.Document("D1"));
        old.Intent.ShouldBe(MappedIntent.Amend);
        Root(old).GetProperty("status").GetString().ShouldBe("superseded");
        SampleMessagesTests.Faults(made).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("S12", "booked", MappedIntent.Put)]
    [InlineData("S15", "cancelled", MappedIntent.Amend)]
    [InlineData("S17", "entered-in-error", MappedIntent.Withdraw)]
    [InlineData("S26", "noshow", MappedIntent.Amend)]
    public void An_appointment_is_booked_and_cancelled_under_one_number(string trigger, string status, MappedIntent intent)
    {
        var made = Samples.Map("SIU^" + trigger, "SCH|1|B1|||||ROUTINE||30|min|^^^20260306090000", Pid).One("Appointment");

        made.Key.ShouldBe(SourceKey.Filler("B1"));
        made.Intent.ShouldBe(intent);
        Root(made).GetProperty("status").GetString().ShouldBe(status);
        Root(made).GetProperty("end").GetString().ShouldBe("2026-03-06T09:30:00+08:00");
    }

    [Fact]
    public void A_problem_or_a_vaccination_entered_in_error_is_withdrawn()
    {
        Samples.Map("PPR^PC3", Pid, "PRB|DE|20260305|I10^高血压^I10|X1").One("Condition").Intent.ShouldBe(MappedIntent.Withdraw);
        Samples.Map("VXU^V04", Pid, "ORC|RE||F1", "RXA|0|1|20260305||0101^乙肝疫苗^L|0.5|mL||00||||||L1||||||D").One("Immunization").Intent.ShouldBe(MappedIntent.Withdraw);
    }

    private static MappedUnit Result(string status, string value) =>
        Samples.Map("ORU^R01", Pid, "OBR|1|O1|F1|GLU^血糖^L|||20260305080000", $"OBX|1|NM|GLU^葡萄糖^L||{value}|mmol/L|3.9-6.1|N|||{status}");

    private static JsonElement Root(MappedRecord record) => JsonDocument.Parse(record.Body).RootElement;
}
