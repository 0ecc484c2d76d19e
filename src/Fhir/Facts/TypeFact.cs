namespace Kangqiao.Fhir.Facts;

public enum TypeKind : byte
{
    /// <summary>A JSON scalar with optional id and extensions.</summary>
    Primitive,

    /// <summary>A data type with elements, e.g. HumanName.</summary>
    Complex,

    /// <summary>A resource that can stand alone or be contained.</summary>
    Resource,

    /// <summary>An element with elements of its own that only one type has, e.g. Patient.contact; its name is its path.</summary>
    Backbone,
}

/// <summary>One FHIR R4 type: what it is and which elements it may have, inherited ones included.</summary>
public sealed class TypeFact
{
    private JsonNames? jsonNames;

    public required int Id { get; init; }

    /// <summary>"Patient", "HumanName", "string"; for a backbone element its path, "Patient.contact".</summary>
    public required string Name { get; init; }

    public required TypeKind Kind { get; init; }

    public required bool IsAbstract { get; init; }

    /// <summary>The type this one specialises; null for Element and Resource.</summary>
    public TypeFact? Base { get; internal set; }

    /// <summary>In the order of the specification (which is the order XML needs).</summary>
    public ElementFact[] Elements
    {
        get;
        internal set
        {
            field = value;
            RequiredElements = Array.FindAll(value, e => e.Min > 0);
        }
    }

        = [];

    /// <summary>Those of <see cref="Elements"/> that must occur.</summary>
    public ElementFact[] RequiredElements { get; private set; } = [];

    /// <summary>Invariants on the type itself; those of an element stand on the element.</summary>
    public ConstraintFact[] Constraints { get; internal set; } = [];

    /// <summary>Which primitive a JSON scalar of this type is.</summary>
    public PrimitiveKind Primitive { get; init; }

    /// <summary>Made at the first use: most of the types are never read in one run.</summary>
    internal JsonNames JsonNames => jsonNames ??= JsonNames.Of(this);

    public bool IsPrimitive => Kind == TypeKind.Primitive;

    public bool IsResource => Kind == TypeKind.Resource;

    /// <summary>The element of that name ("value" for value[x]), or null.</summary>
    public ElementFact? Element(string name)
    {
        foreach (var element in Elements)
        {
            if (element.Name == name)
            {
                return element;
            }
        }

        return null;
    }

    /// <summary>True if this type is <paramref name="other"/> or specialises it.</summary>
    public bool IsA(TypeFact other)
    {
        for (var type = this; type is not null; type = type.Base)
        {
            if (ReferenceEquals(type, other))
            {
                return true;
            }
        }

        return false;
    }

    public override string ToString() => Name;
}

/// <summary>The primitive types of R4 (datatypes.html#primitive).</summary>
public enum PrimitiveKind : byte
{
    None,
    Boolean,
    Integer,
    UnsignedInt,
    PositiveInt,
    Decimal,
    String,
    Code,
    Id,
    Markdown,
    Uri,
    Url,
    Canonical,
    Oid,
    Uuid,
    Base64Binary,
    Date,
    DateTime,
    Instant,
    Time,
    Xhtml,
}
