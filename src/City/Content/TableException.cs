using Kangqiao.Kernel;

namespace Kangqiao.City.Content;

/// <summary>A table is wrong. Thrown deep in the reading of content and turned into its problem where content is loaded.</summary>
internal sealed class TableException(Problem problem) : Exception(problem.Message)
{
    public Problem Problem { get; } = problem;
}
