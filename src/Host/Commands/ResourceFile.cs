using System.IO.Compression;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Xml;
using Kangqiao.Kernel;

namespace Kangqiao.Host.Commands;

/// <summary>A resource in a file, as FHIR JSON or FHIR XML, also gzipped.</summary>
internal static class ResourceFile
{
    /// <summary>Reads the resource; what is wrong with it goes to <paramref name="findings"/>. A problem only if there is no such file.</summary>
    public static Outcome<FhirDocument> Read(string path, FindingList findings)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            if (bytes is [0x1F, 0x8B, ..])
            {
                bytes = Inflate(bytes);
            }

            return IsXml(bytes) ? FhirXml.Read(bytes, findings) : FhirDocument.Read(bytes, findings);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return new Problem("HST001", ProblemKind.NotFound, $"{path} cannot be read: {fault.Message}");
        }
    }

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
