using Kangqiao.Kernel;
using Npgsql;

namespace Kangqiao.Store.Postgres.Binding;

/// <summary>What PostgreSQL's errors mean (postgresql.org/docs/15/errcodes-appendix.html).</summary>
internal static class Failure
{
    public static Problem AsProblem(Exception failure) => failure switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => Problems.DiskFull(),
        PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } => Problems.TookTooLong(),
        PostgresException known => Problems.DatabaseFailed($"{known.SqlState} {known.MessageText}"),
        _ => Problems.DatabaseFailed(failure.Message),
    };

    /// <summary>Somebody else was quicker: the same transaction again will see what they did.</summary>
    public static bool IsConflict(Exception failure) => failure is PostgresException
    {
        SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected,
    };

    /// <summary>The connection is gone, or the server is going or coming.</summary>
    public static bool IsLost(Exception failure) => failure switch
    {
        PostgresException known => known.SqlState.StartsWith("57P", StringComparison.Ordinal) || known.SqlState.StartsWith("08", StringComparison.Ordinal),
        NpgsqlException or IOException or System.Net.Sockets.SocketException => true,
        _ => false,
    };
}
