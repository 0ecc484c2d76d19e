using System.Text;

namespace Kangqiao.Ingest.Cda.Reading;

/// <summary>An element of a document: a table and a place in it, free to copy. The default one does not exist and has nothing.</summary>
internal readonly struct XmlElement(XmlTable? table, int index)
{
    public bool Exists => table is not null;

    public int Index => index;

    public string Name => table is null ? "" : table.At(index).Name;

    /// <summary>An attribute's value by its local name, trimmed; null where there is none or it is blank.</summary>
    public string? this[string attribute]
    {
        get
        {
            if (table is null)
            {
                return null;
            }

            ref var node = ref table.At(index);
            for (var i = node.FirstAttribute; i < node.FirstAttribute + node.AttributeCount; i++)
            {
                ref var found = ref table.AttributeAt(i);
                if (found.Name == attribute)
                {
                    var text = table.Text(found.Start, found.Length, found.IsEscaped).Trim();
                    return text.Length == 0 ? null : text;
                }
            }

            return null;
        }
    }

    public XmlElement Child(string name)
    {
        foreach (var child in Elements)
        {
            if (child.Name == name)
            {
                return child;
            }
        }

        return default;
    }

    public XmlElement Child(string first, string second) => Child(first).Child(second);

    public XmlElement Child(string first, string second, string third) => Child(first).Child(second).Child(third);

    /// <summary>Children that are elements, in order.</summary>
    public ElementList Elements => new(table, index);

    public IEnumerable<XmlElement> Children(string name)
    {
        foreach (var child in Elements)
        {
            if (child.Name == name)
            {
                yield return child;
            }
        }
    }

    /// <summary>The text directly inside, trimmed; null where there is none.</summary>
    public string? Text
    {
        get
        {
            if (table is null)
            {
                return null;
            }

            string? text = null;
            for (var i = table.At(index).FirstChild; i >= 0; i = table.At(i).Next)
            {
                ref var node = ref table.At(i);
                if (node.Name.Length == 0)
                {
                    text += table.Text(node.TextStart, node.TextLength, node.IsEscaped);
                }
            }

            text = text?.Trim();
            return string.IsNullOrEmpty(text) ? null : text;
        }
    }

    /// <summary>Bytes of the text directly inside, as written.</summary>
    public int TextBytes
    {
        get
        {
            var sum = 0;
            for (var i = table is null ? -1 : table.At(index).FirstChild; i >= 0; i = table!.At(i).Next)
            {
                sum += table!.At(i).TextLength;
            }

            return sum;
        }
    }

    /// <summary>The one piece of text inside, as a slice of the source; empty where there is none or there are several.</summary>
    public (int Start, int Length) TextSlice
    {
        get
        {
            var first = table is null ? -1 : table.At(index).FirstChild;
            return first >= 0 && table!.At(first).Name.Length == 0 && table.At(first).Next < 0 && !table.At(first).IsEscaped
                ? (table.At(first).TextStart, table.At(first).TextLength)
                : default;
        }
    }

    /// <summary>All text below, pieces of different elements parted by a blank; no more than the bytes given.</summary>
    public string? DeepText(int limit)
    {
        if (table is null)
        {
            return null;
        }

        var output = new StringBuilder();
        var bytes = 0;
        // In order of the source, which is the order of the table; the element's own end is where a later node has another ancestor.
        for (var i = index + 1; i < table.Count && bytes < limit; i++)
        {
            ref var node = ref table.At(i);
            if (node.Parent < index)
            {
                break;
            }

            if (node.Name.Length == 0)
            {
                var length = Math.Min(node.TextLength, limit - bytes);
                var piece = table.Text(node.TextStart, length, node.IsEscaped).Trim();
                bytes += node.TextLength;
                if (piece.Length > 0)
                {
                    output.Append(output.Length > 0 ? " " : "").Append(piece.TrimEnd('\uFFFD'));
                }
            }
        }

        return output.Length == 0 ? null : output.ToString();
    }

    /// <summary>"/ClinicalDocument/component[2]/section": indexes from 1, only among several of the name.</summary>
    public string Path()
    {
        if (table is null)
        {
            return "/";
        }

        var parts = new Stack<string>();
        for (var i = index; i >= 0; i = table.At(i).Parent)
        {
            var name = table.At(i).Name;
            var parent = table.At(i).Parent;
            var place = 0;
            var count = 0;
            for (var s = parent < 0 ? -1 : table.At(parent).FirstChild; s >= 0; s = table.At(s).Next)
            {
                if (table.At(s).Name == name)
                {
                    count++;
                    place = s == i ? count : place;
                }
            }

            parts.Push(count > 1 ? $"{name}[{place}]" : name);
        }

        return "/" + string.Join('/', parts);
    }

    public (int Line, int Column) Position => table?.Position(table.At(index).Start) ?? default;

    public ReadOnlyMemory<byte> Source => table?.Utf8 ?? default;

    /// <summary>Children that are elements, without an allocation.</summary>
    internal readonly struct ElementList(XmlTable? table, int parent)
    {
        public Enumerator GetEnumerator() => new(table, parent);

        internal struct Enumerator(XmlTable? table, int parent)
        {
            private int next = table is null ? -1 : table.At(parent).FirstChild;

            public XmlElement Current { get; private set; }

            public bool MoveNext()
            {
                while (next >= 0)
                {
                    var at = next;
                    next = table!.At(at).Next;
                    if (table.At(at).Name.Length > 0)
                    {
                        Current = new XmlElement(table, at);
                        return true;
                    }
                }

                return false;
            }
        }
    }
}
