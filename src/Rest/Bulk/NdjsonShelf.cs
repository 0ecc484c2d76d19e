using System.Globalization;
using System.Security.Cryptography;

namespace Kangqiao.Rest.Bulk;

/// <summary>One file of an export or import.</summary>
/// <param name="Kind">Resource type of its lines.</param>
/// <param name="Sha256">Of the whole file; empty until it is whole.</param>
internal sealed record BulkPart(string Name, string Kind, long Bytes, long Count, string Sha256);

/// <summary>
/// NDJSON files that grow, one or more for each kind of line. What <see cref="Flush"/> has answered is on disk; a run that was cut
/// goes on from there, and what was written behind it is cut off.
/// </summary>
internal sealed class NdjsonShelf : IDisposable
{
    private const int Buffer = 64 * 1024;

    private readonly string folder;
    private readonly long mostBytes;
    private readonly List<BulkPart> closed = [];
    private readonly Dictionary<string, Open> open = new(StringComparer.Ordinal);

    private NdjsonShelf(string folder, long mostBytes)
    {
        this.folder = folder;
        this.mostBytes = mostBytes;
    }

    private sealed class Open(FileStream stream, string name)
    {
        public FileStream Stream => stream;

        public string Name => name;

        public long Count { get; set; }

        public bool IsChanged { get; set; }
    }

    /// <summary>The shelf as it was when these parts were answered; null when the files are not there any more.</summary>
    public static NdjsonShelf? Resume(string folder, long mostBytes, IReadOnlyList<BulkPart> parts)
    {
        Directory.CreateDirectory(folder);
        if (parts.Any(p => new FileInfo(Path.Combine(folder, p.Name)) is var file && (!file.Exists || file.Length < p.Bytes)))
        {
            return null;
        }

        var shelf = new NdjsonShelf(folder, mostBytes);
        foreach (var part in parts)
        {
            if (part.Sha256.Length > 0)
            {
                shelf.closed.Add(part);
                continue;
            }

            var stream = new FileStream(Path.Combine(folder, part.Name), FileMode.Open, FileAccess.ReadWrite, FileShare.Read, Buffer);
            stream.SetLength(part.Bytes);
            stream.Position = part.Bytes;
            shelf.open.Add(part.Kind, new(stream, part.Name) { Count = part.Count });
        }

        // A file that was begun behind the last word of the run.
        foreach (var file in Directory.EnumerateFiles(folder, "*.ndjson").Where(f => !parts.Any(p => p.Name == Path.GetFileName(f))).ToList())
        {
            if (!Path.GetFileName(file).StartsWith("source-", StringComparison.Ordinal))
            {
                File.Delete(file);
            }
        }

        return shelf;
    }

    /// <summary>Adds a line.</summary>
    /// <param name="line">JSON without line breaks.</param>
    public void Append(string kind, ReadOnlySpan<byte> line)
    {
        if (open.TryGetValue(kind, out var file) && file.Stream.Position > 0 && file.Stream.Position + line.Length >= mostBytes)
        {
            Close(kind, file);
            file = null;
        }

        if (file is null)
        {
            var number = closed.Count(p => p.Kind == kind) + 1;
            var name = string.Create(CultureInfo.InvariantCulture, $"{kind}-{number}.ndjson");
            file = new(new FileStream(Path.Combine(folder, name), FileMode.Create, FileAccess.ReadWrite, FileShare.Read, Buffer), name);
            open.Add(kind, file);
        }

        file.Stream.Write(line);
        file.Stream.WriteByte((byte)'\n');
        file.Count++;
        file.IsChanged = true;
    }

    /// <summary>Brings everything to disk and says what there is.</summary>
    public IReadOnlyList<BulkPart> Flush()
    {
        foreach (var file in open.Values.Where(f => f.IsChanged))
        {
            file.Stream.Flush(flushToDisk: true);
            file.IsChanged = false;
        }

        return [.. closed, .. open.OrderBy(o => o.Key, StringComparer.Ordinal).Select(o => new BulkPart(o.Value.Name, o.Key, o.Value.Stream.Position, o.Value.Count, ""))];
    }

    /// <summary>No more lines: each part gets its hash.</summary>
    public IReadOnlyList<BulkPart> Finish()
    {
        foreach (var (kind, file) in open.OrderBy(o => o.Key, StringComparer.Ordinal).ToList())
        {
            Close(kind, file);
        }

        return closed;
    }

    public void Dispose()
    {
        foreach (var file in open.Values)
        {
            file.Stream.Dispose();
        }

        open.Clear();
    }

    // Read again rather than hashed as it is written: the state of a hash cannot be kept over a restart.
    private void Close(string kind, Open file)
    {
        file.Stream.Flush(flushToDisk: true);
        var length = file.Stream.Position;
        file.Stream.Position = 0;
        closed.Add(new(file.Name, kind, length, file.Count, Convert.ToHexStringLower(SHA256.HashData(file.Stream))));
        file.Stream.Dispose();
        open.Remove(kind);
    }
}
