using System.Collections.Concurrent;
using Kangqiao.Store.Postgres.Binding;
using Npgsql;

namespace Kangqiao.Store.Postgres;

/// <summary>Resource types and senders by number. A number never changes its text, so what was seen once holds.</summary>
internal sealed class Names(Connections connections)
{
    private readonly ConcurrentDictionary<string, short> numbers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<short, string> texts = new();

    public short? Known(string text) => numbers.TryGetValue(text, out var number) ? number : null;

    public string? Known(short number) => texts.TryGetValue(number, out var text) ? text : null;

    /// <summary>Learns what others have added.</summary>
    public async Task LearnAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        foreach (var (n, text) in await connection.Command("SELECT n, text FROM store.name").RowsAsync(row => (row.GetInt16(0), row.GetString(1)), cancel))
        {
            texts[n] = text;
            numbers[text] = n;
        }
    }

    /// <summary>Gives numbers to those that have none, in a transaction of its own: a name may outlive the write that brought it.</summary>
    public async Task AddAsync(IReadOnlyCollection<string> missing, CancellationToken cancel)
    {
        await using var connection = await connections.OpenAsync(cancel);
        await connection.RunAsync("BEGIN", cancel);
        await connection.RunAsync(Locks.OneAfterTheOther, cancel);
        await LearnAsync(connection, cancel);
        var next = texts.IsEmpty ? (short)0 : texts.Keys.Max();
        var added = new List<(string Text, short Number)>();
        foreach (var text in missing)
        {
            if (Known(text) is null)
            {
                added.Add((text, checked(++next)));
                await connection.Command("INSERT INTO store.name (n, text) VALUES ($1, $2)").With(next).WithText(text).RunAsync(cancel);
            }
        }

        await connection.RunAsync("COMMIT", cancel);
        foreach (var (text, number) in added)
        {
            texts[number] = text;
            numbers[text] = number;
        }
    }
}
