using System.Buffers.Text;
using System.Text;
using Kangqiao.Ingest.Cda.Header;
using Kangqiao.Ingest.Cda.Reading;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Cda.Records;

/// <summary>The document itself: DocumentReference, its XML as Binary, its attachments as Binaries of their own.</summary>
internal static class DocumentRecords
{
    /// <summary>An attachment of this size and more is taken out of the document's XML, so that it is not stored twice.</summary>
    private const int Large = 64 * 1024;

    /// <param name="Slice">Of the source's text.</param>
    private sealed record Attachment(string Key, string MediaType, string Title, int Start, int Length);

    /// <param name="original">As sent, in the sender's charset.</param>
    public static void Write(XmlElement root, HeaderMapping header, ReadOnlyMemory<byte> original, DocumentContext context)
    {
        var attachments = Attachments(root, context);
        Binary(context.PartKey("xml"), "text/xml", Whole(root.Source, original, attachments, context), context);
        foreach (var attachment in attachments)
        {
            var text = root.Source.Span.Slice(attachment.Start, attachment.Length);
            Add(context, "Binary", attachment.Key, Base64Body(attachment.MediaType, text));
        }

        var related = Related(root, context);
        using var body = new FhirBody("DocumentReference");
        Identify(body, root, header, context);
        body.Text("status", "current");
        body.Text("docStatus", "final");
        Type(body, root, context);
        body.Reference("subject", context.Subject);
        if (context.Made is { Length: > 10 } made)
        {
            body.Text("date", made);
        }

        if (header.Authors.Count > 0)
        {
            body.Array("author");
            header.Authors.ForEach(a => body.Reference(null, a));
            body.EndArray();
        }

        body.Reference("authenticator", header.Authenticator);
        body.Reference("custodian", context.Custodian);
        RelatesTo(body, related, context);
        body.Text("description", root.Child("title").Text ?? context.Type?.Title);
        Confidentiality(body, root);
        body.Array("content");
        Content(body, "text/xml", context.PartKey("xml"), context.Type?.Title ?? root.Child("title").Text, original.Length, root.Child("templateId")["root"] ?? context.Type?.Template, context);
        attachments.ForEach(a => Content(body, a.MediaType, a.Key, a.Title, null, null, context));
        body.EndArray();
        Context(body, context);
        context.Add(new MappedRecord("DocumentReference", context.DocumentKey, body.Finish()));
        foreach (var (_, key) in related.Where(r => r.Code == "replaces"))
        {
            context.Replaced.Add(key);
            context.Add(new MappedRecord("DocumentReference", key, Encoding.UTF8.GetBytes("""{"resourceType":"DocumentReference","status":"superseded"}""")) { Intent = MappedIntent.Amend });
        }
    }

    private static void Identify(FhirBody body, XmlElement root, HeaderMapping header, DocumentContext context)
    {
        var version = Mentions.Said(root.Child("versionNumber")["value"] ?? root.Child("versionNumber").Text);
        // FHIR has room for one authenticator; the others sign here, each with the role.
        var others = header.Signers.Skip(1).ToList();
        if (version is not null || others.Count > 0)
        {
            body.Array("extension");
            if (version is not null)
            {
                body.Object();
                body.Text("url", DocumentContext.Extensions + "document-version");
                body.Text("valueString", version);
                body.EndObject();
            }

            foreach (var (role, who) in others)
            {
                body.Object();
                body.Text("url", DocumentContext.Extensions + "signer");
                body.Reference("valueReference", who with { Display = string.Join(' ', new[] { role, who.Display }.Where(t => t is not null)) });
                body.EndObject();
            }

            body.EndArray();
        }

        if (Id(root.Child("id")) is { } id)
        {
            body.Identifier("masterIdentifier", System(root.Child("id"), context) ?? "urn:oid:2.16.156.10011.1.1", id);
        }

        if (Id(root.Child("setId")) is { } set)
        {
            body.Array("identifier");
            body.Identifier(null, System(root.Child("setId"), context), set);
            body.EndArray();
        }
    }

