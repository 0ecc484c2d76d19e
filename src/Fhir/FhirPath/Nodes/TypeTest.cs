using Kangqiao.Fhir.Facts;

namespace Kangqiao.Fhir.FhirPath;

/// <summary>Whether items are of a named type. FHIR and System types are told apart; a name alone may mean either.</summary>
internal sealed class TypeTest
{
    private readonly bool[]? matches;
    private readonly ItemKind? system;

    private TypeTest(TypeFact? fhir, ItemKind? system)
    {
        Fhir = fhir;
        this.system = system;
        matches = fhir is null ? null : Array.ConvertAll(R4.Facts.Types, t => t.IsA(fhir));
    }

    /// <summary>The FHIR type, if the name is one.</summary>
    public TypeFact? Fhir { get; }

    public static TypeTest Of(TypeFact type) => new(type, null);

    /// <summary>Null if there is no such type. A System type that does not exist is one that nothing has.</summary>
    public static TypeTest? Of(string name)
    {
        if (name.StartsWith("System.", StringComparison.Ordinal))
        {
            return new TypeTest(null, SystemKind(name[7..]));
        }

        if (name.StartsWith("FHIR.", StringComparison.Ordinal))
        {
            return R4.Facts.Type(name[5..]) is { } known ? new TypeTest(known, null) : null;
        }

        var fhir = R4.Facts.Type(name);
        var value = SystemKind(name);
        return fhir is null && value is null ? null : new TypeTest(fhir, value);
    }

    /// <summary>is: of the type or of one derived from it.</summary>
    public bool Matches(in FhirPathItem item) => item.Kind switch
    {
        ItemKind.Element => matches is not null && item.Element.Exists && matches[item.Element.TypeId],
        ItemKind.Unresolved => matches is not null && matches[item.Target.Id],
        _ => item.Kind == system,
    };

    /// <summary>as and ofType(): the same, except that a primitive must be of exactly the type (official suite, testInheritance).</summary>
    public bool Selects(in FhirPathItem item) =>
        item.Kind == ItemKind.Element && item.Element.IsPrimitive
            ? Fhir is not null && item.Element.TypeId == Fhir.Id
            : Matches(item);

    private static ItemKind? SystemKind(string name) => name switch
    {
        "Boolean" => ItemKind.Boolean,
        "Integer" => ItemKind.Integer,
        "Long" => ItemKind.Long,
        "Decimal" => ItemKind.Decimal,
        "String" => ItemKind.String,
        "Date" => ItemKind.Date,
        "DateTime" => ItemKind.DateTime,
        "Time" => ItemKind.Time,
        "Quantity" => ItemKind.Quantity,
        _ => null,
    };
}
