namespace Kangqiao.Fhir.FhirPath;

/// <summary>Strings that an expression makes: each costs by its length, and none may be longer than the bound.</summary>
internal static class Texts
{
    public static bool Add(FhirPathEnvironment env, string text, FhirPathResults output)
    {
        if (text.Length > FhirPathEnvironment.MaxText)
        {
            return env.Fail(FhirPathProblems.TooCostly(FhirPathEnvironment.MaxText));
        }

        output.Add(FhirPathItem.Of(text));
        return env.Spend(1 + (text.Length >> 4));
    }
}
