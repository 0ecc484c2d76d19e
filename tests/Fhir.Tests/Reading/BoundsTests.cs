using System.Text;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Tests.Reading;

public sealed class BoundsTests
{
    [Fact]
    public void Sixty_four_levels_are_read_and_one_more_is_refused_where_it_begins()
    {
        Given.Json(Nested(31)).ShouldBeSound();
        var given = Given.Json(Nested(32));
        given.Codes.ShouldBe(["FHR005"]);
        given.Document.IsUsable.ShouldBeFalse();
        given.Findings.Items[0].Path.ShouldStartWith("Basic.extension[0].extension[0]");
    }

    [Fact]
    public void Depth_is_refused_as_such_wherever_it_hides()
    {
        Given.Json("{\"a\":" + new string('[', 100_000)).Codes.ShouldBe(["FHR005"]);
        Given.Patient("\"x\":" + new string('[', 64) + new string(']', 64)).Codes.ShouldContain("FHR005");
        Given.Json("{\"x\":" + string.Concat(Enumerable.Repeat("{\"x\":", 70)) + "1" + new string('}', 71)).Codes.ShouldBe(["FHR005"]);
    }

    [Fact]
    public void Broken_syntax_before_the_depth_is_called_broken_syntax() =>
        Given.Json("{\"a\" 5" + new string('[', 100)).Codes.ShouldBe(["FHR002"]);

    [Fact]
    public void A_string_over_its_bound_is_refused_but_a_narrative_or_binary_is_not()
    {
        var options = new ReadOptions { MaxStringBytes = 40 };
        var text = new string('a', 41);
        Given.Patient($"\"name\":[{{\"text\":\"{text[1..]}\"}}]", options).ShouldBeSound();
        Given.Patient($"\"name\":[{{\"text\":\"{text}\"}}]", options).Codes.ShouldBe(["FHR019"]);
        Given.Patient($"\"photo\":[{{\"data\":\"{text[1..]}aaaa\"}}]", options).ShouldBeSound();
        Given.Patient($"\"text\":{{\"status\":\"generated\",\"div\":\"<div>{text}</div>\"}}", options).ShouldBeSound();
    }

    [Theory]
    [InlineData("1e999999999999")]
    [InlineData("-1e-999999999999")]
    public void A_number_too_large_to_compute_with_is_refused(string number)
    {
        var quantity = "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"x\"},\"valueQuantity\":{\"value\":";
        Given.Json(quantity + number + "}}").Codes.ShouldBe(["FHR018"]);
        Given.Json(quantity + new string('9', 1_000_000) + "}}").Codes.ShouldBe(["FHR018"]);
        Given.Patient("\"multipleBirthInteger\":" + number).Codes.ShouldBe(["FHR018"]);
    }

    [Fact]
    public void Types_named_last_are_read_but_not_over_and_over_through_many_levels()
    {
        Given.Json(TypesLast(levels: 3, padding: 100)).Codes.ShouldNotContain("FHR027");
        Given.Json(TypesLast(levels: 15, padding: 2_000_000)).Codes.ShouldContain("FHR027");

        static string TypesLast(int levels, int padding)
        {
            var inner = $"{{\"language\":\"{new string('a', padding)}\",\"resourceType\":\"Basic\"}}";
            for (var i = 0; i < levels; i++)
            {
                inner = $"{{\"type\":\"collection\",\"entry\":[{{\"resource\":{inner}}}],\"resourceType\":\"Bundle\"}}";
            }

            return inner;
        }
    }

    [Fact]
    public void A_body_over_its_bound_is_not_looked_at()
    {
        var given = Given.Patient("\"gender\":\"male\"", new ReadOptions { MaxBytes = 30 });
        given.Codes.ShouldBe(["FHR004"]);
        given.Document.IsUsable.ShouldBeFalse();
    }

