namespace Kangqiao.Ingest.Cda.Writing;

/// <summary>A shared document to be written: only what differs between documents; the rest the standard fixes.</summary>
/// <param name="Type">"C0007", "HSDB04.01".</param>
/// <param name="Id">Of this version; the schemas ask for 32 to 36 characters.</param>
/// <param name="Made">Chinese time.</param>
public sealed record SharedDocument(string Type, string Id, DateTime Made, SharedPatient Patient, SharedOrganization Custodian)
{
    public string? SetId { get; init; }

    public string? Version { get; init; }

    /// <summary>N, R or V.</summary>
    public string Confidentiality { get; init; } = "N";

    public SharedStaff Author { get; init; } = new("", "");

    /// <summary>With the role each signs in; the first is the legal authenticator.</summary>
    public IReadOnlyList<SharedStaff> Signers { get; init; } = [];

    /// <summary>Next of kin or guardian; null for none.</summary>
    public SharedContact? Contact { get; init; }

    public SharedStay? Stay { get; init; }

    /// <summary>The version that this one replaces; null for a first version.</summary>
    public SharedParent? Replaces { get; init; }

    public IReadOnlyList<SharedSection> Sections { get; init; } = [];
}

/// <param name="Numbers">By the last arc of their root under 2.16.156.10011.1: "11" 门(急)诊号, "12" 住院号, "20" 处方编号… The first counts where a type has room for one.</param>
public sealed record SharedPatient(string Name, IReadOnlyList<(string Arc, string Value)> Numbers)
{
    /// <summary>GB 11643; null where it is not known.</summary>
    public string? ResidentNumber { get; init; }

    /// <summary>GB/T 2261.1.</summary>
    public string Sex { get; init; } = "9";

    public DateOnly? Birth { get; init; }

    /// <summary>GB/T 2261.2.</summary>
    public string Marital { get; init; } = "90";

    /// <summary>GB 3304, two digits.</summary>
    public string Ethnic { get; init; } = "01";

    /// <summary>GB/T 2261.4.</summary>
    public string Occupation { get; init; } = "90";

    public string? Phone { get; init; }

    public SharedAddress Address { get; init; } = new("", "", "", "", "", "");

    public string? Employer { get; init; }

    /// <summary>1 门诊, 2 急诊, 3 住院, 9 其他.</summary>
    public string Kind { get; init; } = "9";
}

public sealed record SharedAddress(string State, string City, string County, string Township, string Street, string House, string PostalCode = "100000");

/// <param name="Code">18 characters (GB 32100).</param>
public sealed record SharedOrganization(string Code, string Name);

public sealed record SharedStaff(string Number, string Name, string Role = "");

/// <param name="Relation">GB/T 4761.</param>
public sealed record SharedContact(string Name, string Relation, string Phone, string? ResidentNumber = null, bool IsGuardian = false);

public sealed record SharedStay(DateTime Start, DateTime? End, SharedUnit? Bed, SharedUnit? Room, SharedUnit? Department, SharedUnit? Ward);

public sealed record SharedUnit(string Code, string Name);

public sealed record SharedParent(string Id, string? SetId, string? Version, string Relation = "RPLC");

/// <param name="Code">LOINC, or null for a section that goes by its title.</param>
public sealed record SharedSection(string? Code, string Title, IReadOnlyList<SharedEntry> Entries)
{
    public string? Text { get; init; }
}

public enum SharedKind
{
    Observation,
    Organizer,
    Procedure,
    Drug,
}

/// <summary>What a section says in code.</summary>
/// <param name="Element">DE code, or for a procedure the code of the operation.</param>
public sealed record SharedEntry(SharedKind Kind, string? Element, string? Name, SharedValue? Value = null)
{
    /// <summary>OID of the code's system; the catalogue of data elements if null.</summary>
    public string? System { get; init; }

    public string? Qualifier { get; init; }

    public DateTime? Start { get; init; }

    public DateTime? End { get; init; }

    public IReadOnlyList<SharedEntry> Parts { get; init; } = [];

    public SharedStaff? Performer { get; init; }

    /// <summary>Of a drug.</summary>
    public SharedDose? Dose { get; init; }
}

/// <param name="Route">WS 364 CV06.00.102.</param>
/// <param name="Form">WS 364 CV08.50.002.</param>
public sealed record SharedDose(decimal Amount, string Unit, string Route, string Form, decimal Frequency, string FrequencyUnit);

/// <summary>A value of an entry.</summary>
public sealed record SharedValue
{
    private SharedValue(string kind) => Kind = kind;

    /// <summary>CDA's data type: ST, CD, PQ, BL, TS, MO.</summary>
    public string Kind { get; }

    public string Text { get; private init; } = "";

    public string? System { get; private init; }

    public string? Display { get; private init; }

    public string? Unit { get; private init; }

    public static SharedValue Of(string text) => new("ST") { Text = text };

    public static SharedValue Code(string code, string system, string display) => new("CD") { Text = code, System = system, Display = display };

    public static SharedValue Quantity(decimal value, string unit) => new("PQ") { Text = value.ToString(global::System.Globalization.CultureInfo.InvariantCulture), Unit = unit };

    public static SharedValue Flag(bool value) => new("BL") { Text = value ? "true" : "false" };

    public static SharedValue Time(DateTime value) => new("TS") { Text = CdaText.Time(value) };

    public static SharedValue Money(decimal yuan) => new("MO") { Text = yuan.ToString("0.00", global::System.Globalization.CultureInfo.InvariantCulture), Unit = "元" };
}

internal static class CdaText
{
    public static string Time(DateTime value) => value.ToString("yyyyMMddHHmmss", global::System.Globalization.CultureInfo.InvariantCulture);

    public static string Day(DateTime value) => value.ToString("yyyyMMdd", global::System.Globalization.CultureInfo.InvariantCulture);
}
