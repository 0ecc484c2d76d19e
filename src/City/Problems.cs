using Kangqiao.Kernel;

namespace Kangqiao.City;

/// <summary>Every way in which the city refuses to be built.</summary>
internal static class Problems
{
    public static Problem Table(string file, int line, string what) =>
        new("CTY001", ProblemKind.Invalid, $"{file}({line}): {what}");

    public static Problem NoTable(string file) =>
        new("CTY002", ProblemKind.NotFound, $"The table {file} is missing.");

    public static Problem TooMany(int most) =>
        new("CTY003", ProblemKind.Invalid, $"A city has from 1 to {most} residents.");
}
