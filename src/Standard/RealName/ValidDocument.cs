using System.Text.RegularExpressions;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Standard.RealName;

/// <summary>The kinds of document that show who somebody is (WS/T 364 CV02.01.101), as far as the form of their numbers is known.</summary>
public static partial class ValidDocument
{
    /// <summary>Identifier.system of resident ID numbers.</summary>
    public const string ResidentSystem = "urn:oid:2.16.156.10011.1.3";

    private const string KindTable = "CV02.01.101";

    // Address of the table (content/terminology).
    private const string KindSystem = "urn:oid:2.16.156.10011.2.3.1.1";

    /// <summary>Codes of the table whose holder's number is a resident ID number.</summary>
    private const string ResidentKind = "01";

    public static bool IsResidentSystem(string? system) =>
        system is ResidentSystem or "http://www.mca.gov.cn/id" or "https://kangqiao.dev/fhir/id-card";

    /// <summary>Is it the table of kinds of document?</summary>
    public static bool IsKindSystem(string? system) => system is KindSystem || system?.EndsWith(KindTable, StringComparison.Ordinal) == true;

    public static bool IsResidentKind(string? code) => code is ResidentKind or "08";

    /// <summary>The kind of document that an Identifier is of; null where it is of none.</summary>
    public static string? KindOf(Element identifier)
    {
        if (identifier.Child("type") is not { Exists: true } type)
        {
            return null;
        }

        foreach (var coding in type.ChildrenNamed("coding"))
        {
            if (KindOf(coding.ChildText("system"), coding.ChildText("code")) is { } kind)
            {
                return kind;
            }
        }

        return null;
    }

    /// <summary>The kind that a coding of Identifier.type names; null where it names none.</summary>
    public static string? KindOf(string? system, string? code) => IsKindSystem(system) ? code : code switch
    {
        // http://terminology.hl7.org/CodeSystem/v2-0203: NI national number, PPN passport.
        "NI" or "NNCHN" => ResidentKind,
        "PPN" => "03",
        _ => null,
    };

    /// <summary>Null where the kind's form is not known.</summary>
    public static bool? HasForm(string kind, string number) => kind switch
    {
        "01" or "08" => ResidentNumber.Parse(number) is not null,
        "03" => Passport().IsMatch(number),
        "06" => HongKongAndMacao().IsMatch(number),
        "07" => Taiwan().IsMatch(number),
        "10" or "11" => ResidentNumber.Parse(number) is not null && number[0] == '8',
        _ => null,
    };

    [GeneratedRegex(@"^[A-Za-z0-9]{5,20}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Passport();

    [GeneratedRegex(@"^[HMhm]([0-9]{8}|[0-9]{10})$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex HongKongAndMacao();

    [GeneratedRegex(@"^([0-9]{8}|[0-9]{10}[A-Za-z(]?.*)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Taiwan();
}
