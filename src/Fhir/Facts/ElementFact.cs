namespace Kangqiao.Fhir.Facts;

/// <summary>One element of one type, as the specification defines it.</summary>
public sealed class ElementFact
{
    /// <summary>Position in <see cref="R4.Elements"/>; stable within one facts file.</summary>
    public required int Id { get; init; }

    /// <summary>FHIRPath name: "value" for value[x].</summary>
    public required string Name { get; init; }

    /// <summary>Position of <see cref="Name"/> in <see cref="R4.Names"/>.</summary>
    public required int NameId { get; init; }

    /// <summary>The type that owns the element (for inherited elements, the type that inherited it).</summary>
    public required TypeFact Owner { get; init; }

    /// <summary>Position among the owner's elements.</summary>
    public required int Slot { get; init; }

    public required int Min { get; init; }

    /// <summary><see cref="int.MaxValue"/> for "*".</summary>
    public required int Max { get; init; }

    /// <summary>Named value[x] in the specification: the JSON name carries the type.</summary>
    public required bool IsChoice { get; init; }

    public required bool IsModifier { get; init; }

    public required bool IsSummary { get; init; }

    /// <summary>The types the value may have; more than one only when <see cref="IsChoice"/>.</summary>
    public ElementTypeFact[] Types { get; internal set; } = [];

    public BindingFact? Binding { get; internal set; }

    /// <summary>
    /// Invariants the owner's definition puts on this element; a content reference (Questionnaire.item.item) has those of the
    /// element it refers to as well. What the element's type demands of itself stands on the type, and ele-1 is part of reading.
    /// </summary>
    public ConstraintFact[] Constraints { get; internal set; } = [];

    public bool IsArray => Max > 1;

    /// <summary>"Patient.contact.name".</summary>
    public string Path => Owner.Name + "." + Name;

    public override string ToString() => Path;
}

/// <summary>One type an element may have, with what a reference of it may point at.</summary>
/// <param name="Type">For a content reference and for a backbone element, the backbone type.</param>
/// <param name="JsonName">"valueQuantity" for a choice, else the element's name.</param>
/// <param name="Targets">Resource types a Reference or canonical may point at; empty for any.</param>
/// <param name="Profiles">Profiles the value must conform to (rare in base R4), by canonical URL.</param>
public sealed record ElementTypeFact(TypeFact Type, string JsonName, TypeFact[] Targets, string[] Profiles);

public enum BindingStrength : byte
{
    Example,
    Preferred,
    Extensible,
    Required,
}

/// <param name="ValueSet">Canonical URL without version.</param>
public sealed record BindingFact(BindingStrength Strength, string ValueSet);

/// <summary>An invariant of the specification.</summary>
/// <param name="Key">"pat-1".</param>
/// <param name="IsError">False for a best-practice warning.</param>
/// <param name="Human">The rule in English, as the specification words it.</param>
/// <param name="Expression">FHIRPath.</param>
public sealed record ConstraintFact(string Key, bool IsError, string Human, string Expression);
