namespace Kangqiao.Ingest.Hl7v2.Reading;

/// <summary>The delimiters of one message (HL7 v2 chapter 2.5.4): MSH-1 and MSH-2.</summary>
internal readonly record struct Separators(byte Field, byte Component, byte Repetition, byte Escape, byte Subcomponent)
{
    public static readonly Separators Usual = new((byte)'|', (byte)'^', (byte)'~', (byte)'\\', (byte)'&');

    /// <summary>MSH-2 as it is written; what 2.7's truncation character adds is never sent.</summary>
    public string Encoding => $"{(char)Component}{(char)Repetition}{(char)Escape}{(char)Subcomponent}";

    /// <summary>
    /// From a header segment (MSH, FHS, BHS). Null if they cannot be told apart or could be part of a name or number. A
    /// header that leaves some out (2.3 allows to leave out the last ones) gets the usual ones.
    /// </summary>
    /// <param name="header">From the segment's first byte on.</param>
    /// <param name="length">How many bytes MSH-2 has.</param>
    public static Separators? Read(ReadOnlySpan<byte> header, out int length)
    {
        length = 0;
        if (header.Length < 5)
        {
            return null;
        }

        var field = header[3];
        var rest = header[4..];
        var end = rest.IndexOfAny(field, (byte)'\r', (byte)'\n');
        length = end < 0 ? rest.Length : end;
        var named = rest[..length];
        if (length is 0 or > 5)
        {
            return null;
        }

        var read = new Separators(
            field,
            named[0],
            length > 1 ? named[1] : Usual.Repetition,
            length > 2 ? named[2] : Usual.Escape,
            length > 3 ? named[3] : Usual.Subcomponent);
        return read.IsUsable ? read : null;
    }

    private bool IsUsable
    {
        get
        {
            ReadOnlySpan<byte> all = [Field, Component, Repetition, Escape, Subcomponent];
            for (var i = 0; i < all.Length; i++)
            {
                if (all[i] <= ' ' || all[i] >= 0x7F || char.IsAsciiLetterOrDigit((char)all[i]) || all[..i].Contains(all[i]))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
