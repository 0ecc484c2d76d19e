namespace Kangqiao.Fhir.FhirPath;

/// <summary>FHIRPath's three-valued logic.</summary>
internal enum Tri : byte
{
    Empty,
    False,
    True,
}

internal static class TriLogic
{
    public static Tri Of(bool value) => value ? Tri.True : Tri.False;

    public static Tri Of(bool? value) => value is null ? Tri.Empty : Of(value.Value);

    public static Tri Not(this Tri value) => value switch
    {
        Tri.True => Tri.False,
        Tri.False => Tri.True,
        _ => Tri.Empty,
    };
}
