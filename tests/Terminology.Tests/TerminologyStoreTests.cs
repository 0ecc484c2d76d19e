using System.Text;
using Kangqiao.Fhir.Codes;
using Kangqiao.Fhir.Facts;
using Kangqiao.Terminology.Operations;

namespace Kangqiao.Terminology.Tests;

public sealed class TerminologyStoreTests
{
    private const string First = """{"resourceType": "CodeSystem", "url": "urn:x", "version": "1", "status": "active", "content": "complete", "concept": [{"code": "a"}]}""";
    private const string Changed = """{"resourceType": "CodeSystem", "url": "urn:x", "version": "1", "status": "active", "content": "complete", "concept": [{"code": "b"}]}""";

    [Fact]
    public void A_change_is_seen_at_once_and_a_snapshot_in_use_stays_as_it_was()
    {
        var store = new TerminologyStore(Built(First, 1));
        var before = store.Current;

        store.Replace(Built(Changed, 2)).ShouldBeTrue();

        before.Table("urn:x", null)!.Find("a").ShouldBe(0);
        store.Current.Table("urn:x", null)!.Find("a").ShouldBe(-1);
        store.Current.Table("urn:x", null)!.Find("b").ShouldBe(0);
    }

    [Fact]
    public void An_older_snapshot_never_replaces_a_newer_one()
    {
        var store = new TerminologyStore(Built(First, 5));

        store.Replace(Built(Changed, 5)).ShouldBeFalse();
        store.Replace(Built(Changed, 4)).ShouldBeFalse();

        store.Current.Version.ShouldBe(5);
    }

    [Fact]
    public void The_same_url_and_version_replaces_and_another_version_stands_beside()
    {
        var builder = new TerminologyBuilder(Built(First, 1));
        builder.Add(Encoding.UTF8.GetBytes(Changed), "changed").Value.ShouldBe("urn:x");
        builder.Add(Encoding.UTF8.GetBytes(First.Replace("\"1\"", "\"2\"", StringComparison.Ordinal)), "next").Value.ShouldBe("urn:x");
        var snapshot = builder.Build(2);

        snapshot.CodeSystems.Count().ShouldBe(2);
        snapshot.Table("urn:x", "1")!.Find("b").ShouldBe(0);
        snapshot.Table("urn:x", null)!.Version.ShouldBe("2");
    }

    [Fact]
    public void What_is_removed_is_no_longer_known()
    {
        var builder = new TerminologyBuilder(Built(First, 1));
        builder.Remove("urn:x", "1");

        builder.Build(2).Table("urn:x", null).ShouldBeNull();
    }

    [Theory]
    [InlineData("WS 364-2011", "WS/T 364-2023")]
    [InlineData("2.9", "2.10")]
    [InlineData(null, "1")]
    [InlineData("20220101", "20230101")]
    public void The_newer_edition_is_told_by_year_then_by_number(string? older, string newer)
    {
        VersionOrder.Instance.Compare(older, newer).ShouldBeLessThan(0);
        VersionOrder.Instance.Compare(newer, older).ShouldBeGreaterThan(0);
    }

    [Fact]
    public void The_kernel_is_answered_from_content_from_the_specification_and_from_grammars()
    {
        var service = Loaded.Service;
        service.IsMember("https://kangqiao.dev/fhir/ValueSet/GBT2261.1", "urn:oid:2.16.156.10011.2.3.3.4"u8, "1"u8).ShouldBe(Membership.Member);
        service.IsMember("https://kangqiao.dev/fhir/ValueSet/GBT2261.1", "urn:oid:2.16.156.10011.2.3.3.4"u8, "3"u8).ShouldBe(Membership.NotMember);
        service.IsMember("https://kangqiao.dev/fhir/ValueSet/GBT2261.1", "GBT2261.1"u8, "1"u8).ShouldBe(Membership.Member);
        service.IsMember("http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1", "http://hl7.org/fhir/administrative-gender"u8, "male"u8).ShouldBe(Membership.Member);
        service.IsMember("http://hl7.org/fhir/ValueSet/administrative-gender", ""u8, "gents"u8).ShouldBe(Membership.NotMember);
        service.IsMember("http://hl7.org/fhir/ValueSet/all-languages", "urn:ietf:bcp:47"u8, "zh-CN"u8).ShouldBe(Membership.Member);
        service.IsMember("http://hl7.org/fhir/ValueSet/mimetypes", ""u8, "application/pdf"u8).ShouldBe(Membership.Member);
        service.IsMember("http://hl7.org/fhir/ValueSet/mimetypes", ""u8, "json"u8).ShouldBe(Membership.Unknown);
        service.IsMember("urn:not-loaded", "urn:x"u8, "1"u8).ShouldBe(Membership.Unknown);
        service.IsDefined("http://unitsofmeasure.org"u8, "mmol/L"u8).ShouldBe(Membership.Member);
        service.IsDefined("http://unitsofmeasure.org"u8, "mmol per litre"u8).ShouldBe(Membership.NotMember);
        service.IsDefined("http://loinc.org"u8, "1234-5"u8).ShouldBe(Membership.Unknown);
        service.Subsumes(Loaded.Icd10, "A00", "A00.000x001").ShouldBe(true);
        service.Subsumes(Loaded.Icd10, "A00.000x001", "A00").ShouldBe(false);
        service.Subsumes("http://loinc.org", "1-8", "2-6").ShouldBeNull();
    }

