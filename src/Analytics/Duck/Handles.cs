using System.Runtime.InteropServices;

namespace Kangqiao.Analytics.Duck;

/// <summary>A thing of DuckDB's that is ended exactly once, whatever happens.</summary>
internal abstract class DuckHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        End(ref handle);
        return true;
    }

    protected abstract void End(ref nint at);
}

internal sealed class DatabaseHandle : DuckHandle
{
    protected override void End(ref nint at) => Native.Close(ref at);
}

internal sealed class ConnectionHandle : DuckHandle
{
    protected override void End(ref nint at) => Native.Disconnect(ref at);
}

internal sealed class StatementHandle : DuckHandle
{
    protected override void End(ref nint at) => Native.DestroyPrepare(ref at);
}

internal sealed class AppenderHandle : DuckHandle
{
    protected override void End(ref nint at) => Native.DestroyAppender(ref at);
}

internal sealed class TypeHandle : DuckHandle
{
    protected override void End(ref nint at) => Native.DestroyType(ref at);
}

internal sealed class ChunkHandle : DuckHandle
{
    protected override void End(ref nint at) => Native.DestroyChunk(ref at);
}

/// <summary>A result; its struct lives outside the heap that the collector moves things in.</summary>
internal sealed unsafe class ResultHandle : SafeHandle
{
    public ResultHandle()
        : base(0, ownsHandle: true) =>
        handle = (nint)NativeMemory.AllocZeroed((nuint)sizeof(NativeResult));

    public override bool IsInvalid => handle == 0;

    public NativeResult* Pointer => (NativeResult*)handle;

    protected override bool ReleaseHandle()
    {
        Native.DestroyResult((NativeResult*)handle);
        NativeMemory.Free((void*)handle);
        return true;
    }
}
