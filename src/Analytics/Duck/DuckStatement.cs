using System.Text;
using Kangqiao.Kernel;

namespace Kangqiao.Analytics.Duck;

/// <summary>A prepared statement: values are bound, never written into its text.</summary>
internal sealed class DuckStatement(StatementHandle handle) : IDisposable
{
    private static readonly DateTime Epoch = DateTime.UnixEpoch;

    /// <summary>It reads only.</summary>
    public bool IsSelect => Native.StatementType(handle) == 1;

    public int ParameterCount => (int)Native.ParameterCount(handle);

    /// <summary>Binds to $name. A name the statement does not have is a problem.</summary>
    public Problem? Bind(string name, object? value) =>
        Native.ParameterIndex(handle, out var index, name) == 0 ? Bind((int)index, value) : DuckProblems.Sql($"the statement has no parameter ${name}.");

    /// <summary>Binds to the parameter at a place, from 1.</summary>
    /// <returns>Null if it was taken.</returns>
    public unsafe Problem? Bind(int index, object? value)
    {
        var at = (ulong)index;
        var state = value switch
        {
            null => Native.BindNull(handle, at),
            bool truth => Native.BindBoolean(handle, at, truth ? (byte)1 : (byte)0),
            int whole => Native.BindLong(handle, at, whole),
            long whole => Native.BindLong(handle, at, whole),
            double number => Native.BindDouble(handle, at, number),
            decimal number => BindText(at, number.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            DateOnly day => Native.BindDate(handle, at, day.DayNumber - DateOnly.FromDateTime(Epoch).DayNumber),
            DateTimeOffset moment => Native.BindInstant(handle, at, (moment.UtcTicks - Epoch.Ticks) / TimeSpan.TicksPerMicrosecond),
            string text => BindText(at, text),
            _ => throw new ArgumentException($"A {value.GetType().Name} cannot be bound.", nameof(value)),
        };
        return state == 0 ? null : DuckProblems.Sql($"parameter {index} cannot be bound.");
    }

    /// <summary>Runs it; the rows are read as they are made.</summary>
    public unsafe Outcome<DuckRows> Run()
    {
        var result = new ResultHandle();
        if (Native.Execute(handle, result.Pointer) == 0)
        {
            return new DuckRows(result);
        }

        var message = Native.Text(Native.ResultError(result.Pointer)) ?? "the statement failed.";
        result.Dispose();
        return DuckProblems.Of(message);
    }

    public void Dispose() => handle.Dispose();

    private unsafe int BindText(ulong at, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        fixed (byte* start = bytes)
        {
            return Native.BindText(handle, at, start, (ulong)bytes.Length);
        }
    }
}
