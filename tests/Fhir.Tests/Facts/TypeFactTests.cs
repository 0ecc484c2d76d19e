using Kangqiao.Fhir.Facts;

namespace Kangqiao.Fhir.Tests.Facts;

public sealed class TypeFactTests
{
    private static readonly R4 Facts = R4.Facts;

    [Fact]
    public void R4_has_146_resources_that_can_exist_and_two_that_are_abstract()
    {
        Facts.Types.Count(t => t is { IsResource: true, IsAbstract: false }).ShouldBe(146);
        Facts.Types.Where(t => t is { IsResource: true, IsAbstract: true }).Select(t => t.Name)
            .ShouldBe(["DomainResource", "Resource"]);
    }

    [Fact]
    public void The_resources_are_those_of_the_resource_types_value_set()
    {
        var published = Facts.ValueSet("http://hl7.org/fhir/ValueSet/resource-types")!.Systems.Single().Codes;
        Facts.Types.Where(t => t.IsResource).Select(t => t.Name).ShouldBe(published, ignoreOrder: true);
    }

    [Fact]
    public void R4_has_20_primitive_types_and_each_knows_which_it_is()
    {
        var primitives = Facts.Types.Where(t => t.IsPrimitive).ToArray();
        primitives.Length.ShouldBe(20);
        primitives.Select(t => t.Primitive)
            .ShouldBe(Enum.GetValues<PrimitiveKind>().Where(k => k != PrimitiveKind.None), ignoreOrder: true);
        primitives.ShouldAllBe(t => string.Equals(t.Primitive.ToString(), t.Name, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void A_primitive_has_an_id_and_extensions_and_nothing_else()
    {
        Facts.Type("string")!.Elements.Select(e => e.Name).ShouldBe(["id", "extension"]);
        Facts.Xhtml.Elements.Select(e => e.Name).ShouldBe(["id"]);
    }

    [Theory]
    [InlineData("code", "string")]
    [InlineData("canonical", "uri")]
    [InlineData("positiveInt", "integer")]
    [InlineData("Age", "Quantity")]
    [InlineData("Patient", "DomainResource")]
    [InlineData("Bundle", "Resource")]
    [InlineData("Timing", "BackboneElement")]
    [InlineData("Patient.contact", "BackboneElement")]
    [InlineData("Timing.repeat", "Element")]
    public void A_type_specialises_its_base(string name, string ancestor)
    {
        Facts.Type(name)!.Base.ShouldBe(Facts.Type(ancestor));
        Facts.Type(name)!.IsA(Facts.Type(ancestor)!).ShouldBeTrue();
    }

    [Fact]
    public void Element_and_resource_specialise_nothing()
    {
        Facts.Types.Where(t => t.Base is null).Select(t => t.Name).ShouldBe(["Element", "Resource"]);
    }

    [Fact]
    public void An_element_with_elements_of_its_own_is_a_type_named_by_its_path()
    {
        var contact = Facts.Type("Patient.contact")!;
        contact.Kind.ShouldBe(TypeKind.Backbone);
        contact.Elements.Select(e => e.Name).ShouldBe(
            ["id", "extension", "modifierExtension", "relationship", "name", "telecom", "address", "gender", "organization", "period"]);
        contact.Element("name")!.Types.Single().Type.Name.ShouldBe("HumanName");
        Facts.Type("Patient")!.Element("contact")!.Types.Single().Type.ShouldBe(contact);
    }

    [Fact]
    public void A_value_that_may_be_of_many_types_has_one_json_name_for_each()
    {
        var value = Facts.Type("Observation")!.Element("value")!;
        value.IsChoice.ShouldBeTrue();
        value.Types.Select(t => t.JsonName).ShouldBe([
            "valueQuantity", "valueCodeableConcept", "valueString", "valueBoolean", "valueInteger", "valueRange", "valueRatio",
            "valueSampledData", "valueTime", "valueDateTime", "valuePeriod"]);
        Facts.Extension.Element("value")!.Types.Length.ShouldBe(50);
        Facts.Extension.JsonNames.TryGet("valueBase64Binary"u8, out var element, out var type).ShouldBeTrue();
        element.Name.ShouldBe("value");
        type.Type.Name.ShouldBe("base64Binary");
        Facts.Extension.JsonNames.TryGet("value"u8, out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void An_item_in_a_questionnaire_item_is_again_a_questionnaire_item_and_keeps_its_rules()
    {
        var outer = Facts.Type("Questionnaire")!.Element("item")!;
        var inner = Facts.Type("Questionnaire.item")!.Element("item")!;
        inner.Types.Single().Type.ShouldBe(outer.Types.Single().Type);
        inner.Constraints.ShouldBe(outer.Constraints);
        inner.Constraints.ShouldContain(c => c.Key == "que-1");
        Facts.Type("Questionnaire.item.item").ShouldBeNull();
    }

    [Fact]
    public void The_id_of_a_resource_is_an_id_and_that_of_an_element_a_string()
    {
        foreach (var type in Facts.Types)
        {
            type.Element("id")!.Types.Single().Type.Name.ShouldBe(type.IsResource ? "id" : "string", type.Name);
        }
    }

    [Fact]
    public void The_url_of_an_extension_is_a_uri() =>
        Facts.Extension.Element("url")!.Types.Single().Type.Name.ShouldBe("uri");

    [Fact]
    public void A_reference_says_what_it_may_point_at_and_no_target_means_any()
    {
        Targets("Patient", "generalPractitioner").ShouldBe(["Organization", "Practitioner", "PractitionerRole"]);
        Targets("Observation", "focus").ShouldBeEmpty();
        Targets("Condition", "subject").ShouldBe(["Patient", "Group"]);
        Targets("ActivityDefinition", "library").ShouldBe(["Library"]);

        static IEnumerable<string> Targets(string type, string element) =>
            Facts.Type(type)!.Element(element)!.Types.Single().Targets.Select(t => t.Name);
    }

    [Fact]
    public void A_profile_on_an_element_is_kept_and_can_be_found()
    {
        var profiles = Facts.Elements.SelectMany(e => e.Types).SelectMany(t => t.Profiles).Distinct().ToArray();
        profiles.ShouldBe(["http://hl7.org/fhir/StructureDefinition/SimpleQuantity"]);
        Facts.StructureDefinition(profiles[0]).ShouldNotBeNull();
    }

    [Fact]
    public void An_invariant_stands_where_it_is_defined_and_not_at_every_use()
    {
        Keys("Patient").ShouldBe(["dom-2", "dom-3", "dom-4", "dom-5", "dom-6"]);
        Keys("Extension").ShouldBe(["ext-1"]);
        Keys("Element").ShouldBe(["ele-1"]);
        Keys("Reference").ShouldBe(["ref-1"]);
        Facts.Type("Patient")!.Element("contact")!.Constraints.Single().Key.ShouldBe("pat-1");
        Facts.Type("Patient")!.Element("extension")!.Constraints.ShouldBeEmpty();
        Facts.Types.Where(t => t.Constraints.Any(c => c.Key == "ele-1")).ShouldBe([Facts.Element]);
        Facts.Elements.SelectMany(e => e.Constraints).ShouldNotContain(c => c.Key == "ele-1" || c.Key == "ext-1");
        Facts.Constraints.Single(c => c.Key == "dom-6").IsError.ShouldBeFalse();

        static IEnumerable<string> Keys(string type) => Facts.Type(type)!.Constraints.Select(c => c.Key);
    }

    [Fact]
    public void Only_4_0_1_is_here_not_what_others_added_to_it()
    {
        Facts.Type("SubscriptionStatus").ShouldBeNull();
        Facts.Type("Meta")!.Elements.Select(e => e.Name)
            .ShouldBe(["id", "extension", "versionId", "lastUpdated", "source", "profile", "security", "tag"]);
        Facts.Type("ResearchStudy")!.Element("progressStatus").ShouldBeNull();
        Facts.Type("DetectedIssue")!.Element("status")!.Binding!.ValueSet.ShouldBe("http://hl7.org/fhir/ValueSet/observation-status");
    }

    [Fact]
    public void Every_position_is_the_position_it_says()
    {
        Facts.Types.Select(t => t.Id).ShouldBe(Enumerable.Range(0, Facts.Types.Length));
        Facts.Elements.Select(e => e.Id).ShouldBe(Enumerable.Range(0, Facts.Elements.Length));
        Facts.Elements.ShouldBe(Facts.Types.SelectMany(t => t.Elements));
        foreach (var element in Facts.Elements)
        {
            Facts.Names[element.NameId].ShouldBe(element.Name);
            Facts.NameId(element.Name).ShouldBe(element.NameId);
            element.Owner.Elements[element.Slot].ShouldBeSameAs(element);
            element.Types.ShouldNotBeEmpty(element.Path);
        }
    }

    [Fact]
    public void Cardinalities_and_flags_are_those_of_the_specification()
    {
        var patient = Facts.Type("Patient")!;
        (patient.Element("name")!.Min, patient.Element("name")!.Max).ShouldBe((0, int.MaxValue));
        patient.Element("gender")!.IsArray.ShouldBeFalse();
        patient.Element("active")!.IsModifier.ShouldBeTrue();
        patient.Element("photo")!.IsSummary.ShouldBeFalse();
        patient.Element("link")!.IsSummary.ShouldBeTrue();
        Facts.Type("Observation")!.Element("code")!.Min.ShouldBe(1);
    }
}
