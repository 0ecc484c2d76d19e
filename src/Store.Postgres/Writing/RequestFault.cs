using Kangqiao.Kernel;

namespace Kangqiao.Store.Postgres.Writing;

/// <summary>One request has broken the transaction that it shares: alone, it gets this answer, and its neighbours none of it.</summary>
internal sealed class RequestFault(Problem problem) : Exception(problem.Message)
{
    public Problem Problem => problem;
}
