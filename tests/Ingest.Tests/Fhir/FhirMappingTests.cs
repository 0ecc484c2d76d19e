using System.Text;
using System.Text.Json.Nodes;
using Kangqiao.Ingest.Fhir;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Tests.Fhir;

public sealed class FhirMappingTests
{
    private const string Observation = """{"resourceType":"Observation","id":"o1","status":"final","code":{"text":"x"},"subject":{"reference":"REF"}}""";

    private readonly SenderNames names = new("H1");

    [Fact]
    public void The_senders_id_becomes_an_identifier_and_references_lead_to_its_records()
    {
        var record = One(Observation.Replace("REF", "Patient/p1", StringComparison.Ordinal));

        record.Key.ShouldBe("Observation/o1");
        Json(record)["identifier"]![0]!["value"]!.GetValue<string>().ShouldBe("o1");
        Json(record)["identifier"]![0]!["system"]!.GetValue<string>().ShouldBe("https://kangqiao.dev/fhir/local/H1/id");
        Reference(record).ShouldBe(names.Reference("Patient", "Patient/p1"));
    }

    [Theory]
    [InlineData("Patient/p1/_history/3")]
    [InlineData("Patient/p1")]
    public void A_version_in_a_reference_is_passed_over(string reference) =>
        Reference(One(Observation.Replace("REF", reference, StringComparison.Ordinal))).ShouldBe(names.Reference("Patient", "Patient/p1"));

    [Theory]
    [InlineData("https://elsewhere.example/fhir/Patient/1")]
    [InlineData("#p")]
    [InlineData("urn:uuid:aaaaaaaa-0000-4000-8000-00000000000f")]
    public void What_is_not_the_senders_stays_as_it_is(string reference) =>
        Reference(One(Observation.Replace("REF", reference, StringComparison.Ordinal))).ShouldBe(reference);

    [Fact]
    public void A_conditional_reference_meets_the_record_that_was_created_by_the_same_condition()
    {
        var bundle = """
            {"resourceType":"Bundle","type":"transaction","entry":[
              {"fullUrl":"urn:uuid:aaaaaaaa-0000-4000-8000-000000000001","resource":{"resourceType":"Practitioner","id":"x","identifier":[{"system":"http://n","value":"7"}]},
               "request":{"method":"POST","url":"Practitioner","ifNoneExist":"identifier=http://n|7"}}]}
            """;
        var practitioner = Map(bundle)[0].Records[0];

        var later = One(Observation.Replace("REF", "Practitioner?identifier=http://n|7", StringComparison.Ordinal));

        Reference(later).ShouldBe(names.Reference("Practitioner", practitioner.Key));
    }

    [Fact]
    public void A_transaction_is_one_unit_whose_references_by_urn_are_resolved()
    {
        var bundle = $$"""
            {"resourceType":"Bundle","type":"transaction","entry":[
              {"fullUrl":"urn:uuid:aaaaaaaa-0000-4000-8000-000000000001","resource":{"resourceType":"Patient","id":"p1"},"request":{"method":"POST","url":"Patient"} },
              {"fullUrl":"urn:uuid:aaaaaaaa-0000-4000-8000-000000000002","resource":{{Observation.Replace("REF", "urn:uuid:aaaaaaaa-0000-4000-8000-000000000001", StringComparison.Ordinal)}},"request":{"method":"POST","url":"Observation"} }]}
            """;

        var unit = Map(bundle).ShouldHaveSingleItem();

        unit.CountsRecords.ShouldBeTrue();
        unit.Records.Count.ShouldBe(2);
        Reference(unit.Records[1]).ShouldBe(names.Reference("Patient", "Patient/p1"));
    }

    [Fact]
    public void Entries_of_a_collection_stand_each_for_itself_and_a_broken_one_waits_alone()
    {
        var bundle = $$"""
            {"resourceType":"Bundle","type":"collection","entry":[
              {"resource":{"resourceType":"Patient","id":"p1"} },
              {"resource":{"resourceType":"Patient","id":"p2","birthDate":"yesterday"} },
              {"resource":{{Observation.Replace("REF", "Patient/p1", StringComparison.Ordinal)}} }]}
            """;

        var units = Map(bundle);

        units.Count.ShouldBe(3);
        units.Count(u => u.Records.Count == 1).ShouldBe(2);
        units.Single(u => u.Records.Count == 0).Source.ShouldBe("Patient/p2");
    }

    [Fact]
    public void A_deletion_withdraws()
    {
        var unit = Map("""{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"DELETE","url":"Patient/p1"}}]}""").ShouldHaveSingleItem();

        unit.Records[0].Intent.ShouldBe(MappedIntent.Withdraw);
        unit.Records[0].Key.ShouldBe("Patient/p1");
    }

    [Fact]
    public void A_document_is_kept_whole_beside_its_resources()
    {
        var unit = Map("""
            {"resourceType":"Bundle","type":"document","identifier":{"system":"s","value":"d1"},"timestamp":"2026-01-01T00:00:00Z","entry":[
              {"fullUrl":"http://h/fhir/Patient/p1","resource":{"resourceType":"Patient","id":"p1"}}]}
            """).ShouldHaveSingleItem();

        unit.Records.Select(r => r.Type).ShouldBe(["Bundle", "Patient"]);
        unit.CountsRecords.ShouldBeFalse();
        unit.Source.ShouldBe("d1");
    }

    [Fact]
    public void A_registered_business_identifier_is_the_key_in_every_format()
    {
        var sender = names with { Keys = [new BusinessKey("Patient", "http://h/mrn", "pid")] };

        var record = new FhirFormat().Map(Unit("""{"resourceType":"Patient","id":"p1","identifier":[{"system":"http://h/mrn","value":"00123"}]}"""), sender)[0].Records[0];

        record.Key.ShouldBe(SourceKey.Patient("00123"));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"resourceType\":\"Nothing\"}")]
    [InlineData("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{}]}")]
    [InlineData("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"request\":{\"method\":\"PATCH\",\"url\":\"x\"}}]}")]
    public void What_cannot_be_read_is_a_finding_and_never_an_exception(string text) =>
        Map(text).ShouldAllBe(u => u.Records.Count == 0 && u.Findings.Any(f => f.IsError));

    private IReadOnlyList<MappedUnit> Map(string text) => new FhirFormat().Map(Unit(text), names);

    private MappedRecord One(string text) => Map(text)[0].Records[0];

    private static RawUnit Unit(string text) => new(0, Encoding.UTF8.GetBytes(text));

    private static JsonNode Json(MappedRecord record) => JsonNode.Parse(record.Body.Span)!;

    private static string Reference(MappedRecord record) => (string)Json(record)["subject"]!["reference"]!;
}
