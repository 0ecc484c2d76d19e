using System.Text.Json;
using Kangqiao.Facts.Reading;
using Kangqiao.Fhir.Facts;

namespace Kangqiao.Facts.Making;

/// <summary>Types, elements and invariants from the snapshots.</summary>
internal sealed class TypeMaking
{
    private const string FhirType = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type";

    private readonly TypeDraft[] drafts;
    private readonly Dictionary<string, JsonElement> elementsByPath;

    private TypeMaking(TypeDraft[] drafts)
    {
        this.drafts = drafts;
        elementsByPath = drafts.SelectMany(d => d.Children).ToDictionary(e => e.RequiredText("path"), StringComparer.Ordinal);
        Names = [.. elementsByPath.Keys.Select(NameOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        Types = [.. drafts.Select((d, i) => new TypeFact
        {
            Id = i,
            Name = d.Name,
            Kind = d.Kind,
            IsAbstract = d.IsAbstract,
            Primitive = d.Kind == TypeKind.Primitive ? Enum.Parse<PrimitiveKind>(d.Name, ignoreCase: true) : PrimitiveKind.None,
        })];
        ByName = Types.ToDictionary(t => t.Name, StringComparer.Ordinal);
        var nameIds = Names.Select((name, i) => (name, i)).ToDictionary(n => n.name, n => n.i, StringComparer.Ordinal);
        var elements = new List<ElementFact>();
        foreach (var (draft, type) in drafts.Zip(Types))
        {
            type.Base = draft.Base is null ? null : ByName[draft.Base];
            type.Constraints = OfType(draft);
            type.Elements = [.. draft.Children.Select((e, slot) => ElementOf(e, type, elements.Count + slot, slot, nameIds))];
            elements.AddRange(type.Elements);
        }

        Elements = [.. elements];
        Constraints = [.. Types.SelectMany(t => t.Constraints)
            .Concat(elements.SelectMany(e => e.Constraints))
            .Distinct()
            .OrderBy(c => c.Key, StringComparer.Ordinal)
            .ThenBy(c => c.Expression, StringComparer.Ordinal)
            .ThenBy(c => c.Human, StringComparer.Ordinal)];
    }

    public TypeFact[] Types { get; }

    public ElementFact[] Elements { get; }

    public string[] Names { get; }

    public ConstraintFact[] Constraints { get; }

    public IReadOnlyDictionary<string, TypeFact> ByName { get; }

    /// <param name="definitions">StructureDefinitions; logical models and profiles among them are passed over.</param>
    public static TypeMaking Make(IEnumerable<JsonElement> definitions) =>
        new([.. definitions
            .Where(d => d.Text("kind") != "logical" && d.Text("derivation") != "constraint")
            .SelectMany(TypeDraft.Of)
            .OrderBy(d => d.Name, StringComparer.Ordinal)]);

    private static string NameOf(string path)
    {
        var name = path[(path.LastIndexOf('.') + 1)..];
        return name.EndsWith("[x]", StringComparison.Ordinal) ? name[..^3] : name;
    }

    private ElementFact ElementOf(JsonElement element, TypeFact owner, int id, int slot, Dictionary<string, int> nameIds)
    {
        var path = element.RequiredText("path");
        var name = NameOf(path);
        var isChoice = path.EndsWith("[x]", StringComparison.Ordinal);
        var max = element.RequiredText("max");
        return new ElementFact
        {
            Id = id,
            Name = name,
            NameId = nameIds[name],
            Owner = owner,
            Slot = slot,
            Min = element.GetProperty("min").GetInt32(),
            Max = max == "*" ? int.MaxValue : int.Parse(max),
            IsChoice = isChoice,
            IsModifier = element.Flag("isModifier"),
            IsSummary = element.Flag("isSummary"),
            Types = TypesOf(element, path, name, isChoice),
            Binding = BindingOf(element),
            Constraints = OfElement(element),
        };
    }

    private ElementTypeFact[] TypesOf(JsonElement element, string path, string name, bool isChoice)
    {
        if (element.Text("contentReference") is { } reference)
        {
            return [new ElementTypeFact(ByName[reference[1..]], name, [], [])];
        }

        if (ByName.TryGetValue(path, out var backbone))
        {
            return [new ElementTypeFact(backbone, name, [], [])];
        }

        return [.. element.Each("type").Select(type =>
        {
            var fact = ByName[TypeName(type, element)];
            return new ElementTypeFact(
                fact,
                isChoice ? name + char.ToUpperInvariant(fact.Name[0]) + fact.Name[1..] : name,
                Targets(type),
                [.. type.Texts("profile")]);
        }),
        .. Forgotten(path, name)];
    }

    // elementdefinition-definitions.html#ElementDefinition.minValue_x_ says that a Duration may bound a date relative to now,
    // but 4.0.1 leaves it out of the list of types; later releases and published profiles have it.
    private IEnumerable<ElementTypeFact> Forgotten(string path, string name) =>
        path is "ElementDefinition.minValue[x]" or "ElementDefinition.maxValue[x]"
            ? [new ElementTypeFact(ByName["Duration"], name + "Duration", [], [])]
            : [];

    // 4.0.1 says System.String with the FHIR type "string" for the id of a resource, although resource.html#id and the
    // format of every published example make it an id; elements' ids are strings (element.html#id).
    private static string TypeName(JsonElement type, JsonElement element)
    {
        var code = type.RequiredText("code");
        if (!code.StartsWith("http://hl7.org/fhirpath/System.", StringComparison.Ordinal))
        {
            return code;
        }

        return element.GetProperty("base").Text("path") == "Resource.id" ? "id" : type.ExtensionText(FhirType) ?? "string";
    }

    // A target of Resource means any; a target that is a profile means the type it constrains, and 4.0.1 has none.
    private TypeFact[] Targets(JsonElement type)
    {
        var names = type.Texts("targetProfile").Select(TypeDraft.NameIn).ToArray();
        return names.Contains("Resource") ? [] : [.. names.Select(n => ByName[n!])];
    }

    private static BindingFact? BindingOf(JsonElement element) =>
        element.Field("binding") is { } binding && binding.Text("valueSet") is { } url
            ? new BindingFact(Enum.Parse<BindingStrength>(binding.RequiredText("strength"), ignoreCase: true), url.Split('|')[0])
            : null;

    // ele-1 is part of reading JSON: it stays on Element only.
    private static ConstraintFact[] OfType(TypeDraft draft) => draft.Kind == TypeKind.Backbone
        ? []
        : [.. draft.Root.Each("constraint").Where(c => c.Text("key") != "ele-1" || draft.Name == "Element").Select(ConstraintOf)];

    // What an element's type demands of itself is repeated in the snapshot with that type as the source; it stands on the type.
    // A content reference takes over the rules of what it refers to (elementdefinition.html#contentReference).
    private ConstraintFact[] OfElement(JsonElement element)
    {
        var own = element.Each("constraint");
        var referred = element.Text("contentReference") is { } reference
            ? elementsByPath[reference[1..]].Each("constraint")
            : [];
        return [.. own.Concat(referred)
            .Where(c => !IsOfTheType(c))
            .Select(ConstraintOf)
            .DistinctBy(c => c.Key)];
    }

    private bool IsOfTheType(JsonElement constraint) =>
        constraint.Text("key") == "ele-1"
        || (TypeDraft.NameIn(constraint.Text("source")) is { } source
            && drafts.FirstOrDefault(d => d.Name == source) is { } draft
            && draft.Root.Each("constraint").Any(c => c.Text("key") == constraint.Text("key")));

    private static ConstraintFact ConstraintOf(JsonElement constraint) => new(
        constraint.RequiredText("key"),
        constraint.Text("severity") == "error",
        constraint.RequiredText("human"),
        constraint.RequiredText("expression"));
}
