using Kangqiao.Store.Postgres.Binding;
using Npgsql;

namespace Kangqiao.Store.Postgres;

/// <summary>Counts that the writers keep, and what the tables take on disk.</summary>
internal static class Statistics
{
    private const string Tallies = """
        SELECT n.text, sum(t.live)::bigint, sum(t.deleted)::bigint, sum(t.versions)::bigint
        FROM store.tally t JOIN store.name n ON n.n = t.type GROUP BY n.text HAVING sum(t.versions) > 0 ORDER BY n.text COLLATE "C"
        """;

    public static async Task<List<TypeStatistics>> TypesAsync(NpgsqlConnection connection, CancellationToken cancel) =>
        await connection.Command(Tallies).RowsAsync(row => new TypeStatistics(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)), cancel);

    public static async Task<long> BytesAsync(NpgsqlConnection connection, bool isDistributed, CancellationToken cancel)
    {
        // On Citus a table's own relation is an empty shell; its shards lie on the workers.
        var size = isDistributed ? "citus_total_relation_size" : "pg_total_relation_size";
        await using var command = connection.Command(
            $"SELECT coalesce(sum({size}(c.oid)), 0)::bigint FROM pg_class c WHERE c.relnamespace = 'store'::regnamespace AND c.relkind = 'r' AND c.relname <> 'migration'");
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }
}
