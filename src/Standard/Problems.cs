using Kangqiao.Kernel;

namespace Kangqiao.Standard;

/// <summary>Every way in which this room refuses.</summary>
public static class Problems
{
    public static Problem BadTable(string file, int line, string why) => new("STP002", ProblemKind.Invalid, $"{file}, line {line}: {why}");

    public static Problem BadRule(string rule, string why) => new("STP001", ProblemKind.Invalid, $"The rule {rule} cannot be used: {why}");
}
