using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Kangqiao.Codes;

/// <summary>
/// The JSON of a CodeSystem, laid out for reading and comparing: a header line per element, then a line per concept, indented by level.
/// </summary>
internal static class CodeSystemFile
{
    public const string Root = "https://kangqiao.dev/fhir/";

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ContentFile Of(CodeSystemDraft system)
    {
        var text = new StringBuilder("{\n");
        Line(text, "resourceType", "CodeSystem");
        Line(text, "id", system.Id);
        Line(text, "url", system.Url);
        if (system.Aliases.Count > 0)
        {
            // Names that are no URIs cannot be canonical URLs; they stay findable as identifiers.
            Raw(text, "identifier", $"[{string.Join(", ", system.Aliases.Select(a => $"{{\"system\": \"{Root}table-name\", \"value\": {Json(a)}}}"))}]");
        }

        if (system.Version is { } version)
        {
            Line(text, "version", version);
        }

        Line(text, "name", NameOf(system.Id));
        Line(text, "title", system.Title);
        Line(text, "status", "active");
        if (system.Publisher is { } publisher)
        {
            Line(text, "publisher", publisher);
        }

        if (system.Note is { } note)
        {
            Line(text, "description", note);
        }

        Line(text, "copyright", $"Source: {system.Source}");
        Raw(text, "caseSensitive", "true");
        Line(text, "valueSet", $"{Root}ValueSet/{system.Id}");
        if (system.Concepts.Any(c => c.Children.Count > 0))
        {
            Line(text, "hierarchyMeaning", "is-a");
        }

        Line(text, "content", system.IsComplete ? "complete" : "fragment");
        Raw(text, "count", $"{system.All().Count()}");
        Properties(text, system);
        text.Append("  \"concept\": [");
        Concepts(text, system.Concepts, 4);
        text.Append("\n  ]\n}\n");
        return new ContentFile($"codesystem/{system.Id}.json", Encoding.UTF8.GetBytes(text.ToString()));
    }

    public static string Json(string text) => JsonSerializer.Serialize(text, Plain);

    private static void Properties(StringBuilder text, CodeSystemDraft system)
    {
        const string Standard = "http://hl7.org/fhir/concept-properties#";
        var lines = new List<string>();
        if (system.All().Any(c => c.IsAbstract))
        {
            lines.Add($$"""{"code": "notSelectable", "uri": "{{Standard}}notSelectable", "type": "boolean"}""");
        }

        if (system.All().Any(c => c.IsInactive))
        {
            lines.Add($$"""{"code": "inactive", "uri": "{{Standard}}inactive", "type": "boolean"}""");
        }

        lines.AddRange(system.Properties.Select(p =>
            $$"""{"code": {{Json(p.Code)}}, "description": {{Json(p.Description)}}, "type": {{Json(p.Type)}}}"""));
        if (lines.Count > 0)
        {
            Raw(text, "property", $"[\n    {string.Join(",\n    ", lines)}\n  ]");
        }
    }

    private static void Concepts(StringBuilder text, List<ConceptDraft> concepts, int indent)
    {
        for (var i = 0; i < concepts.Count; i++)
        {
            var concept = concepts[i];
            text.Append(i == 0 ? "\n" : ",\n").Append(' ', indent).Append($"{{\"code\": {Json(concept.Code)}");
            Optional(text, "display", concept.Display);
            Optional(text, "definition", concept.Definition);
            var properties = new List<string>();
            if (concept.IsAbstract)
            {
                properties.Add("""{"code": "notSelectable", "valueBoolean": true}""");
            }

            if (concept.IsInactive)
            {
                properties.Add("""{"code": "inactive", "valueBoolean": true}""");
            }

            properties.AddRange(concept.Properties.Select(p => $$"""{"code": {{Json(p.Code)}}, "valueString": {{Json(p.Value)}}}"""));
            if (properties.Count > 0)
            {
                text.Append($", \"property\": [{string.Join(", ", properties)}]");
            }

            if (concept.Children.Count > 0)
            {
                text.Append(", \"concept\": [");
                Concepts(text, concept.Children, indent + 1);
                text.Append(']');
            }

            text.Append('}');
        }
    }

    // R4 CodeSystem.name: letters, digits and underscores, a letter first.
    private static string NameOf(string id) =>
        string.Concat(id.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));

    private static void Optional(StringBuilder text, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            text.Append($", \"{name}\": {Json(value)}");
        }
    }

    private static void Line(StringBuilder text, string name, string value) => Raw(text, name, Json(value));

    private static void Raw(StringBuilder text, string name, string json) => text.Append($"  \"{name}\": {json},\n");
}
