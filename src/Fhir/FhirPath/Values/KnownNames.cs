using Kangqiao.Fhir.Facts;

namespace Kangqiao.Fhir.FhirPath;

/// <summary>Ids of the element names and types the language itself looks at.</summary>
internal sealed class KnownNames
{
    public static readonly KnownNames All = new(R4.Facts);

    private KnownNames(R4 facts)
    {
        Value = facts.NameId("value");
        Code = facts.NameId("code");
        System = facts.NameId("system");
        Unit = facts.NameId("unit");
        Comparator = facts.NameId("comparator");
        Coding = facts.NameId("coding");
        Extension = facts.NameId("extension");
        ModifierExtension = facts.NameId("modifierExtension");
        Url = facts.NameId("url");
        Reference = facts.NameId("reference");
        Type = facts.NameId("type");
        Contained = facts.NameId("contained");
        Entry = facts.NameId("entry");
        FullUrl = facts.NameId("fullUrl");
        Resource = facts.NameId("resource");
        Id = facts.NameId("id");
        var quantity = facts.Type("Quantity")!;
        IsQuantity = Array.ConvertAll(facts.Types, t => t.IsA(quantity));
        Kinds = Array.ConvertAll(facts.Types, t => KindOf(t.Primitive));
        Bundle = facts.Type("Bundle")!.Id;
    }

    public int Value { get; }

    public int Code { get; }

    public int System { get; }

    public int Unit { get; }

    public int Comparator { get; }

    public int Coding { get; }

    public int Extension { get; }

    public int ModifierExtension { get; }

    public int Url { get; }

    public int Reference { get; }

    public int Type { get; }

    public int Contained { get; }

    public int Entry { get; }

    public int FullUrl { get; }

    public int Resource { get; }

    public int Id { get; }

    public int Bundle { get; }

    /// <summary>By type id: is it Quantity or a kind of it?</summary>
    public bool[] IsQuantity { get; }

    /// <summary>By type id: the System type a primitive's value has; Element for types that are not primitive.</summary>
    public ItemKind[] Kinds { get; }

    private static ItemKind KindOf(PrimitiveKind kind) => kind switch
    {
        PrimitiveKind.None => ItemKind.Element,
        PrimitiveKind.Boolean => ItemKind.Boolean,
        PrimitiveKind.Integer or PrimitiveKind.UnsignedInt or PrimitiveKind.PositiveInt => ItemKind.Integer,
        PrimitiveKind.Decimal => ItemKind.Decimal,
        PrimitiveKind.Date => ItemKind.Date,
        PrimitiveKind.DateTime or PrimitiveKind.Instant => ItemKind.DateTime,
        PrimitiveKind.Time => ItemKind.Time,
        _ => ItemKind.String,
    };
}
