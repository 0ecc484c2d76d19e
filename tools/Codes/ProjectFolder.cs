namespace Kangqiao.Codes;

/// <summary>Where things lie in the project, seen from a built program inside it.</summary>
internal static class ProjectFolder
{
    /// <summary>The folder that holds Kangqiao.slnx, or null.</summary>
    public static string? Find()
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
