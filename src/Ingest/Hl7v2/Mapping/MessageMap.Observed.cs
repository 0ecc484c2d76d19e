using System.Text;
using Kangqiao.Ingest.Hl7v2.Reading;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Hl7v2.Mapping;

/// <summary>OBX-2 and OBX-5: values, ranges and embedded data.</summary>
internal sealed partial class MessageMap
{
    private void Values(Segment obx, FhirObject body)
    {
        var field = obx.Field(5);
        if (field.IsEmpty || field.IsNull)
        {
            return;
        }

        var kind = obx.Field(2).Text();
        var count = field.RepetitionCount;
        if (count == 1 || kind is "ST" or "TX" or "FT" or "")
        {
            var (name, value) = ValueOf(obx, kind, count == 1 ? field.Repetition(1) : field, new Place(obx, 5));
            body.Set(name, value);
            return;
        }

        // HL7 v2-to-FHIR OBX[Observation-Component]: several values of one item.
        for (var i = 1; i <= count; i++)
        {
            var (name, value) = ValueOf(obx, kind, field.Repetition(i), new Place(obx, 5, i));
            if (value is not null)
            {
                body.Add("component", new FhirObject().Set("code", body["code"]).Set(name, value));
            }
        }
    }

    private (string Name, object? Value) ValueOf(Segment obx, string kind, Hl7Value value, Place place)
    {
        switch (kind)
        {
            case "NM":
                return NumberOf(obx, value, place);
            case "SN":
                return StructuredNumber(obx, value);
            case "CQ":
                return ("valueQuantity", Quantity(value, place));
            case "CE" or "CWE" or "CNE" or "CF" or "IS" or "ID":
                return ("valueCodeableConcept", Concept(value, "lab-value", null, place));
            case "DT" or "TS" or "DTM":
                return Time(value, place) is { } when ? ("valueDateTime", when) : ("valueString", value.Whole());
            case "TM" when TimeOfDay(value.Text()) is { } hour:
                return ("valueTime", hour);
            case "DR":
                return ("valuePeriod", new FhirObject().Set("start", Time(value.Component(1), place)).Set("end", Time(value.Component(2), place)));
            case "XCN" or "XPN" or "XAD" or "XON" or "XTN" or "CX" or "EI" or "PN" or "HD":
                return ("valueString", Plain(value));
            case "":
                return Numbers.Decimal(value.Text()) is not null && obx.Field(6).HasValue ? NumberOf(obx, value, place) : ("valueString", Paragraphs(value));
            default:
                return ("valueString", Paragraphs(value));
        }
    }

    /// <summary>Repetitions of a text are its lines.</summary>
    private static string Paragraphs(Hl7Value value) =>
        string.Join('\n', Enumerable.Range(1, value.RepetitionCount).Select(i => value.Repetition(i).Whole())) is { Length: > 0 } lines && value.RepetitionCount > 1
            ? lines
            : value.Whole();

    private string Plain(Hl7Value value) =>
        string.Join(' ', value.Whole().Split([(char)message.Separators.Component, (char)message.Separators.Subcomponent], StringSplitOptions.RemoveEmptyEntries));

    private (string Name, object? Value) NumberOf(Segment obx, Hl7Value value, Place place)
    {
        var text = value.Text();
        var quantity = new FhirObject();
        if (Numbers.Decimal(text) is { } number)
        {
            quantity.Set("value", new Digits(number));
        }
        else if (Numbers.Compared(text) is var (comparator, bound))
        {
            // <0.5 is SN, but is sent as NM everywhere.
            quantity.Set("value", new Digits(bound)).Set("comparator", comparator);
        }
        else
        {
            Found(Hl7Findings.BadNumber, place, text);
            return ("valueString", text);
        }

        SetUnit(quantity, obx.Field(6).Repetition(1));
        return ("valueQuantity", quantity);
    }

