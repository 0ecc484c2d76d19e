using Kangqiao.Kernel;
using Kangqiao.Terminology.Rules;
using Kangqiao.Terminology.Tables;

namespace Kangqiao.Terminology.Operations;

/// <summary>In parameters of CodeSystem/$lookup (R4 codesystem-operation-lookup.html).</summary>
/// <param name="Version">Of the code system; the newest loaded where null.</param>
/// <param name="Properties">Names of properties to give; all where empty.</param>
public sealed record LookupRequest(
    string? System, string? Code, string? Version = null, string? DisplayLanguage = null, IReadOnlyList<string>? Properties = null);

/// <summary>Out parameters of $lookup.</summary>
/// <param name="Name">Of the code system.</param>
/// <param name="Display">Null where the table has the code alone.</param>
public sealed record LookupAnswer(
    string Name,
    string System,
    string Code,
    string? Version,
    string? Display,
    IReadOnlyList<Designation> Designations,
    IReadOnlyList<ConceptProperty> Properties);

/// <summary>Another name of a concept.</summary>
public sealed record Designation(string? Language, Coding? Use, string Value);

/// <param name="Type">FHIR type of the value: code, string, integer, boolean, dateTime, decimal or Coding.</param>
/// <param name="Value">As text; of a Coding, its code.</param>
/// <param name="Coding">For the type Coding only.</param>
public sealed record ConceptProperty(string Code, string Type, string Value, string? Description = null, Coding? Coding = null);

internal static class Lookup
{
    public static Outcome<LookupAnswer> Answer(TerminologySnapshot snapshot, LookupRequest ask)
    {
        if (string.IsNullOrEmpty(ask.System) || string.IsNullOrEmpty(ask.Code))
        {
            return Problems.Missing("$lookup needs system and code, or a coding with both.");
        }

        if (snapshot.System(ask.System) is not { } versions)
        {
            return GrammarSystem.Find(ask.System) is not { } grammar ? Problems.UnknownCodeSystem(ask.System, ask.Version)
                : grammar.IsValid(ask.Code) ? new LookupAnswer(grammar.Name, ask.System, ask.Code, null, ask.Code, [], [])
                : Problems.UnknownCode(ask.System, ask.Code);
        }

        if (versions.Pick(ask.Version) is not { } table)
        {
            return Problems.UnknownCodeSystem(ask.System, ask.Version);
        }

        var concept = table.Find(ask.Code);
        for (var i = 0; concept < 0 && ask.Version is null && i < versions.Tables.Length; i++)
        {
            // An old record's code is still explained, by the newest edition that has it.
            table = versions.Tables[i];
            concept = table.Find(ask.Code);
        }

        return concept < 0 ? Problems.UnknownCode(ask.System, ask.Code) : Describe(table, concept, ask);
    }

    public static List<Designation> Designations(ConceptTable table, int concept)
    {
        var list = new List<Designation>();
        for (var i = table.FirstDesignation(concept); i < table.Designations.Length && table.Designations[i].Concept == concept; i++)
        {
            var row = table.Designations[i];
            list.Add(new Designation(
                row.Language < 0 ? null : table.Languages[row.Language], row.Use < 0 ? null : table.Uses[row.Use], table.DesignationTexts.Text(i)));
        }

        return list;
    }

    private static LookupAnswer Describe(ConceptTable table, int concept, LookupRequest ask)
    {
        var properties = new List<ConceptProperty>();
        bool Wanted(string name) => ask.Properties is not { Count: > 0 } || ask.Properties.Contains(name, StringComparer.Ordinal);
        if (Wanted("definition") && table.Definition(concept) is { } definition)
        {
            properties.Add(new ConceptProperty("definition", "string", definition));
        }

        if (Wanted("inactive"))
        {
            properties.Add(new ConceptProperty("inactive", "boolean", table.IsInactive(concept) ? "true" : "false"));
        }

        if (Wanted("notSelectable") && table.IsAbstract(concept))
        {
            properties.Add(new ConceptProperty("notSelectable", "boolean", "true"));
        }

        if (Wanted("parent"))
        {
            properties.AddRange(table.Hierarchy.Parents(concept).Select(p => Relation(table, "parent", p)));
        }

        if (Wanted("child"))
        {
            properties.AddRange(table.Hierarchy.Children(concept).Select(c => Relation(table, "child", c)));
        }

        for (var i = table.FirstProperty(concept); i < table.Properties.Length && table.Properties[i].Concept == concept; i++)
        {
            var row = table.Properties[i];
            if (Wanted(table.PropertyNames[row.Property]))
            {
                properties.Add(Property(table.PropertyNames[row.Property], row.Kind, table.PropertyValues[row.Value]));
            }
        }

        return new LookupAnswer(
            table.Title ?? table.Name ?? table.Url,
            table.Url,
            table.Codes.Text(concept),
            table.Version,
            table.Display(concept, ask.DisplayLanguage),
            Wanted("designation") ? Designations(table, concept) : [],
            properties);
    }

    private static ConceptProperty Relation(ConceptTable table, string name, int other) =>
        new(name, "code", table.Codes.Text(other), table.Display(other));

    private static ConceptProperty Property(string name, PropertyKind kind, string value)
    {
        if (kind != PropertyKind.Coding)
        {
            return new ConceptProperty(name, TypeOf(kind), value);
        }

        var parts = value.Split('\u001F');
        var coding = new Coding(parts[0], parts[1], parts[2].Length == 0 ? null : parts[2]);
        return new ConceptProperty(name, "Coding", coding.Code, null, coding);
    }

    private static string TypeOf(PropertyKind kind) => kind switch
    {
        PropertyKind.Code => "code",
        PropertyKind.Integer => "integer",
        PropertyKind.Boolean => "boolean",
        PropertyKind.DateTime => "dateTime",
        PropertyKind.Decimal => "decimal",
        _ => "string",
    };
}
