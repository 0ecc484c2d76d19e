using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kangqiao.Analytics.Duck;
using Kangqiao.Kernel;

namespace Kangqiao.Analytics.Sandbox;

/// <summary>
/// The process that runs SQL of others: a question a line comes in, the answer goes out in lines, the last of which says how it ended. It
/// can write no file, and DuckDB in it can read nothing but the lake.
/// </summary>
public static partial class SqlChild
{
    /// <summary>The hidden command that makes an executable this process.</summary>
    public const string Command = "sql-child";

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Answers questions until the input ends.</summary>
    /// <returns>An exit code.</returns>
    public static int Run(Stream input, Stream output)
    {
        // A file of this process can have no bytes, and its death leaves none.
        Limit(1, 0);
        Limit(4, 0);
        var lines = new System.Collections.Concurrent.BlockingCollection<string>();
        new Thread(() =>
        {
            using var reader = new StreamReader(input, Encoding.UTF8);
            while (reader.ReadLine() is { } line)
            {
                lines.Add(line);
            }

            // Whoever asked is gone; a query that still runs is for nobody.
            Environment.Exit(0);
        })
        { IsBackground = true }.Start();
        foreach (var line in lines.GetConsumingEnumerable())
        {
            var question = JsonSerializer.Deserialize<SqlQuestion>(line)!;
            End(output, Answer(question, output));
        }

        return 0;
    }

    private static Problem? Answer(SqlQuestion question, Stream output)
    {
        if (!DuckDatabase.Open(
                null,
                ("threads", Math.Max(1, question.Threads).ToString(System.Globalization.CultureInfo.InvariantCulture)),
                ("memory_limit", $"{question.MemoryMegabytes}MB"),
                ("temp_directory", ""),
                ("autoinstall_known_extensions", "false"),
                ("autoload_known_extensions", "false"),
                ("allow_community_extensions", "false"),
                ("allow_unsigned_extensions", "false"))
            .Try(out var database, out var problem))
        {
            return problem;
        }

        using (database)
        {
            if (!database.Connect().Try(out var connection, out problem))
            {
                return problem;
            }

            using (connection)
            {
                return Prepare(connection, question) ?? Ask(connection, question, output);
            }
        }
    }

    private static Problem? Prepare(DuckConnection connection, SqlQuestion question)
    {
        var setup = new StringBuilder();
        foreach (var table in question.Tables)
        {
            setup.Append($"CREATE VIEW {DuckSql.Name(table.Name)} AS SELECT * FROM read_parquet([{string.Join(", ", table.Files.Select(DuckSql.Text))}], union_by_name = true);\n");
        }

        setup.Append($"SET allowed_directories = [{DuckSql.Text(question.Lake.TrimEnd('/') + "/")}];\nSET enable_external_access = false;\nSET lock_configuration = true;\n");
        return connection.Execute(setup.ToString()).Problem;
    }

    private static Problem? Ask(DuckConnection connection, SqlQuestion question, Stream output)
    {
        if (!connection.Prepare(question.Sql).Try(out var statement, out var problem))
        {
            return problem;
        }

        using (statement)
        {
            if (!statement.IsSelect)
            {
                return SandboxProblems.NotSelect();
            }

            foreach (var (name, value) in question.Parameters)
            {
                if (statement.Bind(name, ValueOf(value)) is { } refused)
                {
                    return refused;
                }
            }

            if (!statement.Run().Try(out var rows, out problem))
            {
                return problem;
            }

            using (rows)
            {
                return Send(rows, question, output);
            }
        }
    }

    private static object? ValueOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => value.TryGetInt64(out var whole) ? whole : value.GetDouble(),
        _ => null,
    };

    private static Problem? Send(DuckRows rows, SqlQuestion question, Stream output)
    {
        var buffer = new MemoryStream();
        using var json = new Utf8JsonWriter(buffer, Compact);
        JsonSerializer.Serialize(json, rows.Columns.Select(c => new SqlColumn(c.Name, c.Type.ToString())));
        var (count, bytes) = (0, 0L);
        while (true)
        {
            EndLine(json, buffer);
            if (!rows.Next().Try(out var chunk, out var problem) || chunk is null)
            {
                Flush(buffer, output, ref bytes);
                return problem;
            }

            using (chunk)
            {
                for (var row = 0; row < chunk.Rows; row++)
                {
                    if (++count > question.MaxRows)
                    {
                        return SandboxProblems.TooManyRows(question.MaxRows);
                    }

                    if (row > 0)
                    {
                        EndLine(json, buffer);
                    }

                    json.WriteStartArray();
                    foreach (var column in chunk.Columns)
                    {
                        DuckJson.Write(json, column, row);
                    }

                    json.WriteEndArray();
                    if (json.BytesPending + buffer.Length + bytes > question.MaxAnswerBytes)
                    {
                        return SandboxProblems.TooManyBytes(question.MaxAnswerBytes);
                    }
                }
            }

            json.Flush();
            Flush(buffer, output, ref bytes);
        }
    }

    private static void EndLine(Utf8JsonWriter json, MemoryStream buffer)
    {
        json.Flush();
        if (buffer.Length > 0 || json.BytesCommitted > 0)
        {
            buffer.WriteByte((byte)'\n');
        }

        json.Reset();
    }

    private static void Flush(MemoryStream buffer, Stream output, ref long bytes)
    {
        bytes += buffer.Length;
        output.Write(buffer.GetBuffer(), 0, (int)buffer.Length);
        buffer.SetLength(0);
    }

    private static void End(Stream output, Problem? problem)
    {
        output.Write(JsonSerializer.SerializeToUtf8Bytes(new SqlEnd(problem)));
        output.WriteByte((byte)'\n');
        output.Flush();
    }

    private static void Limit(int what, ulong most)
    {
        var limit = new ResourceLimit { Now = most, Most = most };
        _ = SetLimit(what, in limit);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct ResourceLimit
    {
        public ulong Now;
        public ulong Most;
    }

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int what, in ResourceLimit limit);
}

/// <summary>The last line of an answer.</summary>
internal sealed record SqlEnd(Problem? Problem);
