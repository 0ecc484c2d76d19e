using System.Collections.Concurrent;

namespace Kangqiao.Fhir.Units;

/// <summary>
/// Codes already read, valid and not. A hospital writes a few hundred; when hostile input fills the cache it starts afresh, so memory
/// stays bounded and the codes in use come back.
/// </summary>
internal sealed class UcumCache(int capacity)
{
    private volatile Generation current = new();

    internal Entry this[ReadOnlySpan<char> code]
    {
        get
        {
            var generation = current;
            if (generation.Lookup.TryGetValue(code, out var entry))
            {
                return entry;
            }

            entry = Entry.Read(code);
            if (code.Length > UcumParser.MaxLength)
            {
                return entry;
            }

            if (generation.Lookup.TryAdd(code, entry) && Interlocked.Increment(ref generation.Count) >= capacity)
            {
                current = new();
            }

            return entry;
        }
    }

    internal sealed record Entry(UcumUnit? Unit, UnitFault Fault)
    {
        internal static Entry Read(ReadOnlySpan<char> code)
        {
            var parser = new UcumParser(code, UcumAtoms.Find);
            var unit = parser.Parse();
            return new(unit, parser.Fault);
        }
    }

    private sealed class Generation
    {
        internal int Count;

        internal Generation() =>
            Lookup = new ConcurrentDictionary<string, Entry>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

        internal ConcurrentDictionary<string, Entry>.AlternateLookup<ReadOnlySpan<char>> Lookup { get; }
    }
}
