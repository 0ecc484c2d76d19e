using Kangqiao.Kernel;
using Kangqiao.Store.Outboxes;
using Kangqiao.Store.Postgres.Binding;
using Npgsql;

namespace Kangqiao.Store.Postgres;

/// <summary>Outboxes in two small tables. Adding locks the outbox's row, so that of two who add at once the second sees the first.</summary>
internal sealed class PostgresOutboxes(Connections connections) : IOutboxes
{
    public ValueTask<Outcome<Outbox?>> FindAsync(string name, CancellationToken cancel = default) =>
        connections.UseAsync<Outbox?>(async (connection, token) => await FindAsync(connection, name, "", token), null, cancel);

    public ValueTask<Outcome<Outbox>> SaveAsync(string name, string stateJson, CancellationToken cancel = default) => StoreLimits.IsName(name)
        ? connections.InTransactionAsync<Outbox>(
            async (connection, token) =>
            {
                await connection.Command("INSERT INTO store.outbox (name, last, state) VALUES ($1, 0, $2) ON CONFLICT (name) DO UPDATE SET state = EXCLUDED.state")
                    .WithText(name).WithText(stateJson).RunAsync(token);
                return (await FindAsync(connection, name, "", token))!;
            },
            cancel)
        : new(Problems.BadName("An outbox's name"));

    public ValueTask<Outcome<Outbox>> AppendAsync(string name, long last, IReadOnlyList<string> messages, CancellationToken cancel = default) =>
        connections.InTransactionAsync<Outbox>(
            async (connection, token) =>
            {
                if (await FindAsync(connection, name, " FOR UPDATE", token) is not { } box)
                {
                    return Problems.NoSuchOutbox(name);
                }

                if (box.Last != last)
                {
                    return Problems.OutboxMoved(name);
                }

                for (var i = 0; i < messages.Count; i++)
                {
                    await connection.Command("INSERT INTO store.outbox_message (name, number, body) VALUES ($1, $2, $3)")
                        .WithText(name).With(last + i + 1).WithText(messages[i]).RunAsync(token);
                }

                await connection.Command("UPDATE store.outbox SET last = $2 WHERE name = $1").WithText(name).With(last + messages.Count).RunAsync(token);
                return box with { Last = last + messages.Count };
            },
            cancel);

    public ValueTask<Outcome<IReadOnlyList<OutboxMessage>>> ReadAsync(string name, long after, int limit, CancellationToken cancel = default) =>
        StoreLimits.IsPage(limit)
            ? connections.UseAsync<IReadOnlyList<OutboxMessage>>(
                async (connection, token) => await connection
                    .Command("SELECT number, body FROM store.outbox_message WHERE name = $1 AND number > $2 ORDER BY number LIMIT $3")
                    .WithText(name).With(after).With(limit).RowsAsync(row => new OutboxMessage(row.GetInt64(0), row.GetString(1)), token),
                null, cancel)
            : new(Problems.BadLimit(StoreLimits.MostInPage));

    public ValueTask<Outcome<long>> TrimAsync(string name, long upTo, CancellationToken cancel = default) => connections.InTransactionAsync<long>(
        async (connection, token) => (long)await connection.Command("DELETE FROM store.outbox_message WHERE name = $1 AND number <= $2")
            .WithText(name).With(upTo).RunAsync(token),
        cancel);

    public ValueTask<Outcome<bool>> RemoveAsync(string name, CancellationToken cancel = default) => connections.InTransactionAsync<bool>(
        async (connection, token) =>
        {
            await connection.Command("DELETE FROM store.outbox_message WHERE name = $1").WithText(name).RunAsync(token);
            return await connection.Command("DELETE FROM store.outbox WHERE name = $1").WithText(name).RunAsync(token) > 0;
        },
        cancel);

    private static async Task<Outbox?> FindAsync(NpgsqlConnection connection, string name, string locking, CancellationToken cancel)
    {
        var found = await connection.Command($"SELECT last, state FROM store.outbox WHERE name = $1{locking}").WithText(name)
            .RowsAsync(row => new Outbox(name, row.GetInt64(0), row.GetString(1)), cancel);
        return found.Count > 0 ? found[0] : null;
    }
}
