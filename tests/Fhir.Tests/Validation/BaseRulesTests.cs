using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Validation;

namespace Kangqiao.Fhir.Tests.Validation;

public sealed class BaseRulesTests
{
    [Fact]
    public void A_code_outside_of_a_required_value_set_is_an_error()
    {
        Checked.Base("""{"resourceType":"Patient","gender":"man"}""").ShouldHave("FHR201", "Patient.gender");
        Checked.Base("""{"resourceType":"Patient","gender":"male"}""").ShouldBeSound();
    }

    [Fact]
    public void A_code_outside_of_an_extensible_value_set_is_a_warning()
    {
        var findings = Checked.Base("""
            {"resourceType":"Patient","maritalStatus":{"coding":[{"system":"http://local.example/marital","code":"1"}]}}
            """);
        findings.ShouldHave("FHR202", "Patient.maritalStatus");
        findings.ShouldBeSound();
    }

    [Fact]
    public void One_coding_of_the_set_is_enough_beside_local_ones()
    {
        var findings = Checked.Base("""
            {"resourceType":"Patient","maritalStatus":{"coding":[
              {"system":"http://local.example/marital","code":"1"},
              {"system":"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus","code":"M"}]}}
            """);
        findings.Items.ShouldNotContain(f => f.Kind.Code == "FHR202");
    }

    [Fact]
    public void A_required_code_cannot_be_replaced_by_an_extension()
    {
        Checked.Base("""
            {"resourceType":"Encounter","class":{"code":"AMB","system":"http://terminology.hl7.org/CodeSystem/v3-ActCode"},
             "_status":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}]}}
            """).ShouldHave("FHR203", "Encounter.status");
    }

    [Fact]
    public void A_code_that_its_own_FHIR_code_system_does_not_have_is_an_error()
    {
        Checked.Base("""
            {"resourceType":"Basic","code":{"coding":[{"system":"http://hl7.org/fhir/administrative-gender","code":"man"}]}}
            """).ShouldHave("FHR204");
    }

    [Fact]
    public void A_coding_without_a_system_is_warned_of() =>
        Checked.Base("""{"resourceType":"Basic","code":{"coding":[{"code":"x"}]}}""").ShouldHave("FHR205");

    [Fact]
    public void An_invariant_of_a_data_type_is_checked_wherever_it_occurs()
    {
        Checked.Base("""{"resourceType":"Patient","name":[{"period":{"start":"2025-02-01","end":"2025-01-01"}}]}""")
            .ShouldHave("FHR301", "Patient.name[0].period");
        Checked.Base("""{"resourceType":"Patient","name":[{"text":"王","period":{"start":"2025-01-01","end":"2025-02-01"}}]}""").ShouldBeSound();
    }

    [Fact]
    public void A_date_written_with_JSON_escapes_is_still_a_date()
    {
        Checked.Base("""
            {"resourceType":"Patient","name":[{"text":"王",
             "period":{"start":"2025-01-01T00:00:00\u002B08:00","end":"2025-01-01T08:00:00\u002B08:00"}}]}
            """).ShouldBeSound();
    }

    [Fact]
    public void An_invariant_of_a_resource_names_its_key_and_is_explained_in_Chinese()
    {
        var findings = Checked.Base("""
            {"resourceType":"Patient","contact":[{"relationship":[{"text":"mother"}]}]}
            """);
        findings.ShouldHave("FHR301", "Patient.contact[0]");
        var finding = findings.Items.First(f => f.Kind.Code == "FHR301" && f.IsError);
        finding.Arguments[0].ShouldBe("pat-1");
        finding.Chinese.ShouldContain("联系人");
    }

    [Fact]
    public void Narrative_is_best_practice_as_loud_as_asked()
    {
        Checked.Base("""{"resourceType":"Patient","active":true}""").Items.ShouldContain(f => f.Severity == Severity.Warning && f.Arguments[0] == "dom-6");
        var strict = new ValidationOptions { BestPractice = BestPractice.Error };
        Checked.With(strict, """{"resourceType":"Patient","active":true}""").HasErrors.ShouldBeTrue();
        var silent = new ValidationOptions { BestPractice = BestPractice.Ignore };
        Checked.With(silent, """{"resourceType":"Patient","active":true}""").Count.ShouldBe(0);
    }

    [Fact]
    public void A_narrative_with_a_script_is_refused()
    {
        Checked.Base("""
            {"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">a<script>x()</script></div>"}}
            """).ShouldHave("FHR103", "Patient.text.div");
    }

    [Fact]
    public void An_attachment_has_the_size_and_hash_it_says()
    {
        Checked.Base("""{"resourceType":"Media","status":"completed","content":{"contentType":"text/plain","data":"aGVsbG8=","size":6}}""")
            .ShouldHave("FHR101");
        Checked.Base("""{"resourceType":"Media","status":"completed","content":{"contentType":"text/plain","data":"aGVsbG8=","hash":"AAAA"}}""")
            .ShouldHave("FHR102");
        Checked.Base("""
            {"resourceType":"Media","status":"completed",
             "content":{"contentType":"text/plain","data":"aGVsbG8=","size":5,"hash":"qvTGHdzF6KLavt4PO0gs2a6pQ00="}}
            """).ShouldBeSound();
    }