    /// <summary>SN: comparator, number, separator, number (2.A.70).</summary>
    private (string Name, object? Value) StructuredNumber(Segment obx, Hl7Value value)
    {
        var comparator = value.Component(1).Text();
        var first = Numbers.Decimal(value.Component(2).Text());
        var separator = value.Component(3).Text();
        var second = Numbers.Decimal(value.Component(4).Text());
        if (first is null)
        {
            return ("valueString", string.Concat(comparator, value.Component(2).Text(), separator, value.Component(4).Text()));
        }

        FhirObject Measured(string digits)
        {
            var quantity = new FhirObject().Set("value", new Digits(digits));
            SetUnit(quantity, obx.Field(6).Repetition(1));
            return quantity;
        }

        return separator switch
        {
            "-" when second is not null => ("valueRange", new FhirObject().Set("low", Measured(first)).Set("high", Measured(second))),
            ":" or "/" when second is not null => ("valueRatio", new FhirObject()
                .Set("numerator", new FhirObject().Set("value", new Digits(first)))
                .Set("denominator", new FhirObject().Set("value", new Digits(second)))),
            "" when comparator is "<" or "<=" or ">" or ">=" => ("valueQuantity", Measured(first).Set("comparator", comparator)),
            "" when comparator is "" or "=" => ("valueQuantity", Measured(first)),
            _ => ("valueString", string.Concat(comparator, first, separator, second)),
        };
    }

    /// <summary>3.5-5.5, &lt;5, ≥40 and anything else that is a text.</summary>
    private static FhirObject RangeOf(string written, FhirObject? quantity)
    {
        var range = new FhirObject();
        FhirObject Bound(string digits) => new FhirObject().Set("value", new Digits(digits))
            .Set("unit", quantity?["unit"]).Set("system", quantity?["system"]).Set("code", quantity?["code"]);

        var text = written.Replace('～', '-').Replace('~', '-').Replace('—', '-').Replace('–', '-').Replace("--", "-", StringComparison.Ordinal);
        if (quantity is not null && text.IndexOf('-', 1) is var dash and > 0
            && Numbers.Decimal(text[..dash]) is { } low && Numbers.Decimal(text[(dash + 1)..]) is { } high)
        {
            range.Set("low", Bound(low)).Set("high", Bound(high));
        }
        else if (quantity is not null && Numbers.Compared(text) is var (comparator, bound))
        {
            range.Set(comparator[0] == '<' ? "high" : "low", Bound(bound));
        }

        return range.Set("text", written);
    }

    private static string? TimeOfDay(string text) =>
        text.Length >= 4 && text.AsSpan(0, 4).IndexOfAnyExceptInRange('0', '9') < 0 && string.CompareOrdinal(text, 0, "23", 0, 2) <= 0 && text[2] < '6'
            ? $"{text[..2]}:{text[2..4]}:{(text.Length >= 6 && text[4] is >= '0' and < '6' && char.IsAsciiDigit(text[5]) ? text[4..6] : "00")}"
            : null;

    /// <summary>ED and RP: a form of the report, or a document where there is no report.</summary>
    private void Attach(Segment obx, string key)
    {
        if (Attachment(obx, key) is not { } attachment)
        {
            return;
        }

        attachment.Set("title", Words(obx.Field(3)));
        if (order?.Report is { } report)
        {
            report.Body.Add("presentedForm", attachment);
            return;
        }

        var loose = OwnRecord("DocumentReference", key, obx);
        loose.Body.Set("status", obx.Field(11).Text() is "D" or "W" ? "entered-in-error" : "current").Set("subject", Subject)
            .Set("type", Concept(obx.Field(3).Repetition(1), "document-type", null, new Place(obx, 3)))
            .Add("content", new FhirObject().Set("attachment", attachment));
        if (VisitReference is { } during)
        {
            loose.Body.Object("context").Add("encounter", during);
        }

        if (order?.Request is { Type: "ServiceRequest" } request)
        {
            request.Body.Add("supportingInfo", loose.Refer());
        }
    }

