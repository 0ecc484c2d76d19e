namespace Kangqiao.Store.Postgres.Reading;

/// <summary>
/// Statements over all versions, current or not, in the order of their sequences. The current one stands in the record's row,
/// under its number while it is the first; the others have a table of their own. Each of the three is walked in its own order
/// and gives no more than is asked for.
/// </summary>
internal static class Current
{
    private const string Order = "ORDER BY 3"; // seq

    /// <param name="which">About seq and kind, which stand for the version's.</param>
    /// <param name="order">ASC or DESC.</param>
    /// <param name="limit">As a parameter: <c>$3</c>.</param>
    public static string Versions(string which, string order, string limit) => $"""
        (SELECT {RecordRow.Columns} FROM store.record WHERE seq = number AND {which.Replace("seq", "number", StringComparison.Ordinal)} ORDER BY number {order} LIMIT {limit})
        UNION ALL (SELECT {RecordRow.Columns} FROM store.record WHERE seq <> number AND {which} ORDER BY seq {order} LIMIT {limit})
        UNION ALL {Former(which, order, limit)}
        {Order} {order} LIMIT {limit}
        """;

    /// <param name="type">About type.</param>
    public static string OfType(string which, string type, string order, string limit) => $"""
        (SELECT {RecordRow.Columns} FROM store.record WHERE {type} AND {which} ORDER BY seq {order} LIMIT {limit})
        UNION ALL {Former($"{type} AND {which}", order, limit)}
        {Order} {order} LIMIT {limit}
        """;

    private static string Former(string which, string order, string limit) => $"""
        (SELECT {RecordRow.VersionColumns} FROM (SELECT * FROM store.version WHERE {which} ORDER BY seq {order} LIMIT {limit}) v
        JOIN store.record r ON r.number = v.number AND r.place = v.place)
        """;
}
