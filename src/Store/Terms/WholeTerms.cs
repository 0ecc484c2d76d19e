using System.Text;
using Kangqiao.Fhir.Facts;

namespace Kangqiao.Store.Terms;

/// <summary>
/// Which terms are only ever asked for whole, never by their beginning, so that a maker may keep a hash in their place: types,
/// patients, compartments, tokens, references, URIs, marks, and dates and numbers of the usual size with the spans they lie in.
/// Of all these one beginning is asked, a reference to an id of any type, and that is a known set of whole terms.
/// </summary>
public static class WholeTerms
{
    /// <summary>Kind and the parameter's letters.</summary>
    private const int Head = 4;

    private const int ReferenceHead = Head + TermHash.Length;

    private static readonly string[] TypeEndings = [.. R4.Facts.Types.Where(type => type is { IsResource: true, IsAbstract: false })
        .Select(type => TermHash.Of((byte)'t', Encoding.UTF8.GetBytes(type.Name)).Text(TermWriter.TypeLetters)).Distinct()];

    /// <param name="term">In UTF-8.</param>
    public static bool IsOne(ReadOnlySpan<byte> term) => !term.IsEmpty && (char)term[0] switch
    {
        't' or 'p' or 'c' or 'k' or 'o' or 'i' or 'r' or 'u' or 'h' or 'v' or 'm' or 'j' or 'z' or 'e' => true,

        // DayAxis: years of the far ages begin with 0 and 3, and ranges of them are beginnings.
        'd' or 'a' => term.Length > Head && term[Head] is (byte)'1' or (byte)'2',

        // Under a unit; without one ranges are beginnings.
        'q' => term.Length > Head && term[Head] is (byte)'u' or (byte)'v' or (byte)'c' && IsNumber(term[Head..], 1 + TermWriter.UnitLetters),
        'w' => term.Length > Head && IsNumber(term[Head..], TermHash.Length),
        _ => false,
    };

    public static bool IsOne(string term)
    {
        // Enough of it to tell, three bytes a character at most.
        Span<byte> start = stackalloc byte[3 * (Head + TermHash.Length + 2)];
        var length = Encoding.UTF8.GetBytes(term.AsSpan(0, Math.Min(term.Length, start.Length / 3)), start);
        return IsOne(start[..length]);
    }

    /// <summary>All whole terms there can be with that beginning; null where those with that beginning are not whole ones.</summary>
    /// <exception cref="ArgumentException">Terms of that beginning are asked whole.</exception>
    public static IReadOnlyList<string>? With(string beginning)
    {
        if (beginning is ['r', ..] && beginning.Length == ReferenceHead)
        {
            return Array.ConvertAll(TypeEndings, ending => beginning + ending);
        }

        return IsOne(beginning) ? throw new ArgumentException($"Terms that begin with {beginning} are asked whole.", nameof(beginning)) : null;
    }

    // NumberAxis: zero and the sizes near 1 have spans; negative numbers may be asked all together, and those far from 1 by beginnings.
    private static bool IsNumber(ReadOnlySpan<byte> tail, int headLength) =>
        tail.Length > headLength && (tail[headLength] == (byte)'0'
            || (tail[headLength] == (byte)'p' && tail.Length > headLength + 1 && tail[headLength + 1] is (byte)'z' or (>= (byte)'b' and <= (byte)'e')));
}
