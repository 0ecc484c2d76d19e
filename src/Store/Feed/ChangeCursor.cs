using System.Globalization;
using Kangqiao.Kernel;

namespace Kangqiao.Store.Feed;

/// <summary>
/// How far a follower has come: one position per partition. As text: positions with a comma between, <c>1204,998</c>.
/// </summary>
public readonly struct ChangeCursor : IEquatable<ChangeCursor>
{
    private readonly long[]? positions;

    public ChangeCursor(params long[] positions)
    {
        this.positions = [.. positions];
    }

    public static ChangeCursor Start => default;

    /// <summary>The last sequence that was read of this partition; 0 when none was.</summary>
    public long this[int partition] => positions is not null && partition < positions.Length ? positions[partition] : 0;

    public int Count => positions?.Length ?? 0;

    public ChangeCursor With(int partition, long sequence)
    {
        var next = new long[Math.Max(Count, partition + 1)];
        positions?.CopyTo(next, 0);
        next[partition] = sequence;
        return new(next);
    }

    public static Outcome<ChangeCursor> Parse(string text)
    {
        if (text.Length == 0)
        {
            return Start;
        }

        var parts = text.Split(',');
        var values = new long[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!long.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out values[i]))
            {
                return Problems.NotACursor();
            }
        }

        return new ChangeCursor(values);
    }

    /// <summary>Nothing up to the end is left behind this place.</summary>
    public bool HasReached(ChangeCursor end)
    {
        for (var i = 0; i < end.Count; i++)
        {
            if (this[i] < end[i])
            {
                return false;
            }
        }

        return true;
    }

    public override string ToString() => positions is null ? "" : string.Join(',', positions);

    public bool Equals(ChangeCursor other)
    {
        for (var i = 0; i < Math.Max(Count, other.Count); i++)
        {
            if (this[i] != other[i])
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => obj is ChangeCursor other && Equals(other);

    public override int GetHashCode() => this[0].GetHashCode();

    public static bool operator ==(ChangeCursor left, ChangeCursor right) => left.Equals(right);

    public static bool operator !=(ChangeCursor left, ChangeCursor right) => !left.Equals(right);
}
