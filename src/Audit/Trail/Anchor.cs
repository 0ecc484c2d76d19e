using System.Globalization;
using System.Text;
using System.Text.Json;
using Kangqiao.Crypto.Signatures;
using Kangqiao.Kernel;

namespace Kangqiao.Audit.Trail;

/// <summary>
/// What a part was at an instant, signed with SM2: one line of JSON in <c>{anchors}/{part}.anchors</c>. Whoever keeps a copy elsewhere can
/// show later that the trail is still the one it was, with the public key alone.
/// </summary>
/// <param name="Value">Of the chain behind the last of these entries, in hexadecimal.</param>
/// <param name="IsEnd">The part takes no more.</param>
/// <param name="IsRetired">The part was deleted because its time was over.</param>
internal sealed record Anchor(string Segment, long Entries, long Bytes, string Value, bool IsEnd, bool IsRetired, DetachedSignature Signature)
{
    private const string Signer = "kangqiao-audit";
    private const long LongestLine = 4096;

    public static Outcome<Anchor> Sign(string segment, Reached reached, bool isEnd, bool isRetired, DocumentSigner signer)
    {
        var value = Convert.ToHexStringLower(reached.Value);
        return signer.Sign(Signed(segment, reached.Entries, reached.Bytes, value, isEnd, isRetired), Signer)
            .Then<Anchor>(signature => new Anchor(segment, reached.Entries, reached.Bytes, value, isEnd, isRetired, signature));
    }

    /// <summary>Null where the signature holds; else what is wrong.</summary>
    public Problem? Check(DocumentSigner signer) => signer.Check(Signed(Segment, Entries, Bytes, Value, IsEnd, IsRetired), Signature);

    /// <summary>Durable when it returns.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void Append(string folder)
    {
        Directory.CreateDirectory(folder);
        using var file = new FileStream(Path.Combine(folder, Segment + SegmentName.AnchorExtension), FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        file.Write([.. JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Web), (byte)'\n']);
        file.Flush(flushToDisk: true);
    }

    /// <summary>All of a file, in the order written. A last line that was cut by the end of its process counts as not there; null stands for a line that is no anchor.</summary>
    public static IReadOnlyList<Anchor?> ReadAll(string file)
    {
        var text = File.ReadAllText(file);
        var anchors = new List<Anchor?>();
        for (var at = 0; text.IndexOf('\n', at) is var end and >= 0; at = end + 1)
        {
            anchors.Add(Parse(text.AsSpan(at, end - at)));
        }

        return anchors;
    }

    private static Anchor? Parse(ReadOnlySpan<char> line)
    {
        try
        {
            return line.Length <= LongestLine
                && JsonSerializer.Deserialize<Anchor>(line, JsonSerializerOptions.Web) is { Segment: not null, Value: not null, Signature: { Key: not null, Signer: not null, Hash: not null, Value: not null } } read
                    ? read
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte[] Signed(string segment, long entries, long bytes, string value, bool isEnd, bool isRetired) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"kangqiao-audit-anchor-1\n{segment}\n{entries}\n{bytes}\n{value}\n{(isEnd ? "end" : "-")}\n{(isRetired ? "retired" : "-")}"));
}
