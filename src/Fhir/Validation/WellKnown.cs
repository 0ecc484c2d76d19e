using Kangqiao.Fhir.Facts;

namespace Kangqiao.Fhir.Validation;

/// <summary>Positions of the element names that native rules look for.</summary>
internal static class WellKnown
{
    public static readonly int Code = Id("code");
    public static readonly int Coding = Id("coding");
    public static readonly int Contained = Id("contained");
    public static readonly int ContentType = Id("contentType");
    public static readonly int Data = Id("data");
    public static readonly int Div = Id("div");
    public static readonly int Entry = Id("entry");
    public static readonly int ExtensionName = Id("extension");
    public static readonly int FullUrl = Id("fullUrl");
    public static readonly int Hash = Id("hash");
    public static readonly int IdName = Id("id");
    public static readonly int Meta = Id("meta");
    public static readonly int ModifierExtension = Id("modifierExtension");
    public static readonly int Parameter = Id("parameter");
    public static readonly int Profile = Id("profile");
    public static readonly int Reference = Id("reference");
    public static readonly int Resource = Id("resource");
    public static readonly int Size = Id("size");
    public static readonly int System = Id("system");
    public static readonly int Text = Id("text");
    public static readonly int Type = Id("type");
    public static readonly int Url = Id("url");
    public static readonly int Value = Id("value");

    private static int Id(string name) => R4.Facts.NameId(name);
}
