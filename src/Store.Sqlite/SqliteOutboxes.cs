using Kangqiao.Kernel;
using Kangqiao.Store.Outboxes;
using Kangqiao.Store.Sqlite.Binding;

namespace Kangqiao.Store.Sqlite;

/// <summary>Outboxes in two small tables. Statements are made at use: messages come far more seldom than records.</summary>
internal sealed class SqliteOutboxes(SqliteRecordStore store) : IOutboxes
{
    public ValueTask<Outcome<Outbox?>> FindAsync(string name, CancellationToken cancel = default) =>
        store.Read(name, static (reader, name) => (Outcome<Outbox?>)Find(reader.Database, name), null, cancel);

    public ValueTask<Outcome<Outbox>> SaveAsync(string name, string stateJson, CancellationToken cancel = default) =>
        StoreLimits.IsName(name)
            ? store.CallAsync(
                session =>
                {
                    using (var save = session.Database.PrepareOnce(
                        "INSERT INTO outbox (name, last, state) VALUES (?1, 0, ?2) ON CONFLICT (name) DO UPDATE SET state = ?2"))
                    {
                        save.Bind(1, name).Bind(2, stateJson).Run();
                    }

                    return (Outcome<Outbox>)Find(session.Database, name)!;
                },
                cancel)
            : new(Problems.BadName("An outbox's name"));

    public ValueTask<Outcome<Outbox>> AppendAsync(string name, long last, IReadOnlyList<string> messages, CancellationToken cancel = default) =>
        store.CallAsync(
            session =>
            {
                if (Find(session.Database, name) is not { } box)
                {
                    return Problems.NoSuchOutbox(name);
                }

                if (box.Last != last)
                {
                    return Problems.OutboxMoved(name);
                }

                using var add = session.Database.PrepareOnce("INSERT INTO outbox_message (name, number, text) VALUES (?1, ?2, ?3)");
                for (var i = 0; i < messages.Count; i++)
                {
                    add.Bind(1, name).Bind(2, last + i + 1).Bind(3, messages[i]).Run();
                }

                using var move = session.Database.PrepareOnce("UPDATE outbox SET last = ?2 WHERE name = ?1");
                move.Bind(1, name).Bind(2, last + messages.Count).Run();
                return (Outcome<Outbox>)(box with { Last = last + messages.Count });
            },
            cancel);

    public ValueTask<Outcome<IReadOnlyList<OutboxMessage>>> ReadAsync(string name, long after, int limit, CancellationToken cancel = default) =>
        StoreLimits.IsPage(limit)
            ? store.Read(
                (name, after, limit),
                static (reader, ask) =>
                {
                    var messages = new List<OutboxMessage>();
                    using var rows = reader.Database.PrepareOnce(
                        "SELECT number, text FROM outbox_message WHERE name = ?1 AND number > ?2 ORDER BY number LIMIT ?3");
                    rows.Bind(1, ask.name).Bind(2, ask.after).Bind(3, ask.limit);
                    while (rows.Step())
                    {
                        messages.Add(new(rows.Int64(0), rows.Text(1)));
                    }

                    return (Outcome<IReadOnlyList<OutboxMessage>>)messages;
                },
                null, cancel)
            : new(Problems.BadLimit(StoreLimits.MostInPage));

    public ValueTask<Outcome<long>> TrimAsync(string name, long upTo, CancellationToken cancel = default) => store.CallAsync(
        session =>
        {
            using var trim = session.Database.PrepareOnce("DELETE FROM outbox_message WHERE name = ?1 AND number <= ?2");
            trim.Bind(1, name).Bind(2, upTo).Run();
            return (Outcome<long>)Changed(session.Database);
        },
        cancel);

    public ValueTask<Outcome<bool>> RemoveAsync(string name, CancellationToken cancel = default) => store.CallAsync(
        session =>
        {
            using var messages = session.Database.PrepareOnce("DELETE FROM outbox_message WHERE name = ?1");
            messages.Bind(1, name).Run();
            using var box = session.Database.PrepareOnce("DELETE FROM outbox WHERE name = ?1");
            box.Bind(1, name).Run();
            return (Outcome<bool>)(Changed(session.Database) > 0);
        },
        cancel);

    private static long Changed(Database database)
    {
        using var changes = database.PrepareOnce("SELECT changes()");
        _ = changes.Step();
        return changes.Int64(0);
    }

    private static Outbox? Find(Database database, string name)
    {
        using var row = database.PrepareOnce("SELECT last, state FROM outbox WHERE name = ?1");
        return row.Bind(1, name).Step() ? new(name, row.Int64(0), row.Text(1)) : null;
    }
}
