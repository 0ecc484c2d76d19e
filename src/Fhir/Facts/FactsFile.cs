using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Kangqiao.Fhir.Facts;

/// <summary>
/// The layout of the facts file: written by tools/Facts, read once at start.
/// <code>
/// "KQR4"  format:byte  length:byte  FHIR version:ascii
/// three times: packed length:int32 LE, plain length:int32 LE      (facts, codes, definitions)
/// three times: a brotli stream
/// </code>
/// Facts are unpacked when the file is loaded, codes when the first code is looked up, definitions when the first one is asked for.
/// </summary>
internal static class FactsFile
{
    public const string ResourceName = "r4.facts";
    public const string FhirVersion = "4.0.1";

    private const byte Format = 1;
    private const int Sections = 3;
    private const int WindowBits = 22;
    private const int BestQuality = 11;

    private static ReadOnlySpan<byte> Magic => "KQR4"u8;

    public static R4 LoadEmbedded()
    {
        using var stream = typeof(FactsFile).Assembly.GetManifestResourceStream(ResourceName)
            ?? throw new InvalidDataException("The facts file is not embedded: run tools/Facts and build again.");
        var file = new byte[stream.Length];
        stream.ReadExactly(file);
        return Load(file);
    }

    /// <exception cref="InvalidDataException">The bytes are not a facts file of this format.</exception>
    public static R4 Load(ReadOnlyMemory<byte> file)
    {
        var header = file.Span;
        var start = Magic.Length + 2;
        if (header.Length < start || !header.StartsWith(Magic) || header[Magic.Length] != Format)
        {
            throw new InvalidDataException("Not a facts file of this format: run tools/Facts again.");
        }

        start += header[Magic.Length + 1];
        if (Encoding.ASCII.GetString(header[(Magic.Length + 2)..start]) != FhirVersion)
        {
            throw new InvalidDataException("The facts file is of another FHIR version.");
        }

        var at = start + (Sections * 8);
        var sections = new Section[Sections];
        for (var i = 0; i < Sections; i++)
        {
            var packed = BinaryPrimitives.ReadInt32LittleEndian(header[(start + (i * 8))..]);
            var plain = BinaryPrimitives.ReadInt32LittleEndian(header[(start + (i * 8) + 4)..]);
            sections[i] = new Section(file.Slice(at, packed), plain);
            at += packed;
        }

        var codes = new Lazy<byte[]>(sections[1].Unpack, LazyThreadSafetyMode.ExecutionAndPublication);
        var definitions = new Lazy<PublishedDefinitions>(
            () => new PublishedDefinitions(sections[2].Unpack()), LazyThreadSafetyMode.ExecutionAndPublication);
        return new FactsReader(sections[0].Unpack(), codes).Read(definitions);
    }

    /// <summary>The whole file from its three plain sections; the same input gives the same bytes.</summary>
    public static byte[] Pack(byte[] facts, byte[] codes, byte[] definitions)
    {
        byte[][] plain = [facts, codes, definitions];
        var packed = Array.ConvertAll(plain, Compress);
        using var file = new MemoryStream();
        file.Write(Magic);
        file.WriteByte(Format);
        file.WriteByte((byte)FhirVersion.Length);
        file.Write(Encoding.ASCII.GetBytes(FhirVersion));
        Span<byte> length = stackalloc byte[4];
        for (var i = 0; i < Sections; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(length, packed[i].Length);
            file.Write(length);
            BinaryPrimitives.WriteInt32LittleEndian(length, plain[i].Length);
            file.Write(length);
        }

        foreach (var section in packed)
        {
            file.Write(section);
        }

        return file.ToArray();
    }

    private static byte[] Compress(byte[] plain)
    {
        var packed = new byte[BrotliEncoder.GetMaxCompressedLength(plain.Length)];
        return BrotliEncoder.TryCompress(plain, packed, out var length, BestQuality, WindowBits)
            ? packed[..length]
            : throw new InvalidDataException("Brotli refused a section of the facts file.");
    }

    private sealed record Section(ReadOnlyMemory<byte> Packed, int PlainLength)
    {
        public byte[] Unpack()
        {
            var plain = new byte[PlainLength];
            return BrotliDecoder.TryDecompress(Packed.Span, plain, out var length) && length == PlainLength
                ? plain
                : throw new InvalidDataException("A section of the facts file is damaged.");
        }
    }
}
