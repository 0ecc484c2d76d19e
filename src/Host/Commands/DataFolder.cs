using System.CommandLine;

namespace Kangqiao.Host.Commands;

/// <summary>The <c>--data</c> that commands share.</summary>
internal static class DataFolder
{
    public static Option<string> Option() => new("--data")
    {
        Description = "The data folder: records, keys and all else the platform keeps",
        HelpName = "DIR",
        DefaultValueFactory = _ => "data",
    };
}