    private static void Type(FhirBody body, XmlElement root, DocumentContext context)
    {
        var code = root.Child("code");
        if (context.Type is { } type)
        {
            body.Concept("type", "urn:oid:2.16.156.10011.2.4", type.Code, type.Title, type.Title);
        }
        else if (code["code"] is not null)
        {
            body.Concept("type", CdaValue.Read(code, context.Options, context.Findings), context, "document-type");
        }

        body.Array("category");
        body.ConceptText(null, context.Type?.Code.StartsWith('C') == true ? "电子病历共享文档" : context.Type is not null ? "健康档案共享文档" : "其他文档");
        body.EndArray();
    }

    private static void Content(FhirBody body, string media, string key, string? title, int? size, string? template, DocumentContext context)
    {
        body.Object();
        body.Object("attachment");
        body.Code("contentType", media);
        body.Text("url", context.Names.Reference("Binary", key));
        if (size is not null)
        {
            body.Integer("size", size.Value);
        }

        body.Text("title", title);
        body.EndObject();
        if (template is not null && context.Content.SystemOf(template) is { } oid)
        {
            body.Coding("format", "urn:ietf:rfc:3986", oid, null);
        }

        body.EndObject();
    }

    private static void Context(FhirBody body, DocumentContext context)
    {
        if (context.Encounter is null && context.Derived.Count == 0 && context.Time is null)
        {
            return;
        }

        body.Object("context");
        if (context.Encounter is not null)
        {
            body.Array("encounter");
            body.Reference(null, context.Encounter);
            body.EndArray();
        }

        body.Period("period", context.Time, null);
        if (context.Derived.Count > 0)
        {
            // What was made of its entries, so that a later version or a withdrawal finds it.
            body.Array("related");
            context.Derived.ForEach(d => body.Reference(null, new Target(d)));
            body.EndArray();
        }

        body.EndObject();
    }

    private static void Confidentiality(FhirBody body, XmlElement root)
    {
        if (root.Child("confidentialityCode")["code"]?.ToUpperInvariant() is "N" or "R" or "V" or "L" or "M" or "U")
        {
            body.Array("securityLabel");
            body.Concept(null, "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", root.Child("confidentialityCode")["code"]!.ToUpperInvariant(), null);
            body.EndArray();
        }
    }

    /// <summary>Documents this one replaces, adds to or transforms, by the keys they have here.</summary>
    private static List<(string Code, string Key)> Related(XmlElement root, DocumentContext context)
    {
        var related = new List<(string, string)>();
        foreach (var link in root.Children("relatedDocument"))
        {
            var parent = link.Child("parentDocument");
            var code = link["typeCode"] switch { "RPLC" => "replaces", "APND" => "appends", "XFRM" => "transforms", _ => null };
            if (code is not null && KeyOf(parent) is { } key && key != context.DocumentKey && !related.Contains((code, key)))
            {
                related.Add((code, key));
            }
        }

        return related;
    }

    private static void RelatesTo(FhirBody body, List<(string Code, string Key)> related, DocumentContext context)
    {
        if (related.Count == 0)
        {
            return;
        }

        body.Array("relatesTo");
        foreach (var (code, key) in related)
        {
            body.Object();
            body.Text("code", code);
            body.Reference("target", new Target(context.Names.Reference("DocumentReference", key)));
            body.EndObject();
        }

        body.EndArray();
    }

    /// <summary>setId tells a document in all its versions; without one, its id.</summary>
    public static string? KeyOf(XmlElement document) =>
        (Id(document.Child("setId")) ?? Id(document.Child("id"))) is { } id ? SourceKey.Document(id) : null;

    private static string? Id(XmlElement id) => Mentions.Said(id["extension"] ?? id.Text ?? id["root"] switch
    {
        // A root alone is an identifier only where it is not one of the standard's arcs.
        { } root when !root.StartsWith("2.16.156.10011.", StringComparison.Ordinal) => root,
        _ => null,
    });