    [Fact]
    public void A_code_that_a_fragment_lacks_is_neither_member_nor_not()
    {
        Loaded.Service.IsMember($"{Loaded.Icd10}?fhir_vs", "urn:oid:2.16.156.10011.2.3.3.11"u8, "Z99.999x999"u8).ShouldBe(Membership.Unknown);
        Loaded.Service.IsDefined("urn:oid:2.16.156.10011.2.3.3.11"u8, "Z99.999x999"u8).ShouldBe(Membership.Unknown);
    }

    [Fact]
    public void Of_every_code_that_the_specification_lists_the_room_says_what_the_kernel_says()
    {
        var codes = 0;
        foreach (var set in R4.Facts.ValueSets)
        {
            foreach (var system in set.Systems)
            {
                foreach (var code in system.Codes)
                {
                    var systemBytes = Encoding.UTF8.GetBytes(system.System);
                    var codeBytes = Encoding.UTF8.GetBytes(code);
                    Loaded.Service.IsMember(set.Url, systemBytes, codeBytes).ShouldBe(Membership.Member, $"{set.Url} {system.System} {code}");
                    SpecificationTerminology.Instance.IsMember(set.Url, systemBytes, codeBytes).ShouldBe(Membership.Member);
                    codes++;
                }
            }

            var outside = SpecificationTerminology.Instance.IsMember(set.Url, "urn:none"u8, "no such code"u8);
            if (outside != Membership.Unknown)
            {
                Loaded.Service.IsMember(set.Url, "urn:none"u8, "no such code"u8).ShouldBe(outside, set.Url);
            }
        }

        codes.ShouldBeGreaterThan(1000);
    }

    [Fact]
    public void Hostile_questions_get_answers()
    {
        var service = Loaded.Service;
        var large = Encoding.UTF8.GetBytes(new string('9', 1_000_000));
        byte[] broken = [0xFF, 0xC0, 0x80];
        service.IsMember("https://kangqiao.dev/fhir/ValueSet/GBT2261.1", large, large).ShouldBe(Membership.NotMember);
        service.IsDefined(broken, broken).ShouldBe(Membership.Unknown);
        service.IsDefined("urn:oid:2.16.156.10011.2.3.3.4"u8, broken).ShouldBe(Membership.NotMember);
        service.IsDefined("http://unitsofmeasure.org"u8, large).ShouldBe(Membership.NotMember);
        service.Lookup(new LookupRequest(new string('x', 100_000), "\uD800")).Problem!.Message.Length.ShouldBeLessThan(400);
        service.Lookup(new LookupRequest(Loaded.Sex, "\uD800")).Problem!.Code.ShouldBe("TRM004");
        service.Expand(new ExpandRequest { Url = $"{Loaded.Icd10}?fhir_vs", Filter = new string('长', 100_000) }).Value.Total.ShouldBe(0);
    }

    private static TerminologySnapshot Built(string json, long version)
    {
        var builder = new TerminologyBuilder();
        builder.Add(Encoding.UTF8.GetBytes(json), "test").Problem.ShouldBeNull();
        return builder.Build(version);
    }
}
