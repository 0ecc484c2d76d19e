using System.Runtime.InteropServices;

namespace Kangqiao.Fhir.Search;

/// <summary>What one index value is; which texts and numbers of <see cref="IndexValue"/> it fills.</summary>
public enum IndexKind : byte
{
    /// <summary>Text as written (for :exact), and its search form.</summary>
    String,

    /// <summary>Only a search form, for prefix and contains: a name joined, its pinyin, its initials. Not for :exact.</summary>
    StringKey,

    /// <summary>System, code, and display for :text.</summary>
    Token,

    /// <summary>CodeableConcept.text and the like, for :text only.</summary>
    TokenText,

    /// <summary>Identifier with its type, for :of-type: type system, type code, value.</summary>
    TokenOfType,

    /// <summary>Type, id, version, and the whole text where it is no plain Type/id.</summary>
    Reference,

    /// <summary>Reference.identifier, for :identifier: system, value, and the type pointed at if told.</summary>
    ReferenceIdentifier,

    /// <summary>UTC ticks, low inclusive, high exclusive.</summary>
    Date,

    /// <summary>A number or an interval of numbers.</summary>
    Number,

    /// <summary>A number or interval with unit; in UCUM base units too where the unit is UCUM.</summary>
    Quantity,

    /// <summary>The whole, and for a canonical its URL and version.</summary>
    Uri,

    /// <summary>Latitude and longitude in degrees.</summary>
    Position,

    /// <summary>Tuples of parts that come from the same element: <see cref="IndexValues.PartsOf"/>.</summary>
    Composite,
}

[Flags]
public enum IndexFlags : byte
{
    None = 0,

    /// <summary>The system is known from the element, not written in the record: |code finds it too.</summary>
    SystemImplied = 1,

    /// <summary>The interval does not contain its low end.</summary>
    LowOpen = 2,

    /// <summary>The interval does not contain its high end.</summary>
    HighOpen = 4,

    /// <summary>The canonical numbers are set.</summary>
    HasCanonical = 8,

    /// <summary>The reference is to a contained resource.</summary>
    Contained = 16,
}

/// <summary>How much of a date was said.</summary>
public enum DatePrecision : byte
{
    Year,
    Month,
    Day,
    Minute,
    Second,

    /// <summary>A fraction of a second.</summary>
    Fraction,

    /// <summary>A period or timing, with a start and an end of their own.</summary>
    Interval,
}

/// <summary>Where a text stands: in the record's bytes or in the buffer of <see cref="IndexValues"/>. Default is empty.</summary>
public readonly struct TextSlice
{
    internal const uint InBuffer = 0x8000_0000;

    internal TextSlice(uint at, int length)
    {
        At = at;
        Length = length;
    }

    internal uint At { get; }

    /// <summary>In bytes of UTF-8.</summary>
    public int Length { get; }

    public bool IsEmpty => Length == 0;
}

/// <summary>One value of one search parameter. What its fields mean depends on <see cref="Kind"/>; the rest are empty.</summary>
[StructLayout(LayoutKind.Explicit)]
public struct IndexValue
{
    /// <summary>Position in <see cref="SearchPlan.Parameters"/>.</summary>
    [FieldOffset(0)]
    public int Parameter;

    /// <summary><see cref="Reading.Element.Handle"/> of the element it comes from.</summary>
    [FieldOffset(4)]
    public int Node;

    [FieldOffset(8)]
    public IndexKind Kind;

    [FieldOffset(9)]
    public IndexFlags Flags;

    /// <summary>Date only.</summary>
    [FieldOffset(10)]
    public DatePrecision Precision;

    /// <summary>Part of a composite only: which component, from 0.</summary>
    [FieldOffset(11)]
    public byte Component;

    /// <summary>
    /// String: as written. Token, Quantity, ReferenceIdentifier: the system. TokenOfType: the type's system.
    /// Reference: the resource type. Uri: the URL without version.
    /// </summary>
    [FieldOffset(16)]
    public TextSlice First;

    /// <summary>
    /// String, StringKey: the search form. Token: the code or identifier value. Quantity: the unit's code. TokenOfType: the type's
    /// code. Reference: the id. ReferenceIdentifier: the value.
    /// </summary>
    [FieldOffset(24)]
    public TextSlice Second;

    /// <summary>
    /// Token, TokenText: the text people read. TokenOfType: the identifier value. Reference, Uri: the version.
    /// Quantity: the unit people read. ReferenceIdentifier: the resource type.
    /// </summary>
    [FieldOffset(32)]
    public TextSlice Third;

    /// <summary>
    /// Reference: the whole text without version where it is absolute (URL, URN) or a fragment; else empty. Uri: the whole.
    /// Quantity: the canonical unit.
    /// </summary>
    [FieldOffset(40)]
    public TextSlice Fourth;

    /// <summary>Number, Quantity, and latitude of Position.</summary>
    [FieldOffset(48)]
    public decimal Low;

    /// <summary>As <see cref="Low"/>, and longitude. Equal to it for a single number.</summary>
    [FieldOffset(64)]
    public decimal High;

    /// <summary>Quantity in base units of UCUM.</summary>
    [FieldOffset(80)]
    public double CanonicalLow;

    [FieldOffset(88)]
    public double CanonicalHigh;

    /// <summary>Date: first tick (UTC, 100 ns since year 1).</summary>
    [FieldOffset(48)]
    public long LowTicks;

    /// <summary>Date: first tick after it.</summary>
    [FieldOffset(56)]
    public long HighTicks;

    /// <summary>Composite: place of its first part.</summary>
    [FieldOffset(48)]
    internal int FirstPart;

    /// <summary>Composite: how many parts follow.</summary>
    [FieldOffset(52)]
    internal int PartCount;
}
