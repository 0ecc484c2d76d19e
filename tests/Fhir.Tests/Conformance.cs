namespace Kangqiao.Fhir.Tests;

/// <summary>The public test suites beside the project. Where they are absent, what needs them is reported as skipped.</summary>
internal static class Conformance
{
    private static readonly string Folder = Path.Combine(Project.Root, "..", "shared", "conformance");

    /// <summary>A file or folder of the suites; skips the test that asks when the suites are not there.</summary>
    public static string Find(params string[] parts)
    {
        Assert.SkipUnless(Directory.Exists(Folder), "The public suites are not beside the project.");
        return Path.Combine([Folder, .. parts]);
    }

    public static string[] Files(string folder, string pattern)
    {
        var files = Directory.GetFiles(Find(folder), pattern);
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }
}
