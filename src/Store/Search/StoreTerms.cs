using System.Globalization;

namespace Kangqiao.Store.Search;

/// <summary>
/// The one term that the store adds to each live record by itself, because only it knows: <c>l</c> and the minute (UTC)
/// of the current version, as in <c>l202603050815</c>. A range of instants is a few prefixes of it.
/// </summary>
public static class StoreTerms
{
    public const int UpdatedLength = 13;

    internal static TermQuery AnyRecord { get; } = new TermQuery.Prefix("l");

    /// <summary>Records whose current version is of that minute, hour, day, month or year: <paramref name="stamp"/> is yyyy to yyyyMMddHHmm.</summary>
    public static TermQuery UpdatedIn(string stamp) =>
        stamp.Length + 1 == UpdatedLength ? TermQuery.Is("l" + stamp) : TermQuery.StartsWith("l" + stamp);

    /// <summary>Writes the term of an instant.</summary>
    /// <param name="into">At least <see cref="UpdatedLength"/> bytes.</param>
    public static void WriteUpdated(DateTimeOffset instant, Span<byte> into)
    {
        into[0] = (byte)'l';
        _ = instant.UtcDateTime.TryFormat(into[1..], out _, "yyyyMMddHHmm", CultureInfo.InvariantCulture);
    }
}
