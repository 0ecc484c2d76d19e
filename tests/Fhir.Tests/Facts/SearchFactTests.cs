using Kangqiao.Fhir.Facts;

namespace Kangqiao.Fhir.Tests.Facts;

public sealed class SearchFactTests
{
    private static readonly R4 Facts = R4.Facts;

    [Fact]
    public void R4_has_1375_search_parameters_46_of_them_composite()
    {
        Facts.SearchParameters.Length.ShouldBe(1375);
        Facts.SearchParameters.Count(s => s.Type == SearchType.Composite).ShouldBe(46);
        Facts.SearchParameters.Select(s => s.Id).ShouldBe(Enumerable.Range(0, Facts.SearchParameters.Length));
    }

    [Fact]
    public void Every_composite_is_made_of_parameters_that_exist_and_no_other_parameter_has_parts()
    {
        foreach (var parameter in Facts.SearchParameters)
        {
            (parameter.Components.Length > 0).ShouldBe(parameter.Type == SearchType.Composite, parameter.Url);
            parameter.Components.ShouldAllBe(c => Facts.SearchParameter(c.Definition) != null, parameter.Url);
        }
    }

    [Fact]
    public void A_patient_is_searched_by_its_own_parameters_and_by_those_of_every_resource()
    {
        var patient = Facts.Type("Patient")!;
        var codes = Facts.SearchParametersOf(patient).Select(s => s.Code).ToArray();
        codes.ShouldBe(codes.Order(StringComparer.Ordinal));
        codes.ShouldContain("family");
        codes.ShouldContain("_id");
        codes.ShouldContain("_text");
        Facts.SearchParametersOf(Facts.Type("Bundle")!).ShouldNotContain(s => s.Code == "_text");
        Facts.SearchParametersOf(Facts.Type("HumanName")!).ShouldBeEmpty();
    }

    [Fact]
    public void No_resource_type_has_two_parameters_of_one_code()
    {
        foreach (var type in Facts.Types.Where(t => t.IsResource))
        {
            Facts.SearchParametersOf(type).Select(s => s.Code).ShouldBeUnique(type.Name);
            Facts.SearchParametersOf(type).ShouldAllBe(s => Facts.SearchParameter(type, s.Code) == s);
        }
    }

    [Fact]
    public void A_parameter_is_found_by_type_and_code()
    {
        var patient = Facts.Type("Patient")!;
        var practitioner = Facts.SearchParameter(patient, "general-practitioner")!;
        practitioner.Url.ShouldBe("http://hl7.org/fhir/SearchParameter/Patient-general-practitioner");
        practitioner.Type.ShouldBe(SearchType.Reference);
        practitioner.Expression.ShouldBe("Patient.generalPractitioner");
        practitioner.Targets.Select(t => t.Name).ShouldBe(["Practitioner", "Organization", "PractitionerRole"], ignoreOrder: true);
        Facts.SearchParameter(patient, "_lastUpdated")!.Expression.ShouldBe("Resource.meta.lastUpdated");
        Facts.SearchParameter(patient, "no-such").ShouldBeNull();
    }

    [Fact]
    public void A_composite_says_what_its_parts_are()
    {
        var composite = Facts.SearchParameter(Facts.Type("Observation")!, "code-value-quantity")!;
        composite.Components.Select(c => c.Definition).ShouldBe([
            "http://hl7.org/fhir/SearchParameter/clinical-code",
            "http://hl7.org/fhir/SearchParameter/Observation-value-quantity"]);
        composite.Components[0].Expression.ShouldBe("code");
    }

    [Fact]
    public void The_five_compartments_name_parameters_that_exist()
    {
        Facts.Compartments.Select(c => c.Type.Name).ShouldBe(["Device", "Encounter", "Patient", "Practitioner", "RelatedPerson"]);
        foreach (var compartment in Facts.Compartments)
        {
            foreach (var (type, codes) in compartment.Parameters)
            {
                codes.ShouldAllBe(code => Facts.SearchParameter(Facts.Type(type)!, code) != null, $"{compartment.Type} {type}");
            }
        }
    }

    [Fact]
    public void An_observation_is_in_the_compartment_of_its_subject_and_its_performer()
    {
        var patient = Facts.Compartments.Single(c => c.Type.Name == "Patient");
        patient.Parameters["Observation"].ShouldBe(["subject", "performer"]);
        patient.Parameters.ContainsKey("Medication").ShouldBeFalse();
    }
}
