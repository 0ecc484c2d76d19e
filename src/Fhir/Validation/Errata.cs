namespace Kangqiao.Fhir.Validation;

/// <summary>
/// Where what R4 4.0.1 publishes as machine-readable contradicts its own words or its own examples. The facts keep the
/// published text; validation goes by these.
/// </summary>
internal static class Errata
{
    private const string Core = "http://hl7.org/fhir/StructureDefinition/";

    /// <summary>The expression to check instead of the published one, or null.</summary>
    public static string? Expression(string key) => key switch
    {
        // "If there are more than one enableWhen": the published > 2 lets two pass. Corrected in R4B.
        "que-12" => "enableWhen.count() > 1 implies enableBehavior.exists()",

        // A FHIR boolean is not the System type Boolean, so the published "answer is Boolean" refuses every answer.
        "que-7" => "operator = 'exists' implies (answer is boolean)",

        // Without a probability the published expression is empty, which is not true. Corrected in the 2019 technical correction.
        "ras-2" => "probability.empty() or ((probability is decimal) implies ((probability as decimal) <= 100))",
        _ => null,
    };

    /// <summary>
    /// Whether an extension may stand where R4 forgot to allow it, although its own published definitions use it there; HL7's
    /// later extensions pack (hl7.fhir.uv.extensions) lists these contexts.
    /// </summary>
    public static bool AllowsExtension(string url, Reading.Element host) => url switch
    {
        Core + "structuredefinition-fhir-type" or Core + "regex" => host.Type.Name == "ElementDefinition.type",
        Core + "structuredefinition-normative-version" => host.Type.IsResource || host.Type.Name == "ElementDefinition",
        Core + "valueset-concept-comments" => host.Type.Name == "CodeSystem.concept",
        _ => false,
    };
}
