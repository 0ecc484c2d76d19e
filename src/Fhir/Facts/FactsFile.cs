namespace Kangqiao.Fhir.Facts;

/// <summary>The layout of the facts file: written by tools/Facts, read once at start.</summary>
internal static class FactsFile
{
    public static R4 LoadEmbedded() => throw new InvalidDataException("The facts file is not written yet.");
}
