using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.FhirPath;

/// <summary>
/// One item of a FHIRPath collection: an element, or a value of FHIRPath's own System types. 32 bytes; nothing is boxed.
/// </summary>
public readonly struct FhirPathItem
{
    private readonly object? reference;
    private readonly long first;
    private readonly long second;
    private readonly ItemKind kind;
    private readonly UnitKind unitKind;

    private FhirPathItem(ItemKind kind, object? reference, long first, long second = 0, UnitKind unitKind = UnitKind.Ucum)
    {
        this.kind = kind;
        this.reference = reference;
        this.first = first;
        this.second = second;
        this.unitKind = unitKind;
    }

    public ItemKind Kind => kind;

    public bool IsElement => kind == ItemKind.Element;

    /// <summary>The element; the default if it is a computed value.</summary>
    public Element Element
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => kind == ItemKind.Element && reference is not null
            ? new Element(Unsafe.As<FhirDocument>(reference), (int)first)
            : default;
    }

    /// <summary>Only for <see cref="ItemKind.Boolean"/>.</summary>
    public bool Boolean => first != 0;

    /// <summary>For <see cref="ItemKind.Integer"/> and <see cref="ItemKind.Long"/>.</summary>
    public long Integer => first;

    /// <summary>For <see cref="ItemKind.Decimal"/>, and the value of a <see cref="ItemKind.Quantity"/>; digits are kept: 1.00 is not 1.0.</summary>
    public decimal Decimal
    {
        get
        {
            if (kind is ItemKind.Integer or ItemKind.Long)
            {
                return first;
            }

            Span<long> halves = [first, second];
            return MemoryMarshal.Cast<long, decimal>(halves)[0];
        }
    }

    /// <summary>Only for <see cref="ItemKind.String"/>.</summary>
    public string String => (string)reference!;

    /// <summary>The unit of a <see cref="ItemKind.Quantity"/>: a UCUM code, or a calendar word such as "month".</summary>
    public string Unit => (string)reference!;

    internal UnitKind UnitKind => unitKind;

    internal Temporal Temporal => new(first, second);

    internal TypeName TypeName => (TypeName)reference!;

    /// <summary>For <see cref="ItemKind.Unresolved"/>.</summary>
    internal TypeFact Target => (TypeFact)reference!;

    public static FhirPathItem Of(Element element) => new(ItemKind.Element, element.Exists ? element.Document : null, element.Handle);

    public static FhirPathItem Of(bool value) => new(ItemKind.Boolean, null, value ? 1 : 0);

    public static FhirPathItem Of(int value) => new(ItemKind.Integer, null, value);

    public static FhirPathItem OfLong(long value) => new(ItemKind.Long, null, value);

    public static FhirPathItem Of(string value) => new(ItemKind.String, value, 0);

    public static FhirPathItem Of(decimal value)
    {
        var halves = MemoryMarshal.Cast<decimal, long>(new ReadOnlySpan<decimal>(in value));
        return new FhirPathItem(ItemKind.Decimal, null, halves[0], halves[1]);
    }

    internal static FhirPathItem OfQuantity(decimal value, string unit, UnitKind unitKind)
    {
        var halves = MemoryMarshal.Cast<decimal, long>(new ReadOnlySpan<decimal>(in value));
        return new FhirPathItem(ItemKind.Quantity, unit, halves[0], halves[1], unitKind);
    }

    internal static FhirPathItem Of(ItemKind kind, Temporal value) => new(kind, null, value.Ticks, value.Rest);

    internal static FhirPathItem Of(TypeName name) => new(ItemKind.Type, name, 0);

    internal static FhirPathItem OfUnresolved(TypeFact type) => new(ItemKind.Unresolved, type, 0);

    /// <summary>As FHIRPath's toString() writes it; for an element its value's text, for a complex one its path.</summary>
    public override string ToString() => kind switch
    {
        ItemKind.Element => Element.Exists ? Element.IsPrimitive ? Element.Text() ?? string.Empty : Element.Path() : string.Empty,
        ItemKind.Boolean => Boolean ? "true" : "false",
        ItemKind.Integer or ItemKind.Long => first.ToString(CultureInfo.InvariantCulture),
        ItemKind.Decimal => Decimal.ToString(CultureInfo.InvariantCulture),
        ItemKind.String => String,
        ItemKind.Date or ItemKind.DateTime or ItemKind.Time => Temporal.Format(kind),
        ItemKind.Quantity => Quantities.Format(this),
        ItemKind.Type => TypeName.ToString(),
        _ => Target.Name,
    };
}

/// <summary>A type's namespace and name, as type() answers.</summary>
internal sealed record TypeName(string Namespace, string Name)
{
    public override string ToString() => Namespace + "." + Name;
}

/// <summary>How the unit of a quantity is to be read.</summary>
internal enum UnitKind : byte
{
    Ucum,

    /// <summary>A calendar duration: year, month, week, day, hour, minute, second, millisecond (singular word).</summary>
    Calendar,

    /// <summary>UCUM's year or month on a record's Quantity: people count these by calendar, so it goes with either (R4 fhirpath.html#types).</summary>
    Recorded,

    /// <summary>A unit of another system, comparable only with itself.</summary>
    Foreign,
}
