using Kangqiao.Fhir.Findings;

namespace Kangqiao.Fhir.Tests.Validation;

public sealed class BundleRulesTests
{
    private const string Composition = """
        "resource":{"resourceType":"Composition","id":"c","status":"final","type":{"text":"x"},"date":"2025-01-01","title":"x",
        "author":[{"reference":"Practitioner/p"}],"section":[{"entry":[{"reference":"Observation/o"}]}]}
        """;

    private const string Practitioner = """{"fullUrl":"http://h.example/Practitioner/p","resource":{"resourceType":"Practitioner","id":"p"}}""";
    private const string Observation = """
        {"fullUrl":"http://h.example/Observation/o","resource":{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"}}}
        """;

    [Fact]
    public void A_complete_document_is_sound() => Document(Practitioner, Observation).ShouldBeSound();

    [Fact]
    public void What_a_Composition_refers_to_goes_with_the_document() =>
        Document(Practitioner).ShouldHave("FHR505", "Bundle.entry[0].resource.section[0].entry[0].reference");

    [Fact]
    public void A_reference_in_a_document_fits_one_entry_only()
    {
        var again = Observation.Replace("\"id\":\"o\",", "\"id\":\"o\",\"meta\":{\"versionId\":\"2\"},", StringComparison.Ordinal);
        Document(Practitioner, Observation, again).ShouldHave("FHR506");
    }

    [Fact]
    public void A_document_starts_with_its_Composition_and_has_an_identifier_and_a_time()
    {
        var findings = Checked.Base($$"""{"resourceType":"Bundle","type":"document","entry":[{{Practitioner}}]}""");
        var keys = findings.Items.Where(f => f.Kind.Code == "FHR301" && f.IsError).Select(f => f.Arguments[0]).ToList();
        keys.ShouldContain("bdl-9");
        keys.ShouldContain("bdl-10");
        keys.ShouldContain("bdl-11");
    }

    [Fact]
    public void A_message_starts_with_its_header() =>
        Checked.Base($$"""{"resourceType":"Bundle","type":"message","entry":[{{Practitioner}}]}""")
            .Items.ShouldContain(f => f.IsError && f.Arguments[0] == "bdl-12");

    [Theory]
    [InlineData("Practitioner/p", "FHR510")]
    [InlineData("http://h.example/Practitioner/q", "FHR511")]
    [InlineData("http://h.example/Patient/p", "FHR511")]
    [InlineData("http://h.example/Practitioner/p/_history/1", "FHR301")]
    public void A_fullUrl_is_absolute_and_agrees_with_the_resource(string fullUrl, string code) =>
        Checked.Base($$"""{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"{{fullUrl}}","resource":{"resourceType":"Practitioner","id":"p"} }]}""")
            .ShouldHave(code);

    [Fact]
    public void Two_entries_have_the_same_fullUrl_only_as_different_versions()
    {
        Checked.Base($$"""{"resourceType":"Bundle","type":"collection","entry":[{{Practitioner}},{{Practitioner}}]}""").ShouldHave("FHR513");
        var second = Practitioner.Replace("\"id\":\"p\"", "\"id\":\"p\",\"meta\":{\"versionId\":\"2\"}", StringComparison.Ordinal);
        Checked.Base($$"""{"resourceType":"Bundle","type":"collection","entry":[{{Practitioner}},{{second}}]}""").ShouldBeSound();
    }

    [Fact]
    public void A_urn_uuid_in_a_transaction_names_an_entry()
    {
        const string Patient = """
            {"resource":{"resourceType":"Patient","managingOrganization":{"reference":"urn:uuid:541a72a8-df75-4484-ac89-ac4923f03b81"}},
             "request":{"method":"POST","url":"Patient"}}
            """;
        const string Organization = """
            {"fullUrl":"urn:uuid:541a72a8-df75-4484-ac89-ac4923f03b81","resource":{"resourceType":"Organization","name":"x"},
             "request":{"method":"POST","url":"Organization"}}
            """;
        Checked.Base($$"""{"resourceType":"Bundle","type":"transaction","entry":[{{Patient}}]}""").ShouldHave("FHR505");
        Checked.Base($$"""{"resourceType":"Bundle","type":"transaction","entry":[{{Patient}},{{Organization}}]}""").ShouldBeSound();
    }

    [Fact]
    public void A_request_fits_its_resource()
    {
        Checked.Base("""
            {"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Patient","id":"a"},"request":{"method":"PUT","url":"Patient/b"}}]}
            """).ShouldHave("FHR517");
        Checked.Base("""{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"POST","url":"Patient"}}]}""").ShouldHave("FHR518");
        Checked.Base("""{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"DELETE","url":"Patient/1"}}]}""").ShouldBeSound();
    }

    [Fact]
    public void A_search_result_has_ids_and_only_what_was_asked()
    {
        const string Start = """{"resourceType":"Bundle","type":"searchset","link":[{"relation":"self","url":"http://h.example/Patient?name=x"}],"entry":[""";
        Checked.Base(Start + """{"resource":{"resourceType":"Patient"},"search":{"mode":"match"}}]}""").ShouldHave("FHR515");
        Checked.Base(Start + """{"resource":{"resourceType":"Location","id":"l"},"search":{"mode":"match"}}]}""").ShouldHave("FHR516");
        Checked.Base(Start + """{"resource":{"resourceType":"Location","id":"l"},"search":{"mode":"include"}}]}""").ShouldBeSound();
    }

    [Fact]
    public void A_document_has_no_pages()
    {
        var link = """ "link":[{"relation":"next","url":"http://h.example/x"}],""";
        Checked.Base($$"""{"resourceType":"Bundle","type":"document",{{link}}"entry":[{{Practitioner}}]}""").ShouldHave("FHR519");
    }

    [Fact]
    public void Each_entry_of_a_document_has_a_fullUrl() =>
        Document(Practitioner, Observation, """{"resource":{"resourceType":"Location"}}""").ShouldHave("FHR512");

    private static FindingList Document(params string[] entries) => Checked.Base($$"""
        {"resourceType":"Bundle","type":"document","identifier":{"system":"http://x.example","value":"1"},"timestamp":"2025-01-01T00:00:00Z",
         "entry":[{"fullUrl":"http://h.example/Composition/c",{{Composition}} },{{string.Join(',', entries)}}]}
        """);
}
