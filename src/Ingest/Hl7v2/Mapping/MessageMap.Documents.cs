using System.Text;
using Kangqiao.Ingest.Hl7v2.Reading;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Hl7v2.Mapping;

/// <summary>TXA and what follows it: documents, their replacement and withdrawal.</summary>
internal sealed partial class MessageMap
{
    private readonly StringBuilder documentText = new();
    private Draft? document;
    private bool hasContent;

    private void DocumentOf(Segment txa)
    {
        var number = txa.Field(12).Component(1).Text() is { Length: > 0 } id ? id : txa.Field(12).Component(3).Text();
        if (patient is null || (number.Length == 0 && type != "MDM"))
        {
            return;
        }

        if (number.Length == 0)
        {
            findings.Add(Hl7Findings.Of(Hl7Findings.NoDocumentNumber, txa.Path + "-12"));
            return;
        }

        var made = Record("DocumentReference", SourceKey.Document(number));
        var body = made.Body;
        Apply(content.Segment("TXA", "DocumentReference"), txa, body);
        if (!body.Has("masterIdentifier"))
        {
            body.Set("masterIdentifier", new FhirObject().Set("system", Local("id-document")).Set("value", number));
        }

        var written = Time(txa.Field(6).Repetition(1), new Place(txa, 6)) ?? Time(txa.Field(4).Repetition(1), new Place(txa, 4));
        body.Set("status", content.Codes("DocumentAvailability")[txa.Field(19).Text()]?.Code ?? "current")
            .Set("docStatus", content.Codes("DocumentStatus")[txa.Field(17).Text()]?.Code)
            .Set("subject", Subject).Set("date", written is { Length: > 10 } ? written : null);
        if (VisitReference is { } during)
        {
            body.Object("context").Add("encounter", during);
        }

        made.IsMention = type is not ("MDM" or "ORU" or "OUL");
        if (trigger == "T11")
        {
            made.Intent = MappedIntent.Withdraw;
            body.Set("status", "entered-in-error").Set("docStatus", "entered-in-error");
        }

        Relate(txa, made);
        if (!body.First("content").Object("attachment").Has("title"))
        {
            body.First("content").Object("attachment").Set("title", Words(txa.Field(2)) is { Length: > 0 } title ? title : number);
        }

        if (type == "MDM")
        {
            document = made;
        }

        noted = null;
    }

    /// <summary>
    /// T09 and T10 replace the parent document (TXA-13), which then is superseded; T05 and T06 add to it; T01 to T04 and T07, T08
    /// with a parent are new states of the same document.
    /// </summary>
    private void Relate(Segment txa, Draft made)
    {
        var parent = txa.Field(13).Component(1).Text() is { Length: > 0 } id ? id : txa.Field(13).Component(3).Text();
        if (parent.Length == 0 || type != "MDM" || SourceKey.Document(parent) == made.Key)
        {
            return;
        }

        var code = trigger switch { "T09" or "T10" => "replaces", "T05" or "T06" => "appends", _ => null };
        if (code is null)
        {
            return;
        }

        var reference = names.Reference("DocumentReference", SourceKey.Document(parent));
        made.Body.Add("relatesTo", new FhirObject().Set("code", code).Set("target", new FhirObject().Set("reference", reference)));
        if (code == "replaces")
        {
            Supersede(parent);
        }
    }

    private void Supersede(string parent)
    {
        // Where the replaced document has not come, there is nothing to amend, and relatesTo says enough.
        var old = Record("DocumentReference", SourceKey.Document(parent));
        old.Intent = MappedIntent.Amend;
        old.Body.Set("status", "superseded");
    }

    /// <summary>True where an observation is the document's content rather than a finding in it.</summary>
    private bool Embed(Segment obx)
    {
        switch (obx.Field(2).Text())
        {
            case "ED" or "RP":
                if (Attachment(obx, SourceKey.Part(document!.Key, "content|" + obx.Field(3).Text() + "|" + obx.Field(1).Text())) is { } attachment)
                {
                    AddContent(attachment);
                }

                return true;
            case "TX" or "FT" or "ST" or "":
                var text = Paragraphs(obx.Field(5));
                if (text.Length > 0)
                {
                    documentText.Append(documentText.Length > 0 ? "\n" : "").Append(text);
                }

                return true;
            default:
                return false;
        }
    }

    private void AddContent(FhirObject attachment)
    {
        var body = document!.Body;
        if (hasContent)
        {
            body.Add("content", new FhirObject().Set("attachment", attachment));
            return;
        }

        attachment.Set("title", body.First("content").Object("attachment")["title"]);
        body.First("content").Set("attachment", attachment);
        hasContent = true;
    }

    private void EndDocument()
    {
        if (document is not null && documentText.Length > 0)
        {
            const string Plain = "text/plain; charset=utf-8";
            AddContent(new FhirObject().Set("contentType", Plain)
                .Set("url", Stored(Base64(Encoding.UTF8.GetBytes(documentText.ToString())), Plain, SourceKey.Part(document.Key, "text"))));
        }
    }
}
