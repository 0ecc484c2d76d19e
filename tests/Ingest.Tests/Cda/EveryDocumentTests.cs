using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Tests.Cda;

public sealed class EveryDocumentTests
{
    public static TheoryData<string> Emr => [.. TheFormat.Content.Types.Keys.Where(k => k.StartsWith('C')).Order(StringComparer.Ordinal)];

    public static TheoryData<string> All => [.. TheFormat.Content.Types.Keys.Order(StringComparer.Ordinal)];

    [Fact]
    public void There_are_the_53_of_WS_T_500_and_the_20_of_WS_T_483()
    {
        TheFormat.Content.Types.Keys.Count(k => k.StartsWith('C')).ShouldBe(53);
        TheFormat.Content.Types.Keys.Count(k => k.StartsWith("HSD", StringComparison.Ordinal)).ShouldBe(20);
    }

    [Theory]
    [MemberData(nameof(Emr))]
    public void A_document_we_write_passes_the_published_schema(string type)
    {
        Assert.SkipUnless(Directory.Exists(TheFormat.SchemaFolder), "The schemas are not here.");
        var (document, _) = Samples.Full(TheFormat.Content.Types[type]);
        TheFormat.SchemaFaults(type, TheFormat.Writer.Write(document)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Every_coded_entry_that_went_in_comes_out_in_sound_records(string type)
    {
        var (document, due) = Samples.Full(TheFormat.Content.Types[type]);
        var unit = TheFormat.Map(document);
        unit.ShouldBeSound();
        var json = unit.Json();
        due.Where(d => !json.Contains(d.Find, StringComparison.Ordinal)).ShouldBeEmpty();
        unit.Findings.Where(f => f.Kind.Code is "CDA013" or "CDA014" or "CDA015" or "CDA020").ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Every_document_is_kept_whole_with_its_type_and_lands_on_its_patient(string type)
    {
        var (document, _) = Samples.Full(TheFormat.Content.Types[type]);
        var bytes = TheFormat.Writer.Write(document);
        var unit = TheFormat.Map(bytes);
        var reference = unit.One("DocumentReference");
        reference.Child("type").Child("coding").ChildText("code").ShouldBe(type);
        reference.Child("subject").ChildText("reference").ShouldBe(TheFormat.Hospital.Reference("Patient", SourceKey.PatientBy("id", Samples.ResidentNumber)));
        var binary = unit.Records.Single(r => r.Type == "Binary");
        reference.Child("content").Child("attachment").ChildText("url").ShouldBe(TheFormat.Hospital.Reference("Binary", binary.Key));
        Convert.FromBase64String(unit.One("Binary").ChildText("data")!).ShouldBe(bytes);
        reference.Child("status").Text().ShouldBe("current");
    }

    [Fact]
    public void The_same_document_gives_the_same_bytes_and_the_same_records()
    {
        var (document, _) = Samples.Full(TheFormat.Content.Types["C0032"]);
        var bytes = TheFormat.Writer.Write(document);
        TheFormat.Writer.Write(document).ShouldBe(bytes);
        var first = TheFormat.Map(bytes).Records;
        var second = TheFormat.Map(bytes).Records;
        first.Select(r => (r.Type, r.Key, Convert.ToHexString(r.Body.Span))).ShouldBe(second.Select(r => (r.Type, r.Key, Convert.ToHexString(r.Body.Span))));
    }
}
