using System.Text;
using Kangqiao.Fhir.FhirPath;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Search;

/// <summary>
/// All index values of one resource. Used again and again for a stream of resources, so that taking the values of one
/// costs no memory of its own. Texts point into the resource's bytes or into a buffer here; both hold until the next use.
/// </summary>
/// <remarks>Not safe for use by several threads at once.</remarks>
public sealed class IndexValues
{
    private IndexValue[] values = new IndexValue[32];
    private IndexValue[] parts = new IndexValue[16];
    private byte[] buffer = new byte[1024];
    private FhirDocument document = null!;
    private int count;
    private int partCount;
    private int length;
    private (FhirPathEnvironment Environment, FhirPathResults Results)? fhirPath;

    /// <summary>The plan the values were taken by.</summary>
    public SearchPlan Plan { get; private set; } = null!;

    /// <summary>The values, in document order, composites included.</summary>
    public ReadOnlySpan<IndexValue> Items => values.AsSpan(0, count);

    /// <summary>The resource itself.</summary>
    public Element Resource { get; private set; }

    internal List<string> Keys { get; } = [];

    /// <summary>The parts of a composite, by component. Every combination of one part of each component is a tuple.</summary>
    public ReadOnlySpan<IndexValue> PartsOf(in IndexValue composite) =>
        composite.Kind == IndexKind.Composite ? parts.AsSpan(composite.FirstPart, composite.PartCount) : default;

    /// <summary>The element that the value was taken from.</summary>
    public Element ElementOf(in IndexValue value) => new(document, value.Node);

    /// <summary>The text as UTF-8.</summary>
    public ReadOnlySpan<byte> Text(TextSlice slice) => (slice.At & TextSlice.InBuffer) != 0
        ? buffer.AsSpan((int)(slice.At & ~TextSlice.InBuffer), slice.Length)
        : document is null ? default : document.Slice((int)slice.At, slice.Length);

    /// <summary>The text as a string: for showing and tests.</summary>
    public string TextOf(TextSlice slice) => Encoding.UTF8.GetString(Text(slice));

    /// <summary>
    /// The search form of a text that is kept only as written (:text of a token). The span holds until the next call or use.
    /// </summary>
    public ReadOnlySpan<byte> SearchForm(TextSlice slice)
    {
        var before = length;
        var form = Text(Normalise(slice));
        length = before;
        return form;
    }

    /// <summary>True if the resource has a value for the parameter (what :missing=false asks).</summary>
    /// <param name="parameter">Position in <see cref="SearchPlan.Parameters"/>.</param>
    public bool Has(int parameter)
    {
        foreach (ref readonly var value in Items)
        {
            if (value.Parameter == parameter)
            {
                return true;
            }
        }

        return false;
    }

    internal void Start(SearchPlan plan, Element resource)
    {
        Plan = plan;
        Resource = resource;
        document = resource.Document;
        count = 0;
        partCount = 0;
        length = 0;
    }

    /// <summary>A fresh value to fill; the reference holds until the next one is added.</summary>
    internal ref IndexValue Add(in IndexLeaf leaf, Element element, IndexKind kind)
    {
        ref var value = ref leaf.Component < 0 ? ref NextValue() : ref NextPart();
        value = default;
        value.Parameter = leaf.Parameter;
        value.Node = element.Handle;
        value.Kind = kind;
        value.Component = (byte)Math.Max(0, leaf.Component);
        return ref value;
    }

    /// <summary>Kept here because values, like it, belong to one thread.</summary>
    internal (FhirPathEnvironment Environment, FhirPathResults Results) FhirPath() =>
        fhirPath ??= (new FhirPathEnvironment { AssumesTargets = true, AsFilters = true, MaxSteps = 100_000 }, new FhirPathResults());

    internal int PartCount => partCount;

    internal void DropPartsFrom(int first) => partCount = first;

    /// <summary>The value of a primitive with escapes resolved.</summary>
    internal TextSlice Written(Element primitive)
    {
        if (!primitive.Exists || !primitive.HasValue)
        {
            return default;
        }

        var raw = primitive.Raw;
        if (!primitive.IsEscaped)
        {
            return new TextSlice((uint)primitive.Start, raw.Length);
        }

        Reserve(raw.Length);
        if (!JsonText.TryUnescape(raw, buffer.AsSpan(length), out var written))
        {
            return new TextSlice((uint)primitive.Start, raw.Length);
        }

        var slice = new TextSlice((uint)length | TextSlice.InBuffer, written);
        length += written;
        return slice;
    }

    internal static TextSlice Sub(TextSlice slice, int start, int count) => new(slice.At + (uint)start, count);

    internal TextSlice Put(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
        {
            return default;
        }

        Reserve(utf8.Length);
        utf8.CopyTo(buffer.AsSpan(length));
        var slice = new TextSlice((uint)length | TextSlice.InBuffer, utf8.Length);
        length += utf8.Length;
        return slice;
    }

    internal TextSlice Put(ReadOnlySpan<char> text)
    {
        Reserve(text.Length * 3);
        var written = Encoding.UTF8.GetBytes(text, buffer.AsSpan(length));
        var slice = new TextSlice((uint)length | TextSlice.InBuffer, written);
        length += written;
        return slice;
    }

    /// <summary>The search form of a text (<see cref="Text.SearchText"/>); most texts take the short way, byte by byte.</summary>
    internal TextSlice Normalise(TextSlice slice)
    {
        Reserve(slice.Length);
        if (!SearchForms.TryFold(Text(slice), buffer.AsSpan(length), out var written))
        {
            return Put(Fhir.Text.SearchText.Normalise(TextOf(slice)).AsSpan());
        }

        var folded = new TextSlice((uint)length | TextSlice.InBuffer, written);
        length += written;
        return folded;
    }

    /// <summary>Several texts joined by a space, in the buffer.</summary>
    internal TextSlice Join(ReadOnlySpan<TextSlice> texts, bool spaced)
    {
        var needed = texts.Length;
        foreach (var text in texts)
        {
            needed += text.Length;
        }

        Reserve(needed);
        var start = length;
        foreach (var text in texts)
        {
            if (text.IsEmpty)
            {
                continue;
            }

            if (spaced && length > start)
            {
                buffer[length++] = (byte)' ';
            }

            Text(text).CopyTo(buffer.AsSpan(length));
            length += text.Length;
        }

        return new TextSlice((uint)start | TextSlice.InBuffer, length - start);
    }

    private ref IndexValue NextValue()
    {
        if (count == values.Length)
        {
            Array.Resize(ref values, count * 2);
        }

        return ref values[count++];
    }

    private ref IndexValue NextPart()
    {
        if (partCount == parts.Length)
        {
            Array.Resize(ref parts, partCount * 2);
        }

        return ref parts[partCount++];
    }

    private void Reserve(int bytes)
    {
        if (length + bytes > buffer.Length)
        {
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + bytes));
        }
    }
}
