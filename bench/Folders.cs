namespace Kangqiao.Bench;

internal static class Folders
{
    /// <summary>The folder with Kangqiao.slnx above the program, or null when it runs elsewhere.</summary>
    public static string? Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Kangqiao.slnx")))
            {
                return folder.FullName;
            }
        }

        return null;
    }
}
