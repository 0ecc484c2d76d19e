namespace Kangqiao.Fhir.FhirPath;

/// <summary>A collection of items in order. The caller keeps one and reuses it; it grows and does not shrink.</summary>
public sealed class FhirPathResults
{
    private FhirPathItem[] items = new FhirPathItem[8];

    public int Count { get; private set; }

    internal int Capacity => items.Length;

    public ref readonly FhirPathItem this[int index] => ref Span[index];

    public ReadOnlySpan<FhirPathItem> Span => items.AsSpan(0, Count);

    internal Span<FhirPathItem> Writable => items.AsSpan(0, Count);

    public void Clear()
    {
        // References are cleared so that a pooled list does not keep a document alive.
        Array.Clear(items, 0, Count);
        Count = 0;
    }

    public void Add(in FhirPathItem item)
    {
        if (Count == items.Length)
        {
            Array.Resize(ref items, items.Length * 2);
        }

        items[Count++] = item;
    }

    internal void AddRange(FhirPathResults other)
    {
        foreach (ref readonly var item in other.Span)
        {
            Add(item);
        }
    }

    internal void Truncate(int count)
    {
        Array.Clear(items, count, Count - count);
        Count = count;
    }

    public ReadOnlySpan<FhirPathItem>.Enumerator GetEnumerator() => Span.GetEnumerator();
}
