using System.Buffers;
using Kangqiao.Analytics.Views;
using Kangqiao.Fhir.FhirPath;
using Kangqiao.Kernel;

namespace Kangqiao.Analytics.Rows;

/// <summary>Rows of one stretch of the input, made by one thread, to be written in the input's order by another.</summary>
internal interface IRowBatch : IRowReceiver
{
    long Rows { get; }

    /// <summary>Why a value cannot be written; null if all could.</summary>
    Problem? Problem { get; }

    /// <summary>The problem, which is then forgotten; the value in question is null.</summary>
    Problem? TakeProblem();

    /// <summary>Empties it for the next stretch.</summary>
    void Reset();
}

/// <summary>A way to write rows. Batches are made by many threads, everything else is for one.</summary>
internal interface IRowFormat : IDisposable
{
    IRowBatch NewBatch();

    void Write(IRowBatch batch);

    /// <summary>What comes after the last row.</summary>
    void Finish();
}

/// <summary>Rows as bytes, one after another.</summary>
internal abstract class ByteBatch : IRowBatch
{
    protected ArrayBufferWriter<byte> Buffer { get; } = new(1 << 16);

    public long Rows { get; private set; }

    public Problem? Problem => null;

    public Problem? TakeProblem() => null;

    public ReadOnlyMemory<byte> Written => Buffer.WrittenMemory;

    public void Row(ReadOnlySpan<FhirPathResults> values)
    {
        Rows++;
        Add(values);
    }

    public void Reset()
    {
        Rows = 0;
        Buffer.ResetWrittenCount();
    }

    protected abstract void Add(ReadOnlySpan<FhirPathResults> values);

    protected void Put(byte one)
    {
        Buffer.GetSpan(1)[0] = one;
        Buffer.Advance(1);
    }
}
