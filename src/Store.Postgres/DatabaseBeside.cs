using Kangqiao.Kernel;
using Kangqiao.Store.Postgres.Binding;
using Npgsql;

namespace Kangqiao.Store.Postgres;

/// <summary>A second database of the same server, beside the records': a store of its own for what is not a record.</summary>
public static class DatabaseBeside
{
    /// <summary>Connections that the small store may hold.</summary>
    private const int MostConnections = 20;

    /// <summary>Makes the database where it is not there.</summary>
    /// <param name="connection">Of the records.</param>
    /// <param name="suffix">Of letters; the database is called as the records' with an underscore and this.</param>
    /// <returns>Its connection string. Refused where the role may not make databases: then the operator makes it once.</returns>
    public static async ValueTask<Outcome<string>> EnsureAsync(string connection, string suffix, CancellationToken cancel = default)
    {
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(connection);
            var name = $"{settings.Database ?? settings.Username}_{suffix}";
            var beside = new NpgsqlConnectionStringBuilder(connection) { Database = name };
            beside.MaxPoolSize = Math.Min(beside.MaxPoolSize, MostConnections);
            await using var source = NpgsqlDataSource.Create(settings);
            await using var open = await source.OpenConnectionAsync(cancel);
            await using var known = open.Command("SELECT count(*) FROM pg_database WHERE datname = $1").WithText(name);
            if ((long)(await known.ExecuteScalarAsync(cancel))! == 0)
            {
                try
                {
                    await open.RunAsync($"CREATE DATABASE \"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", cancel);
                }
                catch (PostgresException twice) when (twice.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
                {
                    // Another server started at the same time.
                }
            }

            return beside.ConnectionString;
        }
        catch (Exception failure) when (failure is NpgsqlException or ArgumentException)
        {
            return Failure.AsProblem(failure);
        }
    }
}
