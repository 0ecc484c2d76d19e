using Kangqiao.Ingest.Cda.Entries;
using Kangqiao.Ingest.Cda.Reading;

namespace Kangqiao.Ingest.Cda.Records;

/// <summary>
/// What a document says in coded entries and no other record has, as one QuestionnaireResponse: sections as groups, data
/// elements as questions, in the sender's order and nesting. One record a document, where an Observation each would be a
/// hundred for a check-up, with an index row for every empty field; see docs/integrators/cda.md.
/// </summary>
internal static class Forms
{
    private const int MaxDepth = 16;

    public static void Write(IReadOnlyList<SectionRead> sections, DocumentContext context)
    {
        if (!sections.Any(HasSomething))
        {
            return;
        }

        using var body = new FhirBody("QuestionnaireResponse");
        if (context.Type is not null)
        {
            body.Text("questionnaire", "https://kangqiao.dev/fhir/Questionnaire/" + context.Type.Code);
        }

        body.Text("status", "completed");
        body.Reference("subject", context.Subject);
        body.Reference("encounter", context.Encounter);
        body.Text("authored", context.Made);
        body.Reference("author", context.Author);
        body.Array("item");
        foreach (var section in sections.Where(HasSomething))
        {
            body.Object();
            body.Text("linkId", FhirBody.Clean(section.Context.Code) ?? FhirBody.Clean(section.Context.Title) ?? "section");
            body.Text("text", section.Context.Title);
            if (section.Entries.Count == 0)
            {
                // A section that has only words: its group is a question itself.
                body.Array("answer");
                body.Object();
                body.Text("valueString", section.Narrative);
                body.EndObject();
                body.EndArray();
            }
            else
            {
                body.Array("item");
                section.Entries.Where(HasSomething).ToList().ForEach(e => Item(body, e, context, 0));
                body.EndArray();
            }

            body.EndObject();
        }

        body.EndArray();
        context.Derive("QuestionnaireResponse", context.PartKey("form"), body.Finish());
    }

    private static bool HasSomething(SectionRead section) =>
        section.Entries.Count == 0 ? FhirBody.Clean(section.Narrative) is not null : section.Entries.Exists(HasSomething);

    private static bool HasSomething(Statement statement) => IsOpen(statement) || statement.Parts.Exists(HasSomething);

    private static bool IsOpen(Statement statement) =>
        statement.Draft is null && (FhirBody.Clean(statement.Value.Words) is not null || !statement.Time.IsNothing || statement.People.Count > 0);

    private static void Item(FhirBody body, Statement statement, DocumentContext context, int depth)
    {
        body.Object();
        body.Text("linkId", FhirBody.Clean(statement.Element) ?? statement.Kind);
        body.Text("text", FhirBody.Clean(statement.Name) ?? FhirBody.Clean(statement.Element) ?? statement.Kind);
        // The innermost of a document nested beyond reason stays in its Binary.
        var parts = depth < MaxDepth ? statement.Parts.Where(HasSomething).ToList() : [];
        var isOpen = IsOpen(statement);
        var around = isOpen ? Around(statement) : [];
        if (isOpen && FhirBody.Clean(statement.Value.Words) is not null)
        {
            body.Array("answer");
            body.Object();
            body.Answer(statement.Value, context, statement.Element);
            // qrs-1: what stands below an answer stands in it.
            Items(body, parts, around, context, depth);
            body.EndObject();
            body.EndArray();
        }
        else
        {
            Items(body, parts, around, context, depth);
        }

        body.EndObject();
    }

    private static void Items(FhirBody body, List<Statement> parts, List<(string Link, string Text)> around, DocumentContext context, int depth)
    {
        if (parts.Count == 0 && around.Count == 0)
        {
            return;
        }

        body.Array("item");
        foreach (var (link, text) in around)
        {
            body.Object();
            body.Text("linkId", link);
            body.Array("answer");
            body.Object();
            body.Text("valueString", text);
            body.EndObject();
            body.EndArray();
            body.EndObject();
        }

        parts.ForEach(p => Item(body, p, context, depth + 1));
        body.EndArray();
    }

    /// <summary>When and by whom, of an entry that no record has.</summary>
    private static List<(string Link, string Text)> Around(Statement statement)
    {
        var around = new List<(string, string)>();
        if (FhirBody.Clean(statement.Time.Words) is { } time)
        {
            around.Add(("effectiveTime", time));
        }

        foreach (var person in statement.People)
        {
            var words = string.Join(' ', new[] { person.Role, Mentions.Said(person.Name), Mentions.Said(person.StaffNumber), Mentions.Said(person.Organization), Mentions.Said(person.Department), person.Time }.Where(t => t is not null));
            if (words.Length > 0)
            {
                around.Add((person.Kind, words));
            }
        }

        return around;
    }
}
