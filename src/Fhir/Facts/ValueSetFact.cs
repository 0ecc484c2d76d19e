using System.Text;

namespace Kangqiao.Fhir.Facts;

/// <summary>
/// The codes of one value set (or of one whole code system) that the specification or its terminology defines. They stay packed
/// as UTF-8; the first question about a code builds a table, and asking allocates nothing. Codes and systems are compared
/// byte by byte.
/// </summary>
public sealed class ValueSetFact
{
    private readonly Lazy<byte[]> packed;
    private readonly int start;
    private CodeTable? table;

    internal ValueSetFact(string url, bool isComplete, Lazy<byte[]> packed, int start)
    {
        Url = url;
        IsComplete = isComplete;
        this.packed = packed;
        this.start = start;
    }

    /// <summary>Canonical URL without version.</summary>
    public string Url { get; }

    /// <summary>False where the set is not enumerated here (e.g. MIME types): a code outside cannot be called wrong.</summary>
    public bool IsComplete { get; }

    /// <summary>How many codes are listed.</summary>
    public int Count => Table.Count;

    /// <summary>The codes by code system, both in ordinal order. Made anew at each call: for showing, not for checking.</summary>
    public ValueSetSystemFact[] Systems
    {
        get
        {
            var reader = new PackedReader(packed.Value, start);
            var systems = new ValueSetSystemFact[reader.Number()];
            for (var i = 0; i < systems.Length; i++)
            {
                var system = reader.Text();
                var codes = new string[reader.Number()];
                for (var j = 0; j < codes.Length; j++)
                {
                    codes[j] = reader.Text();
                }

                systems[i] = new ValueSetSystemFact(system, codes);
            }

            return systems;
        }
    }

    /// <summary>The packed form, for writing the facts file.</summary>
    internal ReadOnlySpan<byte> Packed => packed.Value.AsSpan(start, CodeTable.End(packed.Value, start, out _) - start);

    private CodeTable Table => table ??= new CodeTable(packed.Value, start);

    /// <summary>True if the code, of that code system, is listed (both UTF-8).</summary>
    public bool Contains(ReadOnlySpan<byte> system, ReadOnlySpan<byte> code) => Table.Contains(system, code);

    /// <summary>True if a code system of the set lists the code (UTF-8): for elements of type code, which name no system.</summary>
    public bool ContainsCode(ReadOnlySpan<byte> code) => Table.ContainsCode(code);

    public bool Contains(string system, string code)
    {
        Span<byte> systemBytes = stackalloc byte[CodeTable.StackLimit];
        Span<byte> codeBytes = stackalloc byte[CodeTable.StackLimit];
        return Encoding.UTF8.TryGetBytes(system, systemBytes, out var systemLength)
            && Encoding.UTF8.TryGetBytes(code, codeBytes, out var codeLength)
            && Contains(systemBytes[..systemLength], codeBytes[..codeLength]);
    }

    public bool ContainsCode(string code)
    {
        Span<byte> bytes = stackalloc byte[CodeTable.StackLimit];
        return Encoding.UTF8.TryGetBytes(code, bytes, out var length) && ContainsCode(bytes[..length]);
    }

    public override string ToString() => Url;

    /// <summary>A set of its own, as the facts tool makes it.</summary>
    /// <exception cref="InvalidDataException">A code or system is longer than any lookup would find.</exception>
    internal static ValueSetFact Of(string url, bool isComplete, IEnumerable<ValueSetSystemFact> systems)
    {
        var writer = new PackedWriter();
        var sorted = systems.OrderBy(s => s.System, StringComparer.Ordinal).ToArray();
        writer.Number(sorted.Length);
        foreach (var system in sorted)
        {
            writer.Text(Short(system.System));
            writer.Number(system.Codes.Length);
            foreach (var code in system.Codes.Order(StringComparer.Ordinal))
            {
                writer.Text(Short(code));
            }
        }

        return new ValueSetFact(url, isComplete, new Lazy<byte[]>(writer.ToArray()), 0);
    }

    private static string Short(string text) => Encoding.UTF8.GetByteCount(text) <= CodeTable.StackLimit
        ? text
        : throw new InvalidDataException($"The code or system {text} is longer than {CodeTable.StackLimit} bytes.");
}

public sealed record ValueSetSystemFact(string System, string[] Codes);