    private FhirObject? Attachment(Segment obx, string key)
    {
        var value = obx.Field(5).Repetition(1);
        var mime = MimeType(value.Component(2).Text(), value.Component(3).Text(), obx.Field(2).Text());
        var attachment = new FhirObject().Set("contentType", mime);
        if (obx.Field(2).Text() == "RP")
        {
            // In a URL the delimiters of HL7 are escaped; what is no URL is kept as one that names the sender's file.
            var pointer = value.Component(1).Text();
            return pointer.Length == 0 ? null
                : attachment.Set("url", Uri.TryCreate(pointer, UriKind.Absolute, out _) && !pointer.Contains(' ', StringComparison.Ordinal) ? pointer : "urn:local:" + Uri.EscapeDataString(pointer));
        }

        return Data(value, new Place(obx, 5)) is { } data ? attachment.Set("url", Stored(data, mime, key)) : null;
    }

    /// <summary>ED-5 in base64, whatever ED-4 says it is in.</summary>
    private ReadOnlyMemory<byte>? Data(Hl7Value value, Place place)
    {
        var data = value.Component(5);
        if (data.IsEmpty)
        {
            return null;
        }

        switch (value.Component(4).Text().ToUpperInvariant())
        {
            case "A":
                return Base64(Encoding.UTF8.GetBytes(data.Whole()));
            case "HEX":
                var hex = data.Text();
                return hex.Length % 2 == 0 && hex.All(char.IsAsciiHexDigit) ? Base64(Convert.FromHexString(hex)) : Bad();
            default:
                // Base64 is often sent in lines.
                var bare = data.Bytes.IndexOfAny("\r\n "u8) < 0 ? data.Bytes.ToArray() : [.. data.Bytes.ToArray().Where(c => c is not ((byte)'\r' or (byte)'\n' or (byte)' '))];
                return System.Buffers.Text.Base64.IsValid(bare) ? bare : Bad();
        }

        ReadOnlyMemory<byte>? Bad()
        {
            Found(Hl7Findings.BadBase64, place);
            return null;
        }
    }

    private static ReadOnlyMemory<byte> Base64(byte[] bytes) => Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes));

    /// <summary>Data of its own record; the URL by which it is referred to.</summary>
    private string Stored(ReadOnlyMemory<byte> base64, string mime, string key)
    {
        var binary = Record("Binary", SourceKey.Part(key, "data"));
        binary.Body.Set("contentType", mime).Set("data", base64);
        return binary.Reference;
    }

    /// <summary>Tables 0191 and 0291, and what senders write there.</summary>
    private static string MimeType(string kind, string subtype, string dataType)
    {
        var detail = subtype.ToLowerInvariant();
        if (detail.Contains('/', StringComparison.Ordinal))
        {
            return detail;
        }

        return (kind.ToLowerInvariant(), detail) switch
        {
            (_, "pdf") or ("pdf", _) => "application/pdf",
            (_, "jpeg" or "jpg" or "jpe") => "image/jpeg",
            (_, "png" or "gif" or "tiff" or "bmp" or "mrxs" or "pict") => "image/" + detail,
            (_, "dicom" or "dcm") => "application/dicom",
            (_, "html" or "htm") => "text/html",
            (_, "rtf") => "application/rtf",
            (_, "xml" or "x-hl7-cda-level-one" or "x-hl7-cda-level-two" or "cda") => "text/xml",
            (_, "octet-stream") => "application/octet-stream",
            ("text" or "txt" or "ft" or "tx", _) or (_, "plain" or "txt" or "text") => "text/plain",
            ("image" or "im", "") => "image/*",
            ("application" or "ap" or "image" or "im" or "audio" or "au" or "video" or "text", _) => $"{(kind.ToLowerInvariant() switch { "ap" => "application", "im" => "image", "au" => "audio", var k => k })}/{(detail.Length > 0 ? detail : "octet-stream")}",
            _ => dataType == "RP" ? "" : "application/octet-stream",
        };
    }
}
