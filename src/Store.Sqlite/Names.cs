using System.Collections.Concurrent;
using Kangqiao.Store.Sqlite.Binding;

namespace Kangqiao.Store.Sqlite;

/// <summary>Types and senders by number, as readers have seen them committed. A number never changes its text.</summary>
internal sealed class Names
{
    private readonly ConcurrentDictionary<long, string> texts = new();

    /// <param name="find">Gives the text of number 1.</param>
    public string Text(long number, Statement find)
    {
        if (texts.TryGetValue(number, out var known))
        {
            return known;
        }

        find.Bind(1, number);
        var text = find.Step() ? find.Text(0) : throw new InvalidDataException($"The database lost name {number}.");
        find.Reset();
        texts[number] = text;
        return text;
    }

    /// <summary>Forgets all: what the writer saw in a transaction that was rolled back never was.</summary>
    public void Clear() => texts.Clear();
}
