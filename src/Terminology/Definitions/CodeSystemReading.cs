using System.Text;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Reading;
using Kangqiao.Kernel;
using Kangqiao.Terminology.Tables;

namespace Kangqiao.Terminology.Definitions;

/// <summary>From a CodeSystem resource (R4 codesystem.html) to a packed table.</summary>
internal static class CodeSystemReading
{
    private static readonly int Code = R4.Facts.NameId("code");
    private static readonly int Display = R4.Facts.NameId("display");
    private static readonly int Definition = R4.Facts.NameId("definition");
    private static readonly int Designation = R4.Facts.NameId("designation");
    private static readonly int Property = R4.Facts.NameId("property");
    private static readonly int Concept = R4.Facts.NameId("concept");
    private static readonly int Value = R4.Facts.NameId("value");

    /// <summary>The table, or null for a supplement or a system whose content is not present: these hold no concepts of their own.</summary>
    public static Outcome<ConceptTable?> Read(Element resource)
    {
        if (resource.ChildText("url") is not { Length: > 0 } url)
        {
            return Problems.Unreadable("CodeSystem", "it has no url.");
        }

        var content = resource.ChildText("content");
        if (content is "supplement" or "not-present")
        {
            return default(ConceptTable);
        }

        var aliases = new List<string>();
        foreach (var identifier in resource.ChildrenNamed("identifier"))
        {
            if (identifier.ChildText("value") is { Length: > 0 } value)
            {
                aliases.Add(value);
            }
        }

        var draft = new ConceptTableDraft
        {
            Url = url,
            Version = resource.ChildText("version"),
            Name = resource.ChildText("name"),
            Title = resource.ChildText("title"),
            Language = resource.ChildText("language"),
            ValueSet = resource.ChildText("valueSet"),
            Aliases = [.. aliases],
            IsComplete = content == "complete",
            // R4 leaves it open where caseSensitive is not said; taking codes as they are written confuses none.
            IsCaseSensitive = resource.ChildText("caseSensitive") != "false",
        };
        var meanings = Meanings(resource);
        foreach (var concept in resource.ChildrenNamed(Concept))
        {
            Add(draft, concept, -1, meanings);
        }

        return draft.Build().Then<ConceptTable?>(static t => t);
    }

    // Properties are told by their uri where they have one (codesystem-concept-properties.html), else by their code.
    private static Dictionary<string, string> Meanings(Element resource)
    {
        const string Standard = "http://hl7.org/fhir/concept-properties#";
        var meanings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in resource.ChildrenNamed(Property))
        {
            if (property.ChildText("code") is { } code && property.ChildText("uri") is { } uri
                && uri.StartsWith(Standard, StringComparison.Ordinal))
            {
                meanings[code] = uri[Standard.Length..];
            }
        }

        return meanings;
    }

    // Nesting is bounded by the reader's depth limit.
    private static void Add(ConceptTableDraft draft, Element concept, int parent, Dictionary<string, string> meanings)
    {
        var code = concept.Child(Code);
        if (!code.Exists || !code.HasValue)
        {
            return;
        }

        var at = draft.Add(Bytes(code), Bytes(concept.Child(Display)), parent);
        foreach (var child in concept.Children)
        {
            if (child.NameId == Definition)
            {
                draft.Define(Bytes(child));
            }
            else if (child.NameId == Designation)
            {
                var use = child.Child("use");
                var coding = use.Exists ? new Coding(use.ChildText("system") ?? "", use.ChildText("code") ?? "", use.ChildText("display")) : null;
                draft.AddDesignation(at, child.ChildText("language"), coding, Bytes(child.Child(Value)));
            }
            else if (child.NameId == Property)
            {
                AddProperty(draft, at, child, meanings);
            }
            else if (child.NameId == Concept)
            {
                Add(draft, child, at, meanings);
            }
        }
    }

    private static void AddProperty(ConceptTableDraft draft, int concept, Element property, Dictionary<string, string> meanings)
    {
        var value = property.Child(Value);
        if (property.Child(Code).Text() is not { } name || !value.Exists)
        {
            return;
        }

        var text = value.Type.Name == "Coding"
            ? string.Join('\u001F', value.ChildText("system"), value.ChildText("code"), value.ChildText("display"))
            : value.Text() ?? "";
        switch (meanings.GetValueOrDefault(name, name))
        {
            case "parent" or "subsumedBy":
                draft.Relate(concept, text, isParent: true);
                return;
            case "child":
                draft.Relate(concept, text, isParent: false);
                return;
            case "notSelectable" or "abstract":
                if (text == "true")
                {
                    draft.Flag(concept, ConceptFlags.Abstract);
                }

                return;
            case "inactive":
                if (text == "true")
                {
                    draft.Flag(concept, ConceptFlags.Inactive);
                }

                return;
            case "status":
                if (text is "retired" or "inactive")
                {
                    draft.Flag(concept, ConceptFlags.Inactive);
                }

                break;
        }

        draft.AddProperty(concept, name, Kind(value.Type.Name), text);
    }

    private static PropertyKind Kind(string type) => type switch
    {
        "code" => PropertyKind.Code,
        "integer" => PropertyKind.Integer,
        "boolean" => PropertyKind.Boolean,
        "dateTime" => PropertyKind.DateTime,
        "decimal" => PropertyKind.Decimal,
        "Coding" => PropertyKind.Coding,
        _ => PropertyKind.Text,
    };

    private static ReadOnlySpan<byte> Bytes(Element element)
    {
        if (!element.Exists || !element.HasValue)
        {
            return default;
        }

        return element.IsEscaped ? Encoding.UTF8.GetBytes(element.Text()!) : element.Raw;
    }
}
