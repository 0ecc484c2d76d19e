using System.Text;
using Kangqiao.Fhir.Facts;
using Kangqiao.Store.Terms;

namespace Kangqiao.Store.Search;

/// <summary>
/// Kinds of terms that are only ever asked for whole, never by their beginning, so that a maker may keep a hash in their
/// place: types, patients, compartments, tokens, references, URIs and marks. The one beginning that is asked of them, a
/// reference to an id of any type, is a known set of whole terms.
/// </summary>
public static class WholeTerms
{
    private const string Kinds = "tpckoiruhvm";
    private const int ReferenceHead = 4 + TermHash.Length;

    private static readonly string[] TypeEndings = [.. R4.Facts.Types.Where(type => type is { IsResource: true, IsAbstract: false })
        .Select(type => TermHash.Of((byte)'t', Encoding.UTF8.GetBytes(type.Name)).Text(TermWriter.TypeLetters)).Distinct()];

    public static bool IsOne(char first) => Kinds.Contains(first, StringComparison.Ordinal);

    public static bool IsOne(byte first) => IsOne((char)first);

    /// <summary>All whole terms there can be with that beginning; null where that is not known.</summary>
    public static IReadOnlyList<string>? With(string beginning) =>
        beginning is ['r', ..] && beginning.Length == ReferenceHead ? Array.ConvertAll(TypeEndings, ending => beginning + ending) : null;
}
