using Kangqiao.Kernel;

namespace Kangqiao.Analytics.Duck;

/// <summary>Every way DuckDB can refuse.</summary>
internal static class DuckProblems
{
    public static Problem Open(string message) => new("DUK001", ProblemKind.Unavailable, $"DuckDB cannot open: {message}");

    public static Problem Sql(string message) => new("DUK002", ProblemKind.Invalid, $"DuckDB: {message}");

    public static Problem Interrupted() => new("DUK003", ProblemKind.TooCostly, "The query was interrupted.");

    public static Problem Append(string message) => new("DUK004", ProblemKind.Unavailable, $"DuckDB cannot take the rows: {message}");

    public static Problem Of(string message) =>
        message.StartsWith("INTERRUPT", StringComparison.OrdinalIgnoreCase) ? Interrupted() : Sql(message);
}

/// <summary>A DuckDB database in this process: in memory, or in one file. Connections outlive it safely.</summary>
internal sealed class DuckDatabase : IDisposable
{
    private readonly DatabaseHandle handle;

    private DuckDatabase(DatabaseHandle handle) => this.handle = handle;

    public static unsafe string Version => Native.Text(Native.LibraryVersion()) ?? "?";

    /// <param name="path">Null for one in memory.</param>
    /// <param name="settings">Options of DuckDB by name, such as memory_limit.</param>
    public static Outcome<DuckDatabase> Open(string? path = null, params ReadOnlySpan<(string Name, string Value)> settings)
    {
        if (Native.CreateConfig(out var config) != 0)
        {
            return DuckProblems.Open("no memory for settings.");
        }

        try
        {
            foreach (var (name, value) in settings)
            {
                if (Native.SetConfig(config, name, value) != 0)
                {
                    return DuckProblems.Open($"the setting {name} = {value} is not taken.");
                }
            }

            if (Native.Open(path, out var database, config, out var error) != 0)
            {
                database.Dispose();
                return DuckProblems.Open(Native.TakeText(error));
            }

            return new DuckDatabase(database);
        }
        finally
        {
            Native.DestroyConfig(ref config);
        }
    }

    public Outcome<DuckConnection> Connect()
    {
        if (Native.Connect(handle, out var connection) != 0)
        {
            connection.Dispose();
            return DuckProblems.Open("no connection.");
        }

        return new DuckConnection(connection);
    }

    public void Dispose() => handle.Dispose();
}
