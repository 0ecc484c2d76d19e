using System.Buffers;
using Kangqiao.City.Places;

namespace Kangqiao.City.Sending;

/// <summary>What some families' institutions send, by file; emptied into the city's files in the order of the families.</summary>
internal sealed class Outbox
{
    private readonly Dictionary<(int Institution, int Month, string Suffix), ArrayBufferWriter<byte>> files = [];

    /// <summary>In the order in which they were first written to.</summary>
    public List<(string Path, ArrayBufferWriter<byte> Bytes)> Files { get; } = [];

    /// <summary>Resources, messages and documents written.</summary>
    public long Units { get; set; }

    /// <summary>The file of the month in which the institution sends.</summary>
    /// <param name="suffix">Such as ".ndjson".</param>
    public ArrayBufferWriter<byte> FileOf(Institution institution, DateTime said, string suffix)
    {
        var key = (institution.Number, (said.Year * 12) + said.Month - 1, suffix);
        if (!files.TryGetValue(key, out var bytes))
        {
            files[key] = bytes = new(4096);
            Files.Add(($"{institution.Code}/{said:yyyy-MM}{suffix}", bytes));
        }

        return bytes;
    }
}
