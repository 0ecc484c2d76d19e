using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Validation;

/// <summary>The value sets an element definition binds an element to.</summary>
internal static class ElementBindings
{
    private const string VitalSignsUrl = "http://hl7.org/fhir/StructureDefinition/vitalsigns";
    private const string MaxValueSetUrl = "http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet";
    private const string AdditionalBindingOfR5Url = "http://hl7.org/fhir/5.0/StructureDefinition/extension-ElementDefinition.binding.additional";
    private const string AdditionalBindingUrl = "http://hl7.org/fhir/tools/StructureDefinition/additional-binding";

    /// <summary>Takes over what an element definition says of bindings.</summary>
    /// <param name="source">URL of the definition it stands in.</param>
    public static void Fill(ElementRule rule, Element element, string? source)
    {
        var binding = element.Child("binding");
        if (!binding.Exists)
        {
            return;
        }

        if (binding.ChildText("valueSet") is { } valueSet)
        {
            rule.Binding = new BindingFact(
                binding.ChildText("strength") switch
                {
                    // 4.0.1 says required, which would refuse the flow rate (L/min) that stands with an oxygen saturation;
                    // the reference validator reads it as extensible.
                    "required" when source == VitalSignsUrl && rule.Name == "value" => BindingStrength.Extensible,
                    "required" => BindingStrength.Required,
                    "extensible" => BindingStrength.Extensible,
                    "preferred" => BindingStrength.Preferred,
                    _ => BindingStrength.Example,
                },
                valueSet);
        }

        foreach (var extension in binding.ChildrenNamed(WellKnown.ExtensionName))
        {
            switch (extension.ChildText("url"))
            {
                case MaxValueSetUrl:
                    rule.MaxValueSet = extension.ChildText("value") ?? rule.MaxValueSet;
                    break;
                case AdditionalBindingUrl or AdditionalBindingOfR5Url:
                    FillAdditional(rule, extension);
                    break;
            }
        }
    }

    private static void FillAdditional(ElementRule rule, Element extension)
    {
        string? purpose = null;
        string? valueSet = null;
        var isConditional = false;
        foreach (var part in extension.ChildrenNamed(WellKnown.ExtensionName))
        {
            switch (part.ChildText("url"))
            {
                case "purpose":
                    purpose = part.ChildText("value");
                    break;
                case "valueSet":
                    valueSet = part.ChildText("value");
                    break;
                case "usage":
                    isConditional = true;
                    break;
            }
        }

        if (purpose == "required" && valueSet is not null && !isConditional)
        {
            rule.AdditionalRequired.Add(valueSet);
        }
        else if (purpose == "maximum" && valueSet is not null && !isConditional)
        {
            rule.MaxValueSet = valueSet;
        }
    }
}
