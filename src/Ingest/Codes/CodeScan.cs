using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Ingest.Codes;

/// <summary>Looks for codes of a sender's own tables in a record, and writes beside them what they are mapped to.</summary>
internal static class CodeScan
{
    private const int MostSeen = 200;
    private const int MostText = 200;

    private static readonly int Coding = R4.Facts.NameId("coding");
    private static readonly int System = R4.Facts.NameId("system");
    private static readonly int Code = R4.Facts.NameId("code");

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Adds what is mapped to nothing to <paramref name="seen"/>.</summary>
    /// <returns>The record with what is mapped beside the sender's own codes; null where nothing is to be added.</returns>
    public static byte[]? Apply(FhirDocument document, string sender, CodeMaps maps, List<SeenCode> seen)
    {
        List<(int At, MapEntry Entry)>? added = null;
        Walk(document.Root, sender, maps, seen, ref added);
        if (added is null)
        {
            return null;
        }

        added.Sort((x, y) => x.At.CompareTo(y.At));
        var json = document.Utf8;
        var output = new ArrayBufferWriter<byte>(json.Length + (added.Count * 200));
        var from = 0;
        foreach (var (at, entry) in added)
        {
            output.Write(json[from..at]);
            output.Write(","u8);
            Write(output, entry);
            from = at;
        }

        output.Write(json[from..]);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Is it a table that only its sender knows? Those that standards define have addresses that are known.</summary>
    public static bool IsLocal(ReadOnlySpan<byte> system) =>
        !system.IsEmpty && !system.StartsWith("urn:"u8) && !system.StartsWith("http://hl7.org/"u8) && !system.StartsWith("http://terminology.hl7.org/"u8)
        && !system.StartsWith("http://loinc.org"u8) && !system.StartsWith("http://snomed.info/"u8) && !system.StartsWith("http://unitsofmeasure.org"u8)
        && !system.StartsWith("http://www.nlm.nih.gov/"u8) && !system.StartsWith("http://dicom.nema.org/"u8) && !system.StartsWith("http://www.whocc.no/"u8)
        && !system.StartsWith("http://www.ama-assn.org/"u8) && !system.StartsWith("http://ncimeta.nci.nih.gov"u8)
        && !system.StartsWith("https://kangqiao.dev/fhir/CodeSystem/"u8) && !system.StartsWith("https://kangqiao.dev/fhir/StructureDefinition/"u8);

    private static void Walk(Element element, string sender, CodeMaps maps, List<SeenCode> seen, ref List<(int At, MapEntry Entry)>? added)
    {
        foreach (var child in element.Children)
        {
            if (child.IsPrimitive)
            {
                continue;
            }

            if (ReferenceEquals(child.Type, Concept))
            {
                Look(child, sender, maps, seen, ref added);
            }

            Walk(child, sender, maps, seen, ref added);
        }
    }

    private static TypeFact Concept { get; } = R4.Facts.Type("CodeableConcept")!;

    private static void Look(Element concept, string sender, CodeMaps maps, List<SeenCode> seen, ref List<(int At, MapEntry Entry)>? added)
    {
        var hasStandard = false;
        foreach (var coding in concept.ChildrenNamed(Coding))
        {
            hasStandard |= coding.Child(System) is { Exists: true } system && !IsLocal(system.Raw);
        }

        foreach (var coding in concept.ChildrenNamed(Coding))
        {
            var (system, code) = (coding.Child(System), coding.Child(Code));
            if (!system.Exists || !code.Exists || !IsLocal(system.Raw) || system.Text() is not { } table || code.Text() is not { Length: > 0 } value)
            {
                continue;
            }

            if (maps.Find(sender, table, value) is { } entry)
            {
                if (!Has(concept, entry.TargetSystem))
                {
                    (added ??= []).Add((coding.Start + coding.Raw.Length, entry));
                }
            }
            else if (!hasStandard && seen.Count < MostSeen && value.Length <= MostText && table.Length <= MostText)
            {
                seen.Add(new SeenCode(table, value, Short(coding.ChildText("display") ?? concept.ChildText("text")), PlaceOf(concept)));
            }
        }
    }

    private static bool Has(Element concept, string system)
    {
        foreach (var coding in concept.ChildrenNamed(Coding))
        {
            if (coding.ChildText("system") == system)
            {
                return true;
            }
        }

        return false;
    }

    private static string? Short(string? text) => text is { Length: > MostText } ? text[..MostText] : text;

    /// <summary>Without positions: Patient.contact.relationship.</summary>
    private static string PlaceOf(Element concept)
    {
        var path = concept.Path();
        if (!path.Contains('[', StringComparison.Ordinal))
        {
            return path;
        }

        var place = new System.Text.StringBuilder(path.Length);
        var isInside = false;
        foreach (var letter in path)
        {
            isInside = letter == '[' || (isInside && letter != ']');
            if (!isInside && letter != ']')
            {
                place.Append(letter);
            }
        }

        return place.ToString();
    }

    private static void Write(ArrayBufferWriter<byte> output, MapEntry entry)
    {
        using var writer = new Utf8JsonWriter(output, Readable);
        writer.WriteStartObject();
        writer.WriteString("system"u8, entry.TargetSystem);
        if (entry.TargetVersion is { } version)
        {
            writer.WriteString("version"u8, version);
        }

        writer.WriteString("code"u8, entry.TargetCode);
        if (entry.TargetDisplay is { } display)
        {
            writer.WriteString("display"u8, display);
        }

        // The sender chose its own code; this one was derived from it (R4 Coding.userSelected).
        writer.WriteBoolean("userSelected"u8, false);
        writer.WriteEndObject();
    }
}
