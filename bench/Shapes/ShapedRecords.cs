using System.Buffers;

namespace Kangqiao.Bench.Shapes;

/// <summary>One resource of a batch; its bytes belong to the batch and are void when that is filled again.</summary>
internal readonly record struct ShapedResource(ShapeType Type, Guid Id, ReadOnlyMemory<byte> Json);

/// <summary>How a transaction writes its entries.</summary>
internal enum TransactionForm
{
    /// <summary>POST; fullUrl and references within the transaction are urn:uuid, the server gives the ids.</summary>
    Post,

    /// <summary>PUT with the shaped ids, so that sending again changes nothing.</summary>
    Put,
}

/// <summary>Resources that belong together, as JSON in one buffer, in an order in which each refers only to earlier ones or itself.</summary>
internal class ShapedRecords
{
    /// <summary>Base of the fullUrl in <see cref="TransactionForm.Put"/>: relative references resolve against it within the bundle.</summary>
    public const string PutBase = "https://shaped.example/fhir/";

    private readonly List<(ShapeType Type, Guid Id, int End, int LinksEnd)> ends = [];
    private readonly ShapeWriter writer = new();

    public int Count => ends.Count;

    /// <summary>All resources' JSON together, without separators.</summary>
    public int Bytes => writer.Length;

    public ShapedResource this[int index]
    {
        get
        {
            var start = index == 0 ? 0 : ends[index - 1].End;
            var (type, id, end, _) = ends[index];
            return new ShapedResource(type, id, writer.Written[start..end]);
        }
    }

    public IEnumerable<ShapedResource> Resources
    {
        get
        {
            for (var i = 0; i < ends.Count; i++)
            {
                yield return this[i];
            }
        }
    }

    /// <summary>A transaction Bundle with all resources.</summary>
    public void WriteTransaction(IBufferWriter<byte> output, TransactionForm form)
    {
        output.Write("""{"resourceType":"Bundle","type":"transaction","entry":["""u8);
        Span<byte> id = stackalloc byte[36];
        for (var i = 0; i < ends.Count; i++)
        {
            var (type, guid, _, _) = ends[i];
            guid.TryFormat(id, out _);
            output.Write(i == 0 ? "{\"fullUrl\":\""u8 : ",{\"fullUrl\":\""u8);
            if (form == TransactionForm.Post)
            {
                output.Write("urn:uuid:"u8);
                output.Write(id);
                output.Write("\",\"resource\":"u8);
                WriteWithUrns(output, i);
                output.Write(",\"request\":{\"method\":\"POST\",\"url\":\""u8);
                output.Write(type.Prefix.AsSpan(..^1));
            }
            else
            {
                output.Write("https://shaped.example/fhir/"u8);
                output.Write(type.Prefix);
                output.Write(id);
                output.Write("\",\"resource\":"u8);
                output.Write(this[i].Json.Span);
                output.Write(",\"request\":{\"method\":\"PUT\",\"url\":\""u8);
                output.Write(type.Prefix);
                output.Write(id);
            }

            output.Write("\"}}"u8);
        }

        output.Write("]}"u8);
    }

    internal ShapeWriter Start()
    {
        ends.Clear();
        writer.Clear();
        return writer;
    }

    /// <summary>Declares what was written since the last one to be a resource.</summary>
    internal void Add(ShapeType type, Guid id) => ends.Add((type, id, writer.Length, writer.Links.Count));

    private void WriteWithUrns(IBufferWriter<byte> output, int index)
    {
        var at = index == 0 ? 0 : ends[index - 1].End;
        var (_, _, end, linksEnd) = ends[index];
        var json = writer.Written.Span;
        for (var link = index == 0 ? 0 : ends[index - 1].LinksEnd; link < linksEnd; link++)
        {
            var place = writer.Links[link];
            output.Write(json[at..place.At]);
            output.Write("urn:uuid:"u8);
            at = place.At + place.Prefix;
        }

        output.Write(json[at..end]);
    }
}

/// <summary>A patient with everything that refers to them.</summary>
internal sealed class ShapedPatient : ShapedRecords
{
    /// <summary>Which patient of the city, from 0.</summary>
    public long Number { get; internal set; }

    /// <summary>The Patient's id.</summary>
    public Guid Id { get; internal set; }
}
