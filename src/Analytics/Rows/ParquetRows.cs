using Kangqiao.Analytics.Duck;
using Kangqiao.Analytics.Views;
using Kangqiao.Fhir.FhirPath;
using Kangqiao.Kernel;

namespace Kangqiao.Analytics.Rows;

/// <summary>A Parquet file with typed columns, written by DuckDB while the rows are made; what is in memory is a row group.</summary>
internal sealed class ParquetRows : IRowFormat
{
    private readonly IReadOnlyList<ViewColumn> columns;
    private readonly DuckType[] types;
    private readonly DuckDatabase database;
    private readonly DuckConnection connection;
    private readonly DuckSource source;
    private readonly Task<Problem?> copying;

    private ParquetRows(IReadOnlyList<ViewColumn> columns, DuckType[] types, DuckDatabase database, DuckConnection connection, DuckSource source, string file)
    {
        this.columns = columns;
        this.types = types;
        this.database = database;
        this.connection = connection;
        this.source = source;
        copying = Task.Factory.StartNew(
            () =>
            {
                var copied = connection.Execute($"COPY (SELECT * FROM rows_of_view()) TO {DuckSql.Text(file)} (FORMAT parquet, COMPRESSION zstd)");
                source.Close();
                return copied.Problem;
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    /// <param name="file">Overwritten if it is there.</param>
    public static Outcome<ParquetRows> Open(IReadOnlyList<ViewColumn> columns, string file)
    {
        if (!DuckDatabase.Open(null, ("memory_limit", "1GB"), ("temp_directory", "")).Try(out var database, out var problem))
        {
            return problem;
        }

        var sqlTypes = columns.Select(SqlTypes.Of).ToArray();
        if (database.Connect().Try(out var connection, out problem)
            && DuckSource.Register(connection, "rows_of_view", [.. columns.Select((c, i) => (c.Name, sqlTypes[i]))]).Try(out var source, out problem))
        {
            return new ParquetRows(columns, sqlTypes, database, connection, source, file);
        }

        connection?.Dispose();
        database.Dispose();
        return problem!;
    }

    public IRowBatch NewBatch() => new Batch(columns, types);

    public void Write(IRowBatch batch)
    {
        foreach (var chunk in ((Batch)batch).Take())
        {
            if (!source.Add(chunk))
            {
                throw new IOException(copying.GetAwaiter().GetResult()?.Message ?? "DuckDB stopped reading.");
            }
        }
    }

    public void Finish()
    {
        source.Complete();
        if (copying.GetAwaiter().GetResult() is { } problem)
        {
            throw new IOException(problem.Message);
        }
    }

    public void Dispose()
    {
        if (!copying.IsCompleted)
        {
            source.Abort();
            copying.GetAwaiter().GetResult();
        }

        source.Dispose();
        connection.Dispose();
        database.Dispose();
    }

    private sealed class Batch(IReadOnlyList<ViewColumn> columns, DuckType[] types) : IRowBatch
    {
        private readonly DuckCells cells = new();
        private readonly List<DuckChunk> full = [];
        private DuckChunk? current;
        private int used;

        public long Rows { get; private set; }

        public Problem? Problem { get; private set; }

        public Problem? TakeProblem()
        {
            var problem = Problem;
            Problem = null;
            return problem;
        }

        public void Row(ReadOnlySpan<FhirPathResults> values)
        {
            current ??= DuckChunk.Create(types);
            for (var i = 0; i < values.Length; i++)
            {
                if (!cells.Write(current.Columns[i], used, columns[i].Kind, columns[i].IsCollection, values[i]))
                {
                    current.Columns[i].SetNull(used);
                    Problem ??= ViewProblems.Unfit(columns[i].Name, types[i].ToString(), "value it cannot hold");
                }
            }

            Rows++;
            used++;
            if (used == DuckChunk.Capacity)
            {
                End();
            }
        }

        /// <summary>What is written goes to the caller.</summary>
        public List<DuckChunk> Take()
        {
            End();
            List<DuckChunk> taken = [.. full];
            full.Clear();
            return taken;
        }

        public void Reset()
        {
            End();
            full.ForEach(c => c.Dispose());
            full.Clear();
            Rows = 0;
            Problem = null;
        }

        private void End()
        {
            if (current is not null)
            {
                current.Rows = used;
                full.Add(current);
            }

            current = null;
            used = 0;
        }
    }
}
