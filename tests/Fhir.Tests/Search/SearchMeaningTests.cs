using Kangqiao.Fhir.Search;

namespace Kangqiao.Fhir.Tests.Search;

/// <summary>What a query means, by the clauses of R4 search.html.</summary>
public sealed class SearchMeaningTests
{
    [Theory]
    [InlineData("100", "99.5", true)]
    [InlineData("100", "100.49", true)]
    [InlineData("100", "100.5", false)]
    [InlineData("100.00", "100.004", true)]
    [InlineData("100.00", "100.005", false)]
    [InlineData("1e2", "95", true)]
    [InlineData("1e2", "104.9", true)]
    [InlineData("1e2", "105", false)]
    [InlineData("lt100", "99.9", true)]
    [InlineData("lt100", "100", false)]
    [InlineData("le100", "100", true)]
    [InlineData("gt100", "100.1", true)]
    [InlineData("gt100", "100", false)]
    [InlineData("ge100", "100", true)]
    [InlineData("ne100", "100.2", false)]
    [InlineData("ne100", "101", true)]
    [InlineData("ap100", "109", true)]
    [InlineData("ap100", "111", false)]
    [InlineData("sa100", "100.1", true)]
    [InlineData("eb100", "100", false)]
    [InlineData("-1.5", "-1.5", true)]
    public void A_number_is_as_precise_as_it_is_written(string asked, string held, bool found) =>
        Asked.Values($$"""{"resourceType":"RiskAssessment","status":"final","subject":{"reference":"Patient/1"},"prediction":[{"probabilityDecimal":{{held}}}]}""")
            .Finds("probability=" + asked).ShouldBe(found);

    [Theory]
    [InlineData("2013-01-14", "2013-01-14T10:00:00+08:00", true)]
    [InlineData("2013-01-14", "2013-01-14T00:00:00Z", true)]
    [InlineData("2013-01-14", "2013-01-14T20:00:00Z", false)]
    [InlineData("2013-01-14", "2013-01", false)]
    [InlineData("2013", "2013-01-14", true)]
    [InlineData("ne2013-01-14", "2013-01-15", true)]
    [InlineData("lt2013-01-14T10:00", "2013-01-14", true)]
    [InlineData("gt2013-01-14T10:00", "2013-01-14", true)]
    [InlineData("ge2013-03-14", "2013-03-14", true)]
    [InlineData("gt2013-03-14", "2013-03-14T23:59:59+08:00", false)]
    [InlineData("le2013-03", "2013-03-14", true)]
    [InlineData("sa2013-03-14", "2013-03-15", true)]
    [InlineData("sa2013-03-14", "2013-03", false)]
    [InlineData("eb2013-03-14", "2013-03-13", true)]
    [InlineData("ap2013-03-14", "2012-06-01", true)]
    [InlineData("ap2026-11-20", "2026-11-10", false)]
    [InlineData("2013-01-14T10:00:00 08:00", "2013-01-14T10:00:00+08:00", true)]
    public void A_date_is_the_stretch_of_time_it_leaves_open(string asked, string held, bool found) =>
        Asked.Observation($"\"effectiveDateTime\":\"{held}\"").Finds("date=" + asked).ShouldBe(found);

    [Theory]
    [InlineData("ge2013-03-14", true)]
    [InlineData("le2013-03-14", true)]
    [InlineData("sa2013-03-14", false)]
    [InlineData("eb2013-03-14", false)]
    [InlineData("2013-03-14", false)]
    [InlineData("sa2013-01-20", true)]
    [InlineData("ne2013-03-14", true)]
    public void A_period_without_end_goes_on(string asked, bool found) =>
        Asked.Observation("\"effectivePeriod\":{\"start\":\"2013-01-21\"}").Finds("date=" + asked).ShouldBe(found);

    [Theory]
    [InlineData("5.4|http://unitsofmeasure.org|mg/dL", true)]
    [InlineData("54|http://unitsofmeasure.org|mg/L", true)]
    [InlineData("5.4e-2|http://unitsofmeasure.org|g/L", true)]
    [InlineData("0.0540|http://unitsofmeasure.org|kg/m3", true)]
    [InlineData("54.1|http://unitsofmeasure.org|mg/L", false)]
    [InlineData("gt53|http://unitsofmeasure.org|mg/L", true)]
    [InlineData("gt54|http://unitsofmeasure.org|mg/L", false)]
    [InlineData("ge54|http://unitsofmeasure.org|mg/L", true)]
    [InlineData("5.4||毫克", true)]
    [InlineData("5.4||mg/dL", true)]
    [InlineData("5.4||mg/L", false)]
    [InlineData("5.4", true)]
    [InlineData("5", true)]
    [InlineData("5.40", true)]
    [InlineData("5.4|http://other.example|mg/dL", false)]
    [InlineData("5.4|http://unitsofmeasure.org|s", false)]
    public void A_quantity_is_found_in_any_unit_of_its_kind(string asked, bool found) =>
        Asked.Observation("""
            "valueQuantity":{"value":5.4,"unit":"毫克","system":"http://unitsofmeasure.org","code":"mg/dL"}
            """).Finds("value-quantity=" + asked).ShouldBe(found);

