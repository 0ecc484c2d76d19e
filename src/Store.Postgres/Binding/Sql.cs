using Npgsql;
using NpgsqlTypes;

namespace Kangqiao.Store.Postgres.Binding;

/// <summary>Short ways to say a statement with its parameters, numbered in order.</summary>
internal static class Sql
{
    public static NpgsqlCommand Command(this NpgsqlConnection connection, string text) => new(text, connection);

    public static NpgsqlBatchCommand Add(this NpgsqlBatch batch, string text)
    {
        var command = new NpgsqlBatchCommand(text);
        batch.BatchCommands.Add(command);
        return command;
    }

    public static NpgsqlCommand With<T>(this NpgsqlCommand command, T value)
    {
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
        return command;
    }

    public static NpgsqlBatchCommand With<T>(this NpgsqlBatchCommand command, T value)
    {
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
        return command;
    }

    /// <summary>Text that must not wait for PostgreSQL to guess its type.</summary>
    public static NpgsqlCommand WithText(this NpgsqlCommand command, string value)
    {
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Text });
        return command;
    }

    public static async Task RunAsync(this NpgsqlConnection connection, string text, CancellationToken cancel)
    {
        await using var command = connection.Command(text);
        await command.ExecuteNonQueryAsync(cancel);
    }

    public static async Task<int> RunAsync(this NpgsqlCommand command, CancellationToken cancel)
    {
        await using (command)
        {
            return await command.ExecuteNonQueryAsync(cancel);
        }
    }

    /// <summary>All rows; the statement is prepared once for each connection and then kept.</summary>
    public static async Task<List<T>> RowsAsync<T>(this NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancel, bool isPrepared = true)
    {
        await using (command)
        {
            if (isPrepared)
            {
                await command.PrepareAsync(cancel);
            }

            var rows = new List<T>();
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                rows.Add(read(reader));
            }

            return rows;
        }
    }
}
