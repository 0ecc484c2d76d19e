using Kangqiao.Fhir.Facts;

namespace Kangqiao.Fhir.Search.Values;

/// <summary>Positions in <see cref="R4.Names"/> of the parts of data types that values are taken from.</summary>
internal static class ElementNames
{
    public static readonly int Bounds = Id("bounds");
    public static readonly int Code = Id("code");
    public static readonly int Coding = Id("coding");
    public static readonly int Comparator = Id("comparator");
    public static readonly int Currency = Id("currency");
    public static readonly int Data = Id("data");
    public static readonly int Display = Id("display");
    public static readonly int End = Id("end");
    public static readonly int Event = Id("event");
    public static readonly int Factor = Id("factor");
    public static readonly int Family = Id("family");
    public static readonly int FullUrl = Id("fullUrl");
    public static readonly int Given = Id("given");
    public static readonly int High = Id("high");
    public static readonly int IdName = Id("id");
    public static readonly int Identifier = Id("identifier");
    public static readonly int Latitude = Id("latitude");
    public static readonly int Line = Id("line");
    public static readonly int Longitude = Id("longitude");
    public static readonly int Low = Id("low");
    public static readonly int LowerLimit = Id("lowerLimit");
    public static readonly int Origin = Id("origin");
    public static readonly int Reference = Id("reference");
    public static readonly int Repeat = Id("repeat");
    public static readonly int Start = Id("start");
    public static readonly int State = Id("state");
    public static readonly int City = Id("city");
    public static readonly int District = Id("district");
    public static readonly int System = Id("system");
    public static readonly int Text = Id("text");
    public static readonly int Type = Id("type");
    public static readonly int Unit = Id("unit");
    public static readonly int UpperLimit = Id("upperLimit");
    public static readonly int Value = Id("value");

    private static int Id(string name) => R4.Facts.NameId(name);
}

/// <summary>The data types that values are taken from, by <see cref="TypeFact.Id"/>, so that a switch is one comparison each.</summary>
internal static class DataTypes
{
    public static readonly int HumanName = Id("HumanName");
    public static readonly int Address = Id("Address");
    public static readonly int CodeableConcept = Id("CodeableConcept");
    public static readonly int Coding = Id("Coding");
    public static readonly int Identifier = Id("Identifier");
    public static readonly int ContactPoint = Id("ContactPoint");
    public static readonly int Reference = Id("Reference");
    public static readonly int Period = Id("Period");
    public static readonly int Timing = Id("Timing");
    public static readonly int Range = Id("Range");
    public static readonly int Money = Id("Money");
    public static readonly int SampledData = Id("SampledData");
    public static readonly TypeFact Quantity = R4.Facts.Type("Quantity")!;

    private static int Id(string name) => R4.Facts.Type(name)!.Id;
}
