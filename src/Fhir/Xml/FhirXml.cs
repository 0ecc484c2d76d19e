using System.Text;
using System.Text.Json;
using System.Xml;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Kernel;

namespace Kangqiao.Fhir.Xml;

/// <summary>How XML is read and when reading gives up.</summary>
/// <param name="MaxDepth">Nested FHIR elements.</param>
/// <param name="MaxCharacters">Of the whole document.</param>
/// <param name="AnyOrder">True to read elements that do not stand in the order of their definition, as published profiles sometimes do not.</param>
public sealed record XmlReadOptions(int MaxDepth = 64, long MaxCharacters = 64 * 1024 * 1024, bool AnyOrder = false)
{
    public static XmlReadOptions Default { get; } = new();
}

/// <summary>
/// FHIR XML (R4 xml.html) as FHIR JSON (json.html): the same resource, element by element, so that everything else in the
/// kernel need know one form only. What it checks is what the change of form needs; the rest is validation's.
/// </summary>
public static class FhirXml
{
    public const string Namespace = "http://hl7.org/fhir";

    private static readonly XmlWriterSettings Plain = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        // Line ends inside values survive only as references: XML readers make blanks of them in attributes.
        NewLineHandling = NewLineHandling.Entitize,
    };

    /// <summary>
    /// Reads a resource sent as XML. Findings name elements by path; they have no line, except when the XML itself is broken,
    /// which their text then says.
    /// </summary>
    public static FhirDocument Read(ReadOnlySpan<byte> xml, FindingList findings, ReadOptions? options = null)
    {
        var document = new FhirDocument { IsConverted = true };
        if (ToJson(xml).Try(out var json, out var problem))
        {
            document.ReadInto(json, findings, options);
        }
        else
        {
            findings.Add(new Finding(ReadFindings.NotXml, Severity.Fatal, "", [problem.Message], 0, 0));
        }

        return document;
    }

    /// <summary>The resource in UTF-8 JSON, or where and why the XML cannot be read.</summary>
    public static Outcome<byte[]> ToJson(ReadOnlySpan<byte> xml, XmlReadOptions? options = null)
    {
        using var stream = new MemoryStream(xml.ToArray(), writable: false);
        return ToJson(stream, options);
    }

    /// <inheritdoc cref="ToJson(ReadOnlySpan{byte}, XmlReadOptions?)"/>
    /// <exception cref="IOException">The stream broke.</exception>
    public static Outcome<byte[]> ToJson(Stream xml, XmlReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(xml);
        options ??= XmlReadOptions.Default;
        using var reader = XmlReader.Create(xml, new XmlReaderSettings
        {
            // xml.html: no DTD, so no entities but XML's own: this is also what keeps entity bombs and file reads out.
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = options.MaxCharacters,
        });
        var conversion = new XmlToJson(reader, options);
        try
        {
            return conversion.Convert();
        }
        catch (XmlException broken)
        {
            // The reader has no message of its own for the limit, only its position past it.
            return broken.Message.Contains(nameof(XmlReaderSettings.MaxCharactersInDocument), StringComparison.Ordinal)
                ? Problems.TooLarge(options.MaxCharacters)
                : Problems.NotXml(broken.LineNumber, broken.LinePosition, conversion.Explain(broken));
        }
    }

    /// <summary>A resource in UTF-8 JSON as FHIR XML (UTF-8, without a byte order mark), or why it cannot be written so.</summary>
    /// <param name="json">Read as it is: what JSON the kernel accepts is decided where JSON is read.</param>
    public static Outcome<byte[]> FromJson(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 128, AllowDuplicateProperties = false });
            using var stream = new MemoryStream();
            using (var writer = XmlWriter.Create(stream, Plain))
            {
                if (new JsonToXml(writer).Write(document.RootElement) is { } problem)
                {
                    return problem;
                }
            }

            return stream.ToArray();
        }
        catch (JsonException broken)
        {
            return Problems.NotJson(broken.LineNumber ?? 0, broken.BytePositionInLine ?? 0);
        }
    }
}
