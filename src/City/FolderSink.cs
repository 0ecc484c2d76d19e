using System.Buffers;

namespace Kangqiao.City;

/// <summary>
/// Files in a folder. What is appended is gathered and written in large pieces, so that thousands of files grow side by side
/// with few of them open and a bounded memory.
/// </summary>
public sealed class FolderSink(string folder) : ICitySink
{
    private const int MostPending = 48 * 1024 * 1024;
    private const int LargePiece = 1024 * 1024;
    private readonly Dictionary<string, ArrayBufferWriter<byte>> pending = new(StringComparer.Ordinal);
    private long total;

    public long Bytes { get; private set; }

    public void Append(string path, ReadOnlySpan<byte> bytes)
    {
        if (!pending.TryGetValue(path, out var file))
        {
            pending[path] = file = new();
        }

        file.Write(bytes);
        total += bytes.Length;
        Bytes += bytes.Length;
        if (file.WrittenCount > LargePiece)
        {
            Flush(path, file);
        }

        if (total > MostPending)
        {
            Complete();
        }
    }

    public void Complete()
    {
        foreach (var (path, file) in pending)
        {
            Flush(path, file);
        }

        pending.Clear();
    }

    private void Flush(string path, ArrayBufferWriter<byte> file)
    {
        var full = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        using var stream = new FileStream(full, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 1);
        stream.Write(file.WrittenSpan);
        total -= file.WrittenCount;
        file.Clear();
    }
}
