using System.Text;
using System.Xml;
using System.Xml.Schema;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Validation;
using Kangqiao.Ingest.Cda;
using Kangqiao.Ingest.Cda.Content;
using Kangqiao.Ingest.Cda.Writing;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Tests.Cda;

/// <summary>The format with the content that ships, and what its tests ask of it.</summary>
internal static class TheFormat
{
    public static readonly SenderNames Hospital = new("H001");

    private static readonly Validator Validator = new(new ValidationOptions { BestPractice = BestPractice.Ignore });

    private static readonly Lazy<CdaContent> LoadedContent = new(() => CdaContent.Load(ContentFolder).Value);

    private static readonly Lazy<SharedDocumentWriter> LoadedWriter = new(() => SharedDocumentWriter.Load(Content, ContentFolder).Value);

    public static string Root { get; } = FindRoot();

    public static string ContentFolder => Path.Combine(Root, "content", "mappings", "cda");

    public static CdaContent Content => LoadedContent.Value;

    public static SharedDocumentWriter Writer => LoadedWriter.Value;

    public static string SchemaFolder => Path.Combine(Root, "..", "shared", "conformance", "cda-xsd");

    public static MappedUnit Map(byte[] bytes, CdaOptions? options = null) =>
        new CdaFormat(Content, options).Map(new RawUnit(0, bytes), Hospital).ShouldHaveSingleItem();

    public static MappedUnit Map(string xml, CdaOptions? options = null) => Map(Encoding.UTF8.GetBytes(xml), options);

    public static MappedUnit Map(SharedDocument document) => Map(Writer.Write(document));

    public static List<Element> Of(this MappedUnit unit, string type) =>
        unit.Records.Where(r => r.Type == type).Select(r => FhirDocument.Read(r.Body, new FindingList()).Root).ToList();

    public static Element One(this MappedUnit unit, string type) => unit.Of(type).ShouldHaveSingleItem();

    public static string Json(this MappedUnit unit) =>
        string.Join('\n', unit.Records.Where(r => r.Type is not "Binary").Select(r => Encoding.UTF8.GetString(r.Body.Span)));

    public static void ShouldBeSound(this MappedUnit unit)
    {
        unit.Findings.Where(f => f.IsError).ShouldBeEmpty();
        unit.Records.ShouldNotBeEmpty();
        foreach (var record in unit.Records.Where(r => r.Intent == MappedIntent.Put || r.Type is "Patient" or "Encounter"))
        {
            var findings = new FindingList();
            var document = FhirDocument.Read(record.Body, findings);
            Validator.Validate(document, findings);
            findings.Items.Where(f => f.IsError).ShouldBeEmpty($"{record.Type} {record.Key}: {string.Join("; ", findings.Items.Where(f => f.IsError))}\n{Cut(record.Body)}");
        }

        unit.Records.GroupBy(r => (r.Type, r.Key)).ShouldAllBe(g => g.Count() == 1, "one record is told twice");
    }

    public static List<string> SchemaFaults(string type, byte[] xml)
    {
        var faults = new List<string>();
        var schemas = new XmlSchemaSet();
        using (var schema = XmlReader.Create(Path.Combine(SchemaFolder, type + ".xsd")))
        {
            schemas.Add(null, schema);
        }

        var settings = new XmlReaderSettings { ValidationType = ValidationType.Schema, Schemas = schemas };
        settings.ValidationEventHandler += (_, fault) => faults.Add($"{fault.Exception.LineNumber}: {fault.Message}");
        using var reader = XmlReader.Create(new MemoryStream(xml), settings);
        while (reader.Read())
        {
        }

        return faults;
    }

    private static string Cut(ReadOnlyMemory<byte> body) => Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, 1500)]);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Kangqiao.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run inside the project.");
    }
}