    [Fact]
    public void Too_many_elements_end_the_reading()
    {
        var options = new ReadOptions { MaxElements = 10 };
        Given.Patient("\"name\":[{\"given\":[" + Repeated("\"a\"", 8) + "]}]", options).ShouldBeSound();
        Given.Patient("\"name\":[{\"given\":[" + Repeated("\"a\"", 9) + "]}]", options).Codes.ShouldBe(["FHR006"]);
    }

    [Fact]
    public void A_million_faults_are_counted_but_not_kept()
    {
        var given = Given.Patient(Repeated("\"x\":1", 1_000_000));
        given.Findings.Count.ShouldBe(200);
        given.Findings.Dropped.ShouldBe(999_800);
        given.Findings.HasErrors.ShouldBeTrue();
    }

    [Fact]
    public void A_million_extension_entries_after_one_value_cost_a_million_steps_and_not_their_square() =>
        Given.Patient("\"name\":[{\"given\":[\"a\"],\"family\":\"f\",\"_given\":[" + Repeated("null", 1_000_000) + "]}]")
            .Codes.ShouldContain("FHR023");

    [Fact]
    public void A_million_entries_in_each_of_two_arrays_are_matched_in_one_pass() =>
        Given.Patient(
                "\"name\":[{\"_given\":[" + Repeated("null", 1_000_000) + "],\"family\":\"f\",\"given\":[" + Repeated("\"a\"", 1_000_000) + "]}]")
            .ShouldBeSound();

    [Fact]
    public void Sound_records_are_read_again_and_again_without_allocating()
    {
        var bytes = Encoding.UTF8.GetBytes("""
            {"resourceType":"Observation","id":"bp","status":"final","subject":{"reference":"Patient/1"},
             "contained":[{"resourceType":"Patient","id":"p","birthDate":"1970-01-01"}],
             "code":{"coding":[{"system":"http://loinc.org","code":"85354-9","display":"Blood \"pressure\""}]},
             "effectiveDateTime":"2026-03-05T08:30:00+08:00","_effectiveDateTime":{"id":"e"},
             "component":[{"code":{"text":"收缩压"},"valueQuantity":{"value":128.50,"unit":"mmHg"}}]}
            """);
        var findings = new Kangqiao.Fhir.Findings.FindingList();
        var document = FhirDocument.Read(bytes, findings);
        findings.Items.ShouldBeEmpty();
        document.ReadInto(bytes, findings);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            document.ReadInto(bytes, findings);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void The_facts_are_such_as_the_walk_relies_on()
    {
        foreach (var type in R4.Facts.Types)
        {
            type.Elements.Length.ShouldBeLessThan(SlotSet.Extras, type.Name);
            for (var slot = 0; slot < type.Elements.Length; slot++)
            {
                type.Elements[slot].Slot.ShouldBe(slot, type.Name);
                type.Elements[slot].Min.ShouldBeLessThanOrEqualTo(1, type.Elements[slot].Path);
            }

            if (type.Elements.Length > 0)
            {
                type.Elements[0].Name.ShouldBe("id", type.Name);
            }

            type.Elements.Select(e => e.Name).ShouldBeUnique();
        }

        R4.Facts.Elements.Length.ShouldBeLessThan(Node.RootElement);
        R4.Facts.Names.Length.ShouldBeLessThan(ushort.MaxValue);
        R4.Facts.Types.Length.ShouldBeLessThan(ushort.MaxValue);
    }

    /// <summary>Extensions within extensions: each an array and an object, below the resource's own level.</summary>
    private static string Nested(int extensions)
    {
        var text = new StringBuilder("{\"resourceType\":\"Basic\",\"code\":{\"text\":\"a\"}");
        for (var i = 0; i < extensions; i++)
        {
            text.Append(",\"extension\":[{\"url\":\"http://x.cn\"");
        }

        return text.Append(",\"valueString\":\"a\"").Insert(text.Length, string.Concat(Enumerable.Repeat("}]", extensions))).Append('}').ToString();
    }

    private static string Repeated(string item, int times) => string.Join(',', Enumerable.Repeat(item, times));
}
