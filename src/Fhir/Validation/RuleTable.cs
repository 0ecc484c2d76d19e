using Kangqiao.Fhir.Facts;

namespace Kangqiao.Fhir.Validation;

/// <summary>Which native rules a type has besides its invariants.</summary>
internal enum TypeRule : byte
{
    None,
    DomainResource,
    Bundle,
    Extension,
    Reference,
    Attachment,
    NarrativeDiv,
    Coding,
    Canonical,
}

/// <summary>
/// What base R4 asks of every type and element, made once from the facts, so that validating looks rules up by position.
/// </summary>
internal sealed class RuleTable
{
    private static readonly Lazy<RuleTable> Loaded = new(static () => new RuleTable(R4.Facts), LazyThreadSafetyMode.ExecutionAndPublication);

    private readonly TypeRules[] byType;
    private readonly ElementRules?[] byElement;

    private RuleTable(R4 facts)
    {
        byType = new TypeRules[facts.Types.Length];
        foreach (var type in facts.Types)
        {
            byType[type.Id] = new TypeRules(KindOf(type, facts), [.. type.Constraints.Where(c => !IsNative(c)).Select(c => Invariant.Of(c, type))]);
        }

        byElement = new ElementRules?[facts.Elements.Length];
        foreach (var element in facts.Elements)
        {
            var binding = element.Binding is { Strength: BindingStrength.Required or BindingStrength.Extensible } ? element.Binding : null;
            var only = element.Types.Length == 1 ? element.Types[0].Type : null;
            var invariants = element.Constraints.Where(c => !IsNative(c)).Select(c => Invariant.Of(c, only)).ToArray();
            if (binding is not null || invariants.Length > 0)
            {
                byElement[element.Id] = new ElementRules(binding, invariants);
            }
        }
    }

    public static RuleTable Instance => Loaded.Value;

    public TypeRules Of(int typeId) => byType[typeId];

    /// <summary>Null for the root of a document and for elements without rules of their own.</summary>
    public ElementRules? OfElement(int factId) => factId < 0 ? null : byElement[factId];

    /// <summary>Rules that reading or a native rule already checks, faster and with a better place.</summary>
    private static bool IsNative(ConstraintFact constraint) => constraint.Key is
        "ele-1" or "ext-1" or "dom-2" or "dom-3" or "dom-4" or "dom-5" or "dom-6" or "ref-1" or "txt-1" or "txt-2" or "bdl-7" or "bdl-8";

    private static TypeRule KindOf(TypeFact type, R4 facts) =>
        type.IsResource
            ? type.Name == "Bundle" ? TypeRule.Bundle
            : type.IsA(facts.DomainResource) ? TypeRule.DomainResource
            : TypeRule.None
        : type.Name switch
        {
            "Extension" => TypeRule.Extension,
            "Reference" => TypeRule.Reference,
            "Attachment" => TypeRule.Attachment,
            "xhtml" => TypeRule.NarrativeDiv,
            "Coding" => TypeRule.Coding,
            "canonical" => TypeRule.Canonical,
            _ => TypeRule.None,
        };
}

internal sealed record TypeRules(TypeRule Native, Invariant[] Invariants)
{
    public bool IsEmpty { get; } = Native == TypeRule.None && Invariants.Length == 0;
}

internal sealed record ElementRules(BindingFact? Binding, Invariant[] Invariants);
