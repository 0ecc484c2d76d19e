using System.Buffers;
using System.Text.Json;

namespace Kangqiao.Standard.Making;

/// <summary>A coding without an edition, and which it is of.</summary>
/// <param name="Start">Of the coding's opening brace in the record's bytes.</param>
internal readonly record struct MissingEdition(int Start, string Edition);

/// <summary>Writes <c>Coding.version</c> where it is missing; all else keeps its bytes.</summary>
internal static class EditionStamp
{
    public static byte[] Write(ReadOnlySpan<byte> json, List<MissingEdition> editions)
    {
        editions.Sort((x, y) => x.Start.CompareTo(y.Start));
        var output = new ArrayBufferWriter<byte>(json.Length + (editions.Count * 40));
        var at = 0;
        foreach (var (start, edition) in editions)
        {
            output.Write(json[at..(start + 1)]);
            output.Write("\"version\":\""u8);
            output.Write(JsonEncodedText.Encode(edition, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
            output.Write("\","u8);
            at = start + 1;
        }

        output.Write(json[at..]);
        return output.WrittenSpan.ToArray();
    }
}
