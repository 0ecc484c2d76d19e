using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kangqiao.Kernel;

namespace Kangqiao.Analytics.Duck;

/// <summary>
/// Rows that a query reads while they are still being made: <c>SELECT * FROM name()</c> takes them in the order given. What waits in
/// between is bounded, so that millions of rows pass through little memory.
/// </summary>
internal sealed class DuckSource : IDisposable
{
    private const int Waiting = 64;

    private readonly IReadOnlyList<(string Name, DuckType Type)> columns;
    private readonly BlockingCollection<DuckChunk> chunks = new(Waiting);
    private readonly CancellationTokenSource closed = new();
    private volatile bool isAborted;

    private DuckSource(IReadOnlyList<(string Name, DuckType Type)> columns) => this.columns = columns;

    /// <summary>Makes the table function; it serves one query.</summary>
    public static unsafe Outcome<DuckSource> Register(DuckConnection connection, string name, IReadOnlyList<(string Name, DuckType Type)> columns)
    {
        var source = new DuckSource(columns);
        var function = Native.CreateTableFunction();
        try
        {
            Native.SetFunctionName(function, name);
            Native.SetExtraInfo(function, GCHandle.ToIntPtr(GCHandle.Alloc(source)), &Release);
            Native.SetBind(function, &Bind);
            Native.SetInit(function, &Init);
            Native.SetFunction(function, &Give);
            return Native.RegisterTableFunction(connection.Handle, function) == 0 ? source : DuckProblems.Sql($"{name}() cannot be registered.");
        }
        finally
        {
            Native.DestroyTableFunction(ref function);
        }
    }

    /// <summary>Hands rows over and waits while too many wait already; the chunk is the source's from here on.</summary>
    /// <returns>False if nobody reads any more.</returns>
    public bool Add(DuckChunk chunk)
    {
        try
        {
            chunks.Add(chunk, closed.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            chunk.Dispose();
            return false;
        }
    }

    /// <summary>No more rows come.</summary>
    public void Complete() => chunks.CompleteAdding();

    /// <summary>No more rows come, and those that came shall count for nothing: the query fails.</summary>
    public void Abort()
    {
        isAborted = true;
        chunks.CompleteAdding();
    }

    /// <summary>Nobody reads any more.</summary>
    public void Close() => closed.Cancel();

    public void Dispose()
    {
        Close();
        while (chunks.TryTake(out var chunk))
        {
            chunk.Dispose();
        }

        chunks.Dispose();
        closed.Dispose();
    }

    private static DuckSource At(nint info) => (DuckSource)GCHandle.FromIntPtr(info).Target!;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Release(nint info) => GCHandle.FromIntPtr(info).Free();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Bind(nint info)
    {
        foreach (var (name, type) in At(Native.BindInfo(info)).columns)
        {
            using var native = type.ToNative();
            Native.AddColumn(info, name, native);
        }
    }

    // One thread, so that the order stays.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Init(nint info) => Native.SetMaxThreads(info, 1);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Give(nint info, nint output)
    {
        var source = At(Native.FunctionInfo(info));
        try
        {
            if (source.chunks.TryTake(out var chunk, Timeout.Infinite, source.closed.Token))
            {
                // DuckDB keeps what it refers to alive; our own hold on it ends here.
                using (chunk)
                {
                    for (var i = 0; i < chunk.Columns.Count; i++)
                    {
                        Native.Reference(Native.OutputVector(output, (ulong)i), chunk.Columns[i].Pointer);
                    }

                    Native.SetOutputSize(output, (ulong)chunk.Rows);
                }

                return;
            }
        }
        catch (OperationCanceledException)
        {
            source.isAborted = true;
        }

        if (source.isAborted)
        {
            Native.SetFunctionError(info, "the rows were not made to the end.");
        }

        Native.SetOutputSize(output, 0);
    }
}