    private static string? System(XmlElement id, DocumentContext context) => id["root"] is { } root && id["extension"] is not null ? context.Content.SystemOf(root) : null;

    private static List<Attachment> Attachments(XmlElement root, DocumentContext context)
    {
        var found = new List<Attachment>();
        Find(root, found, context);
        return found;
    }

    private static void Find(XmlElement element, List<Attachment> found, DocumentContext context)
    {
        foreach (var child in element.Elements)
        {
            if (child["representation"] == "B64" && child.TextBytes > 0)
            {
                var (start, length) = child.TextSlice;
                var text = child.Source.Span.Slice(start, length);
                if (length == 0 || !Base64.IsValid(text))
                {
                    CdaValue.Report(CdaFindings.Attachment, child, context.Findings);
                    continue;
                }

                var title = element.Child("id")["extension"] ?? element.Child("code")["displayName"];
                found.Add(new Attachment(context.PartKey($"attachment|{found.Count + 1}"), child["mediaType"] ?? "application/octet-stream", title ?? "附件", start, length));
            }
            else
            {
                Find(child, found, context);
            }
        }
    }

    /// <summary>The document as sent; where large attachments stand as Binaries of their own, a comment names each in its place.</summary>
    private static ReadOnlyMemory<byte> Whole(ReadOnlyMemory<byte> utf8, ReadOnlyMemory<byte> original, List<Attachment> attachments, DocumentContext context)
    {
        if (!attachments.Exists(a => a.Length >= Large))
        {
            return original;
        }

        using var output = new MemoryStream();
        var at = 0;
        foreach (var attachment in attachments.Where(a => a.Length >= Large).OrderBy(a => a.Start))
        {
            output.Write(utf8.Span[at..attachment.Start]);
            output.Write(Encoding.UTF8.GetBytes($"<!-- {context.Names.Reference("Binary", attachment.Key)} -->"));
            at = attachment.Start + attachment.Length;
        }

        output.Write(utf8.Span[at..]);
        return output.GetBuffer().AsMemory(0, (int)output.Length);
    }

    private static void Binary(string key, string media, ReadOnlyMemory<byte> content, DocumentContext context)
    {
        var head = Head(media);
        var body = new byte[head.Length + Base64.GetMaxEncodedToUtf8Length(content.Length) + 2];
        head.CopyTo(body, 0);
        Base64.EncodeToUtf8(content.Span, body.AsSpan(head.Length), out _, out var written);
        "\"}"u8.CopyTo(body.AsSpan(head.Length + written));
        Add(context, "Binary", key, body.AsMemory(0, head.Length + written + 2));
    }

    /// <summary>Base64 that is in the document already goes over without being decoded.</summary>
    private static ReadOnlyMemory<byte> Base64Body(string media, ReadOnlySpan<byte> text)
    {
        var head = Head(media);
        var body = new byte[head.Length + text.Length + 2];
        head.CopyTo(body, 0);
        var at = head.Length;
        while (!text.IsEmpty)
        {
            var blank = text.IndexOfAny(" \t\r\n"u8);
            var run = blank < 0 ? text : text[..blank];
            run.CopyTo(body.AsSpan(at));
            at += run.Length;
            text = blank < 0 ? default : text[(blank + 1)..];
        }

        "\"}"u8.CopyTo(body.AsSpan(at));
        return body.AsMemory(0, at + 2);
    }

    private static byte[] Head(string media)
    {
        var clean = media.Length is > 0 and < 100 && media.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '+' or '.') ? media : "application/octet-stream";
        return Encoding.ASCII.GetBytes($$"""{"resourceType":"Binary","contentType":"{{clean}}","data":" """.TrimEnd());
    }

    private static void Add(DocumentContext context, string type, string key, ReadOnlyMemory<byte> body) =>
        context.Add(new MappedRecord(type, key, body));
}
