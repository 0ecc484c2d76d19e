using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Cda.Records;

/// <summary>People and places a document only names: their records are made where there are none, and never changed.</summary>
internal static class Mentions
{
    public const string StaffRoot = "urn:oid:2.16.156.10011.1.4";
    public const string InstitutionRoot = "urn:oid:2.16.156.10011.1.5";

    // What senders put where they have nothing.
    private static readonly string[] Blanks = ["/", "-", "--", "—", "无", "NA", "N/A", "NULL", "null", "不详", "未知", "."];

    /// <summary>Null for what senders write where they have nothing to say.</summary>
    public static string? Said(string? text) => FhirBody.Clean(text) is { } clean && Array.IndexOf(Blanks, clean) < 0 ? clean : null;

    public static Target? Practitioner(string? number, string? name, DocumentContext context)
    {
        number = Said(number);
        name = Said(name);
        if (number is null)
        {
            return name is null ? null : new Target(null, name);
        }

        return context.Mention("Practitioner", SourceKey.Staff(number), () =>
        {
            using var body = new FhirBody("Practitioner");
            body.Array("identifier");
            body.Identifier(null, StaffRoot, number);
            body.EndArray();
            Name(body, name);
            return body.Finish();
        }, name);
    }

    public static Target? Organization(string? code, string? name, DocumentContext context)
    {
        code = Said(code);
        name = Said(name);
        if (code is null)
        {
            return name is null ? null : new Target(null, name);
        }

        return context.Mention("Organization", SourceKey.Organization(code), () => OrganizationBody(InstitutionRoot, code, name, "prov", null), name);
    }

    public static byte[] OrganizationBody(string? system, string? code, string? name, string type, Target? whole)
    {
        using var body = new FhirBody("Organization");
        if (code is not null)
        {
            body.Array("identifier");
            body.Identifier(null, system, code);
            body.EndArray();
        }

        body.Flag("active", true);
        body.Array("type");
        body.Concept(null, "http://terminology.hl7.org/CodeSystem/organization-type", type, null);
        body.EndArray();
        body.Text("name", name ?? code);
        body.Reference("partOf", whole);
        return body.Finish();
    }

    public static void Name(FhirBody body, string? name)
    {
        if (name is not null)
        {
            body.Array("name");
            body.Object();
            body.Text("text", name);
            body.EndObject();
            body.EndArray();
        }
    }
}
