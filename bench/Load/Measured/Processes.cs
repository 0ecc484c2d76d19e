using System.Diagnostics;
using System.Globalization;

namespace Kangqiao.Bench.Load.Measured;

/// <summary>What processes of this machine hold and have used, as Linux tells it; zeros elsewhere and for a process that has gone.</summary>
internal static class Processes
{
    // proc(5): times are in ticks of sysconf(_SC_CLK_TCK), which is 100 on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;

    /// <summary>Seconds of processor time of this program.</summary>
    public static double OwnSeconds()
    {
        using var own = Process.GetCurrentProcess();
        return own.TotalProcessorTime.TotalSeconds;
    }

    /// <summary>Bytes in memory, all of them together; pages that several processes share count in each.</summary>
    public static long ResidentBytes(IReadOnlyList<int> pids) => pids.Sum(Resident);

    public static double Seconds(IReadOnlyList<int> pids) => pids.Sum(Seconds);

    private static long Resident(int pid)
    {
        foreach (var line in Lines($"/proc/{pid}/status"))
        {
            if (line.StartsWith("VmRSS:", StringComparison.Ordinal))
            {
                return long.Parse(line["VmRSS:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) * 1024;
            }
        }

        return 0;
    }

    private static double Seconds(int pid)
    {
        // The name, in parentheses, may hold spaces: fields are counted behind it; 14 and 15 are utime and stime.
        var line = Lines($"/proc/{pid}/stat").FirstOrDefault("");
        var fields = line[(line.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length < 13
            ? 0
            : (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    private static string[] Lines(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllLines(file) : [];
        }
        catch (IOException)
        {
            return [];
        }
    }
}

/// <summary>What a folder holds on disk.</summary>
internal static class Disk
{
    /// <summary>Bytes of all files; files that go while they are counted are left out.</summary>
    public static long? Bytes(string? folder)
    {
        if (folder is null || !Directory.Exists(folder))
        {
            return null;
        }

        var bytes = 0L;
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true }))
        {
            try
            {
                bytes += file.Length;
            }
            catch (FileNotFoundException)
            {
                continue;
            }
        }

        return bytes;
    }
}
