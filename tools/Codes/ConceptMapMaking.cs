using System.Text;

namespace Kangqiao.Codes;

/// <summary>The maps between tables that senders mix up, or that FHIR's own codes need.</summary>
internal static class ConceptMapMaking
{
    private static readonly Side Gender = new("http://hl7.org/fhir/administrative-gender", "http://hl7.org/fhir/ValueSet/administrative-gender");
    private static readonly Side Marital = new("http://terminology.hl7.org/CodeSystem/v3-MaritalStatus", "http://hl7.org/fhir/ValueSet/marital-status");

    public static IEnumerable<ContentFile> Make(string folder)
    {
        // The hospital front page and WS/T 364 number the same routes differently.
        yield return Map("admission-route-front-page", "病案首页入院途径 → CV09.00.403",
            new Side($"{CodeSystemFile.Root}CodeSystem/BAZY-admission-route", SetOf("BAZY-admission-route")), Table(folder, "CV09.00.403"),
            [("1", "2", "equal"), ("2", "1", "equal"), ("3", "3", "equivalent"), ("9", "9", "equal")]);
        yield return Map("sex", "GB/T 2261.1 → administrative-gender", Table(folder, "GBT2261.1"), Gender,
            [("0", "unknown", "equivalent"), ("1", "male", "equivalent"), ("2", "female", "equivalent"), ("9", "unknown", "wider")]);
        yield return Map("marital-status", "GB/T 2261.2 → v3-MaritalStatus", Table(folder, "GBT2261.2"), Marital,
            [("10", "S", "equivalent"), ("20", "M", "equivalent"), ("21", "M", "wider"), ("22", "M", "wider"), ("23", "M", "wider"),
             ("30", "W", "equivalent"), ("40", "D", "equivalent")]);
        var countries = SourceTable.Read(folder, "GBT2659");
        yield return Map("country-iso3166", "ISO 3166-1 → GB/T 2659", new Side("urn:iso:std:iso:3166", SetOf("iso3166")), Table(folder, "GBT2659"),
            [.. new[] { "alpha2", "code", "numeric" }.SelectMany(form => countries.Concepts
                .Select(c => (SourceTable.Text(c, form)!, SourceTable.Text(c, "code")!, "equal")))]);
    }

    private static Side Table(string folder, string id) => new(SourceTable.Read(folder, id).System, SetOf(id));

    private static string SetOf(string id) => $"{CodeSystemFile.Root}ValueSet/{id}";

    private static ContentFile Map(string id, string title, Side source, Side target, (string Source, string Target, string Equivalence)[] rows)
    {
        var text = new StringBuilder("{\n");
        text.Append($$"""
              "resourceType": "ConceptMap",
              "id": "{{id}}",
              "url": "{{CodeSystemFile.Root}}ConceptMap/{{id}}",
              "name": "{{string.Concat(id.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'))}}",
              "title": {{CodeSystemFile.Json(title)}},
              "status": "active",
              "sourceCanonical": "{{source.ValueSet}}",
              "targetCanonical": "{{target.ValueSet}}",
              "group": [{
                "source": "{{source.System}}",
                "target": "{{target.System}}",
                "element": [
            """);
        for (var i = 0; i < rows.Length; i++)
        {
            text.Append(i == 0 ? "\n" : ",\n");
            text.Append($$"""      {"code": "{{rows[i].Source}}", "target": [{"code": "{{rows[i].Target}}", "equivalence": "{{rows[i].Equivalence}}"}]}""");
        }

        text.Append("\n    ]\n  }]\n}\n");
        return new ContentFile($"conceptmap/{id}.json", Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>A code system and the value set of all its codes.</summary>
    private sealed record Side(string System, string ValueSet);
}
