using System.Buffers.Text;
using System.Text;
using Kangqiao.Kernel;

namespace Kangqiao.Store.Queries;

/// <summary>
/// Where a page begins: behind a record, by its place in the order and its number. It tells nothing that the page before did
/// not show, and leads nowhere that the reader may not go: what is found is decided anew for each page.
/// </summary>
/// <param name="Values">One for each sort key.</param>
internal sealed record PagePosition(SortValue[] Values, long Number)
{
    private const byte Form = 1;

    public string Encode(long fingerprint)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Form);
            writer.Write(fingerprint);
            writer.Write(Number);
            writer.Write((byte)Values.Length);
            foreach (var value in Values)
            {
                writer.Write(value.IsMissing);
                writer.Write(value.Ticks);
                writer.Write(value.Number);
                writer.Write(value.Text);
            }
        }

        return Base64Url.EncodeToString(stream.ToArray());
    }

    /// <summary>Refused when the text is none of ours, or of another search.</summary>
    public static Outcome<PagePosition> Decode(string text, long fingerprint, int keys)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(Base64Url.DecodeFromChars(text)), Encoding.UTF8);
            if (reader.ReadByte() != Form || reader.ReadInt64() != fingerprint)
            {
                return QueryProblems.BadPage();
            }

            var number = reader.ReadInt64();
            if (reader.ReadByte() != keys)
            {
                return QueryProblems.BadPage();
            }

            var values = new SortValue[keys];
            for (var i = 0; i < keys; i++)
            {
                values[i] = new(reader.ReadBoolean(), reader.ReadInt64(), reader.ReadDouble(), reader.ReadString());
            }

            return new PagePosition(values, number);
        }
        catch (Exception e) when (e is FormatException or IOException or ArgumentException)
        {
            return QueryProblems.BadPage();
        }
    }
}
