namespace Kangqiao.Access.Tests;

/// <summary>The project's folder, found by walking up.</summary>
internal static class Project
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Kangqiao.slnx")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
