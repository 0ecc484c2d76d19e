using System.IO.Compression;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Xml;
using Kangqiao.Kernel;

namespace Kangqiao.Host.Commands;

/// <summary>A resource in a file, as FHIR JSON or FHIR XML, also gzipped.</summary>
internal static class ResourceFile
{
    /// <summary>The resource as FHIR JSON bytes, or why it cannot be had.</summary>
    public static Outcome<byte[]> Read(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
            if (bytes is [0x1F, 0x8B, ..])
            {
                bytes = Inflate(bytes);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return new Problem("HST001", ProblemKind.NotFound, $"{path} cannot be read: {fault.Message}");
        }

        return IsXml(bytes) ? FhirXml.ToJson(bytes) : bytes;
    }

    /// <summary>Reads what <see cref="Read"/> gave.</summary>
    public static FhirDocument Parse(byte[] json, FindingList findings) => FhirDocument.Read(json, findings);

    private static bool IsXml(ReadOnlySpan<byte> bytes)
    {
        var text = bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
        return text.TrimStart(" \t\r\n"u8) is [(byte)'<', ..];
    }

    private static byte[] Inflate(byte[] packed)
    {
        var limit = ReadOptions.Default.MaxBytes;
        using var unpacked = new MemoryStream();
        using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        var buffer = new byte[81920];
        for (int read; (read = gzip.Read(buffer)) > 0;)
        {
            unpacked.Write(buffer, 0, read);
            if (unpacked.Length > limit)
            {
                throw new InvalidDataException($"unpacked it has more than {limit} bytes");
            }
        }

        return unpacked.ToArray();
    }
}