    [Theory]
    [InlineData("lt5", true)]
    [InlineData("lt2", true)]
    [InlineData("gt5", false)]
    [InlineData("ge5", false)]
    [InlineData("gt4", true)]
    [InlineData("5", false)]
    [InlineData("eb5", true)]
    [InlineData("eb4.9", false)]
    [InlineData("ne5", true)]
    [InlineData("lt0.005|http://unitsofmeasure.org|ug/mL", true)]
    [InlineData("ge0.005|http://unitsofmeasure.org|ug/mL", false)]
    public void Below_five_is_anything_below_five(string asked, bool found) =>
        Asked.Observation("""
            "valueQuantity":{"value":5,"comparator":"<","system":"http://unitsofmeasure.org","code":"ng/mL"}
            """).Finds("value-quantity=" + asked).ShouldBe(found);

    [Theory]
    [InlineData("name=张", true)]
    [InlineData("name=张三丰", true)]
    [InlineData("name=张 三丰", true)]
    [InlineData("name=三丰张", true)]
    [InlineData("name=三丰", true)]
    [InlineData("name=丰", false)]
    [InlineData("name:contains=丰", true)]
    [InlineData("name=zhangsanfeng", true)]
    [InlineData("name=Zhang San", true)]
    [InlineData("name=zsf", true)]
    [InlineData("name=ZSF", true)]
    [InlineData("name=sanfeng", true)]
    [InlineData("family=zhang", true)]
    [InlineData("given=sf", true)]
    [InlineData("given=zhang", false)]
    [InlineData("name:exact=张", true)]
    [InlineData("name:exact=zhang", false)]
    [InlineData("name:exact=张三丰", false)]
    [InlineData("name=elan", true)]
    [InlineData("name=ÉLAN", true)]
    [InlineData("name:exact=Élan", true)]
    [InlineData("name:exact=élan", false)]
    [InlineData("name=elan dupont", true)]
    [InlineData("name=dupont  elan", true)]
    [InlineData("name=李,elan", true)]
    [InlineData("address=浙江省杭州市文", true)]
    [InlineData("address-city=杭州", true)]
    public void A_person_is_found_by_characters_sound_and_initials(string query, bool found) =>
        Asked.Values("""
            {"resourceType":"Patient","name":[{"family":"张","given":["三丰"]},{"family":"Dupont","given":["Élan"]}],
             "address":[{"state":"浙江省","city":"杭州市","line":["文三路"]}]}
            """).Finds(query).ShouldBe(found);

    [Theory]
    [InlineData("identifier=M1", true)]
    [InlineData("identifier=urn:oid:1.2|M1", true)]
    [InlineData("identifier=|M1", false)]
    [InlineData("identifier=urn:oid:1.2|", true)]
    [InlineData("identifier=urn:oid:1.3|", false)]
    [InlineData("identifier=|X", true)]
    [InlineData("identifier=m1", false)]
    [InlineData("identifier:of-type=http://t|MR|M1", true)]
    [InlineData("identifier:of-type=http://t|MR|X", false)]
    [InlineData("identifier:text=病历", true)]
    [InlineData("identifier:not=M1", false)]
    [InlineData("identifier:not=M2", true)]
    [InlineData("gender=female", true)]
    [InlineData("gender=http://hl7.org/fhir/administrative-gender|female", true)]
    [InlineData("gender=|female", true)]
    [InlineData("gender=http://other.example|female", false)]
    [InlineData("gender=male,female", true)]
    [InlineData("gender:not=male", true)]
    [InlineData("active=true", true)]
    [InlineData("deceased=true", true)]
    [InlineData("deceased=false", false)]
    [InlineData("phone=13805710001", true)]
    [InlineData("phone=138 0571 0001", true)]
    [InlineData("telecom=phone|13805710001", true)]
    [InlineData("birthdate:missing=true", true)]
    [InlineData("gender:missing=true", false)]
    [InlineData("organization:missing=false", true)]
    [InlineData("language:not=zh", true)]
    [InlineData("_id:not=example", true)]
    [InlineData("_profile=http://x/p", true)]
    [InlineData("_profile=http://x/p|2", true)]
    [InlineData("_profile=http://x/p|3", false)]
    [InlineData("_profile:below=http://x", true)]
    [InlineData("_profile:below=http://", true)]
    public void A_token_is_a_system_and_a_code(string query, bool found) =>
        Asked.Values("""
            {"resourceType":"Patient","id":"a","meta":{"profile":["http://x/p|2"]},"identifier":[
              {"type":{"coding":[{"system":"http://t","code":"MR"}],"text":"病历号"},"system":"urn:oid:1.2","value":"M1"},{"value":"X"}],
             "active":true,"gender":"female","deceasedDateTime":"2020","telecom":[{"system":"phone","value":"138 0571 0001"}],
             "managingOrganization":{"reference":"Organization/1"}}
            """).Finds(query).ShouldBe(found);