    [Fact]
    public void An_extension_has_a_value_or_extensions_but_not_both() =>
        Checked.Base("""{"resourceType":"Patient","extension":[{"url":"http://local.example/x"}]}""").ShouldHave("FHR301", "Patient.extension[0]");

    [Fact]
    public void An_extension_that_FHIR_does_not_define_may_not_pretend_so() =>
        Checked.Base("""{"resourceType":"Patient","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-shoe","valueString":"x"}]}""")
            .ShouldHave("FHR420");

    [Fact]
    public void A_core_extension_has_the_type_its_definition_says()
    {
        Checked.Base("""{"resourceType":"Patient","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthPlace","valueString":"x"}]}""")
            .ShouldHave("FHR406");
        Checked.Base("""{"resourceType":"Patient","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthPlace","valueAddress":{"city":"康桥"}}]}""")
            .ShouldBeSound();
    }

    [Fact]
    public void A_core_extension_stands_only_where_its_definition_allows() =>
        Checked.Base("""
            {"resourceType":"Organization","name":"x",
             "extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthPlace","valueAddress":{"city":"康桥"}}]}
            """).ShouldHave("FHR423");

    [Fact]
    public void An_unknown_extension_is_as_loud_as_asked_and_an_unknown_modifier_an_error()
    {
        const string Ours = """{"resourceType":"Patient","extension":[{"url":"http://local.example/x","valueString":"x"}]}""";
        Checked.Base(Ours).ShouldHave("FHR421");
        Checked.Base(Ours).ShouldBeSound();
        Checked.With(new ValidationOptions { UnknownExtensions = UnknownExtensions.Error }, Ours).HasErrors.ShouldBeTrue();
        Checked.With(new ValidationOptions { UnknownExtensions = UnknownExtensions.Error, TrustedExtensions = ["http://local.example/"] }, Ours).ShouldBeSound();
        Checked.Base("""{"resourceType":"Patient","modifierExtension":[{"url":"http://local.example/x","valueString":"x"}]}""").ShouldHave("FHR422");
    }

    [Fact]
    public void The_url_of_an_extension_is_absolute() =>
        Checked.Base("""{"resourceType":"Patient","extension":[{"url":"shoe","valueString":"x"}]}""").ShouldHave("FHR426");

    [Fact]
    public void A_vital_sign_is_held_to_its_profile_without_claiming_it()
    {
        const string Rest = """
            "status":"final","subject":{"reference":"Patient/1"},"effectiveDateTime":"2025-05-01",
            "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],
            "code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]},
            """;
        Checked.Base("""{"resourceType":"Observation",""" + Rest + """ "valueQuantity":{"value":60,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}""").ShouldBeSound();
        Checked.Base("""{"resourceType":"Observation",""" + Rest + """ "valueQuantity":{"value":60,"unit":"斤","system":"http://unitsofmeasure.org","code":"jin"}}""").HasErrors.ShouldBeTrue();
    }

    [Fact]
    public void A_search_parameter_is_for_no_more_types_than_its_origin() =>
        Checked.Base("""
            {"resourceType":"SearchParameter","url":"http://test.example/sp","name":"Sp","status":"draft","description":"d","code":"name",
             "base":["Patient"],"type":"string","derivedFrom":"http://hl7.org/fhir/SearchParameter/Organization-name","expression":"Patient.name"}
            """).ShouldHave("FHR105");

    [Fact]
    public void Checking_gives_up_with_a_finding_when_the_budget_is_spent()
    {
        var names = string.Join(',', Enumerable.Repeat("""{"text":"x"}""", 200));
        var findings = Checked.With(new ValidationOptions { Budget = -100_000 }, $$"""{"resourceType":"Patient","name":[{{names}}]}""");
        findings.ShouldHave("FHR104");
    }

    [Fact]
    public void Every_kind_of_finding_is_told_in_Chinese_with_the_same_particulars()
    {
        var kinds = typeof(ValidationFindings).GetFields().Select(f => f.GetValue(null)).OfType<FindingKind>().ToList();
        kinds.Count.ShouldBeGreaterThan(50);
        kinds.Select(k => k.Code).ShouldBeUnique();
        foreach (var kind in kinds)
        {
            kind.Chinese.Any(c => c >= 0x4E00).ShouldBeTrue(kind.Code);
            var arguments = Enumerable.Range(0, 4).Select(i => $"<{i}>").ToArray();
            new Finding(kind, kind.Severity, "", arguments, 0, 0).Chinese.ShouldNotContain("{");
        }
    }

    [Fact]
    public void Every_invariant_of_R4_is_told_in_Chinese()
    {
        foreach (var constraint in Kangqiao.Fhir.Facts.R4.Facts.Constraints)
        {
            InvariantTexts.Chinese(constraint.Key).ShouldNotBeNull(constraint.Key);
        }
    }
}
