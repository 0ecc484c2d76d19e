using System.Diagnostics;

namespace Kangqiao.Bench;

/// <summary>This program again, as a process of its own.</summary>
internal static class Child
{
    public static Process Start(params ReadOnlySpan<string> args) => Process.Start(Description(args, redirected: false))!;

    /// <summary>As <see cref="Start"/>, and what it prints.</summary>
    public static string Output(params ReadOnlySpan<string> args)
    {
        using var child = Process.Start(Description(args, redirected: true))!;
        var output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return output;
    }

    private static ProcessStartInfo Description(ReadOnlySpan<string> args, bool redirected)
    {
        var description = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = redirected, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet")
        {
            description.ArgumentList.Add(typeof(Child).Assembly.Location);
        }

        foreach (var argument in args)
        {
            description.ArgumentList.Add(argument);
        }

        return description;
    }
}
