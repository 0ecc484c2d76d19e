namespace Kangqiao.Store.Tests;

/// <summary>Where this project's folders are, seen from wherever the tests run.</summary>
internal static class Project
{
    /// <summary>The folder of Kangqiao.slnx.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The published R4 examples, restored from npm by every build of the tests.</summary>
    public static string Examples => Path.Combine(Root, "tools", "npm", "node_modules", "hl7.fhir.r4.examples");

    /// <summary>The public test suites beside the project; the folder may be absent.</summary>
    public static string Conformance => Path.Combine(Root, "..", "shared", "conformance");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Kangqiao.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("Kangqiao.slnx is in no folder above the tests.");
    }
}
