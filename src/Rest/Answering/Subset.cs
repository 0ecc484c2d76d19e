using System.Buffers;
using System.Text;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Writing;
using Kangqiao.Kernel;
using Kangqiao.Rest.Asking;

namespace Kangqiao.Rest.Answering;

/// <summary>
/// A part of a resource: _summary and _elements (R4 search.html#summary). What is required, and modifier elements, always
/// stay; what was cut down is tagged SUBSETTED. In a Bundle each entry's resource is cut down, not the bundle.
/// </summary>
internal sealed class Subset
{
    private readonly Func<ElementFact, bool> keeps;

    private Subset(Func<ElementFact, bool> keeps) => this.keeps = keeps;

    /// <summary>Null when the whole is asked for. What _summary=count asks is the search's to answer.</summary>
    public static Outcome<Subset?> Of(AskParameters parameters)
    {
        var elements = parameters["_elements"];
        switch (parameters["_summary"])
        {
            case null or "false" or "count" when elements is null:
                return (Subset?)null;
            case null or "false" or "count":
                return OfElements(elements);
            case "true":
                return new Subset(e => e.IsSummary);
            case "text":
                return new Subset(e => e.Name is "text" or "id" or "meta");
            case "data":
                return new Subset(e => e.Name != "text" || e.Owner.Name.Contains('.', StringComparison.Ordinal));
            case var other:
                return Problems.BadParameter("_summary", other, "true, text, data, count or false");
        }
    }

    public byte[] Of(ReadOnlyMemory<byte> json)
    {
        var document = FhirDocument.Read(json, new FindingList());
        var buffer = new ArrayBufferWriter<byte>(json.Length);
        if (!document.IsUsable)
        {
            return json.ToArray();
        }

        if (document.Root.Type.Name == "Bundle")
        {
            WriteBundle(document, buffer);
        }
        else
        {
            WriteResource(document.Root, buffer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    // Type.name and name both stand for the element of the resource itself.
    private static Outcome<Subset?> OfElements(string text)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { "id", "meta" };
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            names.Add(part);
        }

        return new Subset(e => names.Contains(e.Name) || names.Contains($"{e.Owner.Name}.{e.Name}"));
    }

    /// <summary>The bundle's bytes, with the resources of its entries replaced.</summary>
    private void WriteBundle(FhirDocument bundle, ArrayBufferWriter<byte> output)
    {
        var done = 0;
        foreach (var entry in bundle.Root.ChildrenNamed("entry"))
        {
            var resource = entry.Child("resource");
            if (!resource.Exists || resource.Type.Name == "OperationOutcome")
            {
                continue;
            }

            output.Write(bundle.Utf8[done..resource.Start]);
            WriteResource(resource, output);
            done = resource.Start + resource.Raw.Length;
        }

        output.Write(bundle.Utf8[done..]);
    }

    private void WriteResource(Element resource, ArrayBufferWriter<byte> output)
    {
        output.Write("{\"resourceType\":\""u8);
        output.Write(Encoding.UTF8.GetBytes(resource.Type.Name));
        output.Write("\""u8);
        var hasMeta = false;
        foreach (var child in resource.Children)
        {
            if (child.Name == "meta")
            {
                WriteMeta(child, output);
                hasMeta = true;
            }
        }

        if (!hasMeta)
        {
            WriteMeta(default, output);
        }

        var whole = new ArrayBufferWriter<byte>();
        var done = -1;
        foreach (var child in resource.Children)
        {
            var fact = child.Fact!;
            if (child.Name == "meta" || fact.Id == done || !(keeps(fact) || fact.Min > 0 || fact.IsModifier || child.Name == "id"))
            {
                continue;
            }

            done = fact.Id;
            whole.ResetWrittenCount();
            FhirJson.WriteProperty(child, whole);
            output.Write(","u8);
            output.Write(whole.WrittenSpan);
        }

        output.Write("}"u8);
    }

    private static void WriteMeta(Element meta, ArrayBufferWriter<byte> output)
    {
        const string Tag = """{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}""";
        output.Write(",\"meta\":{"u8);
        var tags = Tag;
        if (meta.Exists)
        {
            var written = new ArrayBufferWriter<byte>();
            var done = -1;
            foreach (var child in meta.Children)
            {
                if (child.Name == "tag")
                {
                    written.ResetWrittenCount();
                    FhirJson.Write(child, written);
                    tags = $"{Encoding.UTF8.GetString(written.WrittenSpan)},{tags}";
                }
                else if (child.Fact!.Id != done)
                {
                    done = child.Fact.Id;
                    FhirJson.WriteProperty(child, output);
                    output.Write(","u8);
                }
            }
        }

        output.Write(Encoding.UTF8.GetBytes($"\"tag\":[{tags}]}}"));
    }
}
