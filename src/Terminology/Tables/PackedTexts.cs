using System.Text;

namespace Kangqiao.Terminology.Tables;

/// <summary>Many short texts as UTF-8 in one array; a text costs its bytes and one number.</summary>
internal sealed class PackedTexts(byte[] bytes, int[] starts)
{
    public static readonly PackedTexts Empty = new([], [0]);

    public int Count => starts.Length - 1;

    public ReadOnlySpan<byte> this[int at] => bytes.AsSpan(starts[at], starts[at + 1] - starts[at]);

    public string Text(int at) => Encoding.UTF8.GetString(this[at]);

    /// <summary>The same texts, the one of <paramref name="order"/>[i] at i.</summary>
    public PackedTexts Reordered(int[] order)
    {
        var moved = new byte[bytes.Length];
        var places = new int[starts.Length];
        var end = 0;
        for (var i = 0; i < order.Length; i++)
        {
            var text = this[order[i]];
            text.CopyTo(moved.AsSpan(end));
            end += text.Length;
            places[i + 1] = end;
        }

        return new PackedTexts(moved, places);
    }
}

/// <summary>Gathers texts for a <see cref="PackedTexts"/>.</summary>
internal sealed class TextPacking
{
    private byte[] bytes = new byte[1024];
    private int length;
    private readonly List<int> starts = [0];

    public int Count => starts.Count - 1;

    public ReadOnlySpan<byte> this[int at] => bytes.AsSpan(starts[at], starts[at + 1] - starts[at]);

    public void Add(ReadOnlySpan<byte> text)
    {
        Append(text);
        starts.Add(length);
    }

    public void Add(string text)
    {
        Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        length += Encoding.UTF8.GetBytes(text, bytes.AsSpan(length));
        starts.Add(length);
    }

    /// <summary>A piece of the text that <see cref="Close"/> will end.</summary>
    public void Append(ReadOnlySpan<byte> piece)
    {
        Reserve(piece.Length);
        piece.CopyTo(bytes.AsSpan(length));
        length += piece.Length;
    }

    public void Close() => starts.Add(length);

    public PackedTexts Pack() => new(bytes.AsSpan(0, length).ToArray(), [.. starts]);

    private void Reserve(int more)
    {
        if (length + more > bytes.Length)
        {
            Array.Resize(ref bytes, (int)Math.Min(Array.MaxLength, Math.Max(bytes.Length * 2L, (long)length + more)));
        }
    }
}
