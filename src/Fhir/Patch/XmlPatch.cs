using System.Text;
using System.Xml;
using System.Xml.Linq;
using Kangqiao.Fhir.Xml;
using Kangqiao.Kernel;

namespace Kangqiao.Fhir.Patch;

/// <summary>
/// XML Patch (RFC 5261) on a resource in its XML form (R4 http.html#patch). All operations are done or none; the result is checked to
/// be a sound resource of the same type. The prefix f stands for FHIR where the patch does not say otherwise, and so does a patch
/// without any default namespace.
/// </summary>
public static class XmlPatch
{
    private static readonly XmlWriterSettings Plain = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        NewLineHandling = NewLineHandling.Entitize,
    };

    /// <summary>The patched resource as minified JSON, or the first problem with the operation it came from.</summary>
    /// <param name="resource">In JSON.</param>
    /// <param name="patch">XML: a root element with add, replace and remove inside.</param>
    public static Outcome<byte[]> Apply(ReadOnlyMemory<byte> resource, ReadOnlyMemory<byte> patch, PatchLimits? limits = null)
    {
        limits ??= PatchLimits.Default;
        if (!PatchedResource.Open(resource, limits).Try(out var before, out var problem)
            || !FhirXml.FromJson(resource).Try(out var xml, out problem)
            || !Read(xml, "resource", limits).Try(out var tree, out problem)
            || !Apply(tree, patch, limits).Try(out var patched, out problem))
        {
            return problem;
        }

        using var stream = new MemoryStream();
        using (var writer = XmlWriter.Create(stream, Plain))
        {
            patched.Save(writer);
        }

        return stream.Length > limits.MaxBytes ? Problems.TooLarge(limits.MaxBytes)
            : FhirXml.ToJson(stream.ToArray()).Try(out var json, out problem)
                ? PatchedResource.Close(System.Text.Json.Nodes.JsonNode.Parse(json), PatchedResource.TypeOf(before), limits)
                : problem;
    }

    /// <summary>The same on any XML. The given tree is used up.</summary>
    internal static Outcome<XDocument> Apply(XDocument tree, ReadOnlyMemory<byte> patch, PatchLimits limits)
    {
        if (!Read(patch, "patch", limits).Try(out var document, out var problem))
        {
            return problem;
        }

        var operations = document.Root!.Elements().ToList();
        if (operations.Count == 0)
        {
            return Problems.NoOperations();
        }

        if (operations.Count > limits.MaxOperations)
        {
            return Problems.TooManyOperations(limits.MaxOperations);
        }

        // Each operation may look at all there is; what operations add counts with the patch's own size.
        var work = limits.MaxWork;
        for (var i = 0; i < operations.Count; i++)
        {
            if (new XmlOperation(i, operations[i]).Do(tree, ref work) is { } refused)
            {
                return refused;
            }
        }

        return tree;
    }

    internal static Outcome<XDocument> Read(ReadOnlyMemory<byte> xml, string what, PatchLimits limits)
    {
        if (xml.Length > limits.MaxBytes)
        {
            return Problems.TooLarge(limits.MaxBytes);
        }

        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = limits.MaxBytes };
        try
        {
            // Trees are copied and written by recursion: their depth is bounded before one is made.
            using (var depth = XmlReader.Create(new MemoryStream(xml.ToArray(), writable: false), settings))
            {
                while (depth.Read())
                {
                    if (depth.Depth > limits.MaxDepth * 2)
                    {
                        return Problems.TooDeep(0, limits.MaxDepth);
                    }
                }
            }

            using var reader = XmlReader.Create(new MemoryStream(xml.ToArray(), writable: false), settings);
            return XDocument.Load(reader, LoadOptions.PreserveWhitespace);
        }
        catch (XmlException broken)
        {
            return Problems.NotXml(what, broken.Message);
        }
    }
}
