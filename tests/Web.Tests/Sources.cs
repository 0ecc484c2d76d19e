namespace Kangqiao.Web.Tests;

internal static class Sources
{
    /// <summary>The folder with the solution.</summary>
    public static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Kangqiao.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("Kangqiao.slnx is in no folder above the tests.");
    }
}
