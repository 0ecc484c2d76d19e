using System.Buffers;
using Kangqiao.Kernel;
using Kangqiao.Store.Search;
using Kangqiao.Store.Writes;

namespace Kangqiao.Store;

/// <summary>What every maker refuses before its database is troubled, so that all refuse the same.</summary>
public static class StoreLimits
{
    /// <summary>Business identifiers that one record may have.</summary>
    public const int MostIdentities = 64;

    public const int MostOperations = 20_000;
    public const int MostBodyBytes = 32 * 1024 * 1024;
    public const int MostInPage = 10_000;

    /// <summary>Characters of a job's id or kind, a follower's name, a parameter's type or name.</summary>
    public const int LongestName = 200;

    private static readonly SearchValues<byte> TermBytes = SearchValues.Create(
        Enumerable.Range(0, 256).Where(b => b is ' ' or (>= '0' and <= '9') or (>= 'a' and <= 'z') or >= 0x80).Select(b => (byte)b).ToArray());

    public static bool IsPage(int limit) => limit is >= 1 and <= MostInPage;

    public static bool IsName(string text) => text.Length is > 0 and <= LongestName;

    public static Problem? Refusal(SearchFilter filter) => filter.Query.Refusal() ?? filter.Doubtful.Refusal();

    /// <param name="weight">Bytes of memory that the request holds while it waits, about.</param>
    public static Problem? Refusal(WriteRequest request, out long weight)
    {
        weight = 500;
        if (request.Operations.Count > MostOperations)
        {
            return Problems.RequestTooLarge(MostOperations);
        }

        foreach (var expectation in request.Expectations)
        {
            if (expectation is Expectation.OfSearch search && Refusal(search.Filter) is { } costly)
            {
                return costly;
            }
        }

        var keys = request.Operations.Count > 1 ? new HashSet<RecordKey>(request.Operations.Count) : null;
        foreach (var operation in request.Operations)
        {
            var key = operation.Target;
            if (!key.IsWellFormed)
            {
                return Problems.BadKey();
            }

            if (keys?.Add(key) == false)
            {
                return Problems.TwiceInOneRequest(key);
            }

            weight += 300;
            if (RecordOf(operation) is { } record)
            {
                weight += record.Body.Length + record.Terms.Length;
                if (Refusal(record) is { } refused)
                {
                    return refused;
                }
            }
        }

        return null;
    }

    /// <summary>The record that an operation brings, if it brings one.</summary>
    public static PreparedRecord? RecordOf(WriteOperation operation) => operation switch
    {
        WriteOperation.Put put => put.Record,
        WriteOperation.Reindex reindex => reindex.Record,
        _ => null,
    };

    private static Problem? Refusal(PreparedRecord record) =>
        record.Body.Length > MostBodyBytes || record.Terms.Length > MostBodyBytes || record.Identities.Count > MostIdentities
            ? Problems.BodyTooLarge(record.Key, MostBodyBytes)
            : record.Terms.Span.ContainsAnyExcept(TermBytes) ? Problems.BadTerms(record.Key)
            : null;
}
