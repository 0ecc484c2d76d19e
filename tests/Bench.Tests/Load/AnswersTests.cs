using System.Buffers;
using System.Text;
using Kangqiao.Bench.Load.Truth;
using Kangqiao.Bench.Load.Wire;
using Kangqiao.Bench.Load.Workloads;
using Kangqiao.Bench.Shapes;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Bench.Tests.Load;

public sealed class AnswersTests
{
    [Fact]
    public void Matches_and_included_records_of_a_searchset_are_told_apart()
    {
        var glance = BundleGlance.At("""
            {"resourceType":"Bundle","type":"searchset","total" : 12,"link":[{"relation":"self","url":"x"},{"relation" : "next","url":"y"}],
             "entry":[{"fullUrl":"a","resource":{"resourceType":"Location","mode":"instance"},"search":{"mode" : "match"}},
                      {"fullUrl":"b","resource":{"resourceType":"Patient","text":{"div":"say \"mode\":\"match\""}},"search":{"mode":"include"}}]}
            """u8);

        glance.ShouldBe(new BundleGlance(1, 1, 2, 12, HasNext: true));
    }

    [Fact]
    public void A_total_behind_the_entries_is_found_and_a_claims_total_is_not_mistaken_for_it()
    {
        BundleGlance.At("""{"entry":[{"fullUrl":"a","resource":{"total":{"value":3}}}],"total":7}"""u8).Total.ShouldBe(7);
        BundleGlance.At("""{"entry":[{"fullUrl":"a","resource":{"total":{"value":3}}}]}"""u8).Total.ShouldBeNull();
    }

    [Fact]
    public void Wrong_hits_are_told()
    {
        var question = new Question("/Patient?family=X", 30, 20) { NeedsTotal = true };

        question.Wrong(new BundleGlance(20, 0, 20, 30, true)).ShouldBeNull();
        question.Wrong(new BundleGlance(20, 0, 20, 31, true)).ShouldBe("total 30 due, 31 came");
        question.Wrong(new BundleGlance(20, 0, 20, null, true)).ShouldBe("total 30 due, none came");
        question.Wrong(new BundleGlance(19, 0, 19, 30, true)).ShouldBe("20 matches on the page due, 19 came");
    }

    [Fact]
    public void An_example_of_an_error_tells_no_values() =>
        Mishap.Cleaned("Patient \"王芳\" with 990102197001012345 is 'known'").ShouldBe("Patient \"…\" with … is '…'");

    [Fact]
    public void Bodies_put_together_from_a_template_are_valid_and_refer_to_what_was_created()
    {
        var body = new ArrayBufferWriter<byte>();
        var made = 0;
        foreach (var record in new ShapedCity(1).Patients(3).SelectMany(p => p.Resources))
        {
            if (RecordTemplate.Of(record) is { } template)
            {
                made++;
                body.ResetWrittenCount();
                template.Write(body, "one", "two", "three", changed: true);
                var findings = new FindingList();
                FhirDocument.Read(body.WrittenMemory, findings);
                findings.Items.ShouldBeEmpty();
                Encoding.UTF8.GetString(body.WrittenSpan).ShouldNotContain(record.Id.ToString() + "\",\"meta");
            }
        }

        made.ShouldBeGreaterThan(100);
    }

    [Fact]
    public void The_truth_about_a_city_is_what_its_records_say()
    {
        var city = new ShapedCity(1);
        var truth = CityTruth.Of(city, 40);
        var texts = city.Patients(40).SelectMany(p => p.Resources.Select(r => (r.Type, Json: Encoding.UTF8.GetString(r.Json.Span)))).ToList();

        long Count(ShapeType type, params string[] holding) => texts.Count(t => t.Type == type && holding.All(t.Json.Contains));
        truth.Resources.ShouldBe(texts.Count);
        truth.Genders["female"].ShouldBe(Count(ShapeType.Patient, "\"gender\":\"female\""));
        truth.PrescriptionStates["active"].ShouldBe(Count(ShapeType.MedicationRequest, "\"status\":\"active\""));
        truth.EncounterClasses["EMER"].ShouldBe(Count(ShapeType.Encounter, "\"code\":\"EMER\""));
        truth.ObservationsOf[CityTruth.ObservationCodes.Find("8302-2"u8)].ShouldBe(Count(ShapeType.Observation, "\"8302-2\""));
        truth.Systolic.Count.ShouldBe(Count(ShapeType.Observation, "\"8480-6\""));
        truth.ObservationsOf.All.Sum(c => c.Value).ShouldBe(Count(ShapeType.Observation));
        truth.ObservationsOf[-1].ShouldBe(0);
        truth.ConditionsOf[-1].ShouldBe(0);
        truth.Sample.Sum(p => p.Count).ShouldBe(texts.Count);
    }
}
