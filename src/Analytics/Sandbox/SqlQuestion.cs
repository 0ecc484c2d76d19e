using System.Text.Json;
using Kangqiao.Kernel;

namespace Kangqiao.Analytics.Sandbox;

/// <summary>A table of the lake as a question sees it.</summary>
/// <param name="Files">Parquet files below the lake folder; at least one.</param>
public sealed record SqlTable(string Name, IReadOnlyList<string> Files);

/// <summary>SQL that somebody outside the code wrote, and what it may cost.</summary>
/// <param name="Sql">One SELECT; values come in as $name.</param>
/// <param name="Lake">The only folder it can read.</param>
public sealed record SqlQuestion(string Sql, string Lake, IReadOnlyList<SqlTable> Tables)
{
    /// <summary>Text, number, truth or null.</summary>
    public IReadOnlyDictionary<string, JsonElement> Parameters { get; init; } = new Dictionary<string, JsonElement>();

    public int MaxRows { get; init; } = 100_000;

    public long MaxAnswerBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>What DuckDB may take; the process is ended when it takes half a gigabyte more.</summary>
    public int MemoryMegabytes { get; init; } = 1024;

    public int Threads { get; init; } = 2;

    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>A column of an answer.</summary>
/// <param name="Type">As SQL writes it.</param>
public sealed record SqlColumn(string Name, string Type);

/// <param name="Rows">Each an array with a value for each column: text, number, truth, null, list or object.</param>
public sealed record SqlAnswer(IReadOnlyList<SqlColumn> Columns, IReadOnlyList<JsonElement> Rows);

/// <summary>Every way a question can be refused or ended.</summary>
internal static class SandboxProblems
{
    public static Problem NotSelect() => new("SQL001", ProblemKind.NotPermitted, "Only one SELECT can be asked.");

    public static Problem TooLong(TimeSpan time) => new("SQL002", ProblemKind.TooCostly, $"The query was ended: it took longer than {time.TotalSeconds:0.#} seconds.");

    public static Problem TooMuchMemory(int megabytes) => new("SQL003", ProblemKind.TooCostly, $"The query was ended: it took much more memory than {megabytes} MB.");

    public static Problem TooManyRows(int rows) => new("SQL004", ProblemKind.TooCostly, $"The answer has more than {rows} rows.");

    public static Problem TooManyBytes(long bytes) => new("SQL005", ProblemKind.TooCostly, $"The answer has more than {bytes} bytes.");

    public static Problem Ended(int exitCode) => new("SQL006", ProblemKind.Unavailable, $"The process of the query ended by itself ({exitCode}).");

    public static Problem NotStarted(string reason) => new("SQL007", ProblemKind.Unavailable, $"The process for queries cannot be started: {reason}");
}