    [Theory]
    [InlineData("subject=1", true)]
    [InlineData("subject=Patient/1", true)]
    [InlineData("subject:Patient=1", true)]
    [InlineData("subject:Group=1", false)]
    [InlineData("subject=Group/1", false)]
    [InlineData("subject=https://kangqiao.example/fhir/Patient/1", true)]
    [InlineData("subject=https://other.example/fhir/Patient/1", false)]
    [InlineData("subject:identifier=urn:oid:1.2|M1", true)]
    [InlineData("patient=1", true)]
    [InlineData("performer=2", true)]
    [InlineData("performer=Organization/2", true)]
    [InlineData("performer=3", false)]
    [InlineData("performer=https://other.example/fhir/Organization/3", true)]
    [InlineData("focus=urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b7", true)]
    [InlineData("device=c", false)]
    [InlineData("has-member=5", true)]
    [InlineData("has-member=Observation/5/_history/2", true)]
    [InlineData("has-member=Observation/5/_history/3", false)]
    public void A_reference_is_found_by_id_type_and_url(string query, bool found) =>
        Asked.Observation("""
            "contained":[{"resourceType":"Device","id":"c"}],
            "subject":{"reference":"Patient/1","identifier":{"system":"urn:oid:1.2","value":"M1"}},
            "performer":[{"reference":"https://kangqiao.example/fhir/Organization/2"},{"reference":"https://other.example/fhir/Organization/3"}],
            "focus":[{"reference":"urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b7"}],"device":{"reference":"#c"},
            "hasMember":[{"reference":"Observation/5/_history/2"}]
            """).Finds(query).ShouldBe(found);

    [Theory]
    [InlineData("component-code-value-quantity=http://loinc.org|8480-6$gt140", true)]
    [InlineData("component-code-value-quantity=http://loinc.org|8462-4$gt140", false)]
    [InlineData("component-code-value-quantity=http://loinc.org|8462-4$92||mm[Hg]", true)]
    [InlineData("combo-code-value-quantity=8480-6$142", true)]
    [InlineData("combo-code-value-quantity=8462-4$142", false)]
    [InlineData("code-value-quantity=8480-6$142", false)]
    public void A_composite_joins_only_what_stands_together(string query, bool found) =>
        Asked.Observation("""
            "component":[
              {"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},"valueQuantity":{"value":142,"system":"http://unitsofmeasure.org","code":"mm[Hg]"}},
              {"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},"valueQuantity":{"value":92,"system":"http://unitsofmeasure.org","code":"mm[Hg]"}}]
            """).Finds(query).ShouldBe(found);

    [Theory]
    [InlineData("30.2741|120.1551|1|km", true)]
    [InlineData("30.2741|120.1661|1|km", false)]
    [InlineData("30.2741|120.1661|2000|m", true)]
    public void A_place_is_near_within_the_distance(string asked, bool found) =>
        Asked.Values("""{"resourceType":"Location","position":{"longitude":120.1551,"latitude":30.2741}}""")
            .Finds("near=" + asked).ShouldBe(found);

    [Fact]
    public void Escaped_separators_are_part_of_the_text()
    {
        var values = Asked.Observation("\"valueString\":\"a,b|c$d\\\\e\"");

        values.Finds("value-string:exact=a\\,b|c$d\\\\e").ShouldBeTrue();
        values.Finds("value-string=b|c").ShouldBeFalse();
        Asked.Values("""{"resourceType":"Patient","identifier":[{"system":"s","value":"a|b"}]}""").Finds("identifier=s|a\\|b").ShouldBeTrue();
    }

    [Theory]
    [InlineData("brithdate=1985", "'birthdate'")]
    [InlineData("birthdate=1985-13", "yyyy-mm-dd")]
    [InlineData("birthdate=xx1985", "yyyy-mm-dd")]
    [InlineData("birthdate:exact=1985", ":missing")]
    [InlineData("birthdate=", "missing=true")]
    [InlineData("gender:contains=m", ":of-type")]
    [InlineData("gender:missing=yes", "true or false")]
    [InlineData("organization:Patient=1", "resource type")]
    [InlineData("organization=a b", "[type]/[id]")]
    [InlineData("identifier=a|b|c", "[system]|[code]")]
    [InlineData("identifier:of-type=a|b", "[type code]")]
    [InlineData("name=,", "\\,")]
    [InlineData("_text=abc", "text search")]
    public void A_bad_question_is_refused_with_what_would_be_right(string query, string told)
    {
        var refused = Asked.Read(SearchPlan.Of("Patient")!, query);

        refused.Problem.ShouldNotBeNull();
        refused.Problem.Message.ShouldContain(told);
    }
}
