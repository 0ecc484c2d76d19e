using Kangqiao.Kernel;

namespace Kangqiao.Analytics.Extraction;

/// <summary>Every way a run over files can fail.</summary>
internal static class ExtractionProblems
{
    public static Problem Unreadable(string file, string reason) =>
        new("VWD030", ProblemKind.NotFound, $"{file} cannot be read: {reason}");

    public static Problem TooLarge(string file, long line, int limit) =>
        new("VWD031", ProblemKind.TooLarge, $"{file}, line {line}: one document has more than {limit} bytes.");

    public static Problem Unwritable(string reason) =>
        new("VWD032", ProblemKind.Unavailable, $"The rows cannot be written: {reason}");

    public static Problem At(string file, long line, string record, Problem problem) =>
        problem with { Message = $"{file}, line {line}{(record.Length > 0 ? $", {record}" : "")}: {problem.Message}" };
}
