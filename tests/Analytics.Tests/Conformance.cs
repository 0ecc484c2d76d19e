namespace Kangqiao.Analytics.Tests;

/// <summary>The public test suites beside the project; the folder may be absent.</summary>
internal static class Conformance
{
    /// <summary>The folder of Kangqiao.slnx.</summary>
    public static string Root { get; } = FindRoot();

    public static string Folder { get; } = Path.Combine(Root, "..", "shared", "conformance");

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
