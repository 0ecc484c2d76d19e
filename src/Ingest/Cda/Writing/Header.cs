using System.Globalization;
using System.Xml.Linq;
using Kangqiao.Ingest.Cda.Content;

namespace Kangqiao.Ingest.Cda.Writing;

/// <summary>The whole header that a shared document can have; the type's shape takes of it what it has a place for.</summary>
internal static class Header
{
    private const string Roots = "2.16.156.10011.1.";

    public static XElement Of(SharedDocument document, CdaDocumentType type)
    {
        var time = CdaText.Time(document.Made);
        var root = E("ClinicalDocument",
            E("realmCode", A("code", "CN")),
            E("typeId", A("root", "2.16.840.1.113883.1.3"), A("extension", "POCD_MT000040")),
            E("templateId", A("root", type.Template)),
            Id("1", document.Id),
            E("code", A("code", type.Code), A("codeSystem", "2.16.156.10011.2.4"), A("codeSystemName", "卫生信息共享文档规范编码体系")),
            E("title", type.Title),
            E("effectiveTime", A("value", time)),
            E("confidentialityCode", A("code", document.Confidentiality), A("codeSystem", "2.16.840.1.113883.5.25"), A("codeSystemName", "Confidentiality"), A("displayName", document.Confidentiality == "N" ? "正常访问保密级别" : "限制访问")),
            E("languageCode", A("code", "zh-CN")),
            E("setId", document.SetId ?? ""),
            E("versionNumber", document.Version ?? ""),
            E("recordTarget", A("typeCode", "RCT"), A("contextControlCode", "OP"), Patient(document)),
            Author(document, time),
            E("custodian", A("typeCode", "CST"), E("assignedCustodian", A("classCode", "ASSIGNED"),
                E("representedCustodianOrganization", A("classCode", "ORG"), A("determinerCode", "INSTANCE"), Organization(document.Custodian)))));
        Signers(document, time, root);
        Contact(document, root);
        var parent = document.Replaces;
        root.Add(E("relatedDocument", A("typeCode", parent?.Relation ?? "RPLC"), E("parentDocument", E("id", parent?.Id ?? ""), E("setId", parent?.SetId ?? ""), E("versionNumber", parent?.Version ?? ""))));
        if (document.Stay is { } stay)
        {
            root.Add(Stay(document, stay));
        }

        return root;
    }

    private static XElement Patient(SharedDocument document)
    {
        var patient = document.Patient;
        var role = E("patientRole", A("classCode", "PAT"));
        foreach (var (arc, value) in patient.Numbers)
        {
            role.Add(Id(arc, value));
        }

        role.Add(
            E("patientType", E("patienttypeCode", A("code", patient.Kind), A("codeSystem", "2.16.156.10011.2.3.1.271"), A("codeSystemName", "患者类型代码表"))),
            Address(patient.Address, "H"),
            E("telecom", A("value", patient.Phone ?? "")),
            E("patient", A("classCode", "PSN"), A("determinerCode", "INSTANCE"),
                Id("3", patient.ResidentNumber ?? ""),
                E("name", patient.Name),
                Coded("administrativeGenderCode", patient.Sex, "2.16.156.10011.2.3.3.4", "生理性别代码表(GB/T 2261.1)", patient.Sex switch { "1" => "男性", "2" => "女性", "0" => "未知的性别", _ => "未说明的性别" }),
                patient.Birth is { } birth ? E("birthTime", A("value", birth.ToString("yyyyMMdd", CultureInfo.InvariantCulture))) : null,
                Coded("maritalStatusCode", patient.Marital, "2.16.156.10011.2.3.3.5", "婚姻状况代码表(GB/T 2261.2)", ""),
                Coded("ethnicGroupCode", patient.Ethnic, "2.16.156.10011.2.3.3.3", "民族类别代码表(GB 3304)", ""),
                Coded("nationality", "156", "2.16.156.10011.2.3.3.1", "世界各国和地区名称代码(GB/T 2659)", "中国"),
                patient.Birth is { } born ? E("age", A("unit", "岁"), A("value", Age(born, document.Made))) : null,
                E("employerOrganization", E("name", patient.Employer ?? ""), E("telecom", A("value", ""))),
                E("occupation", Coded("occupationCode", patient.Occupation, "2.16.156.10011.2.3.3.13", "从业状况(个人身体)代码表(GB/T 2261.4)", ""))),
            E("providerOrganization", A("classCode", "ORG"), A("determinerCode", "INSTANCE"),
                Organization(document.Custodian),
                E("asOrganizationPartOf", E("wholeOrganization", Organization(document.Custodian)))));
        return role;
    }

    private static XElement Author(SharedDocument document, string time) =>
        E("author", A("typeCode", "AUT"), A("contextControlCode", "OP"),
            E("time", A("value", time)),
            E("assignedAuthor", A("classCode", "ASSIGNED"),
                Id("4", document.Author.Number),
                E("assignedPerson", E("name", document.Author.Name)),
                E("representedOrganization", Organization(document.Custodian))));

    private static void Signers(SharedDocument document, string time, XElement root)
    {
        var isFirst = true;
        foreach (var signer in document.Signers)
        {
            root.Add(E(isFirst ? "legalAuthenticator" : "authenticator",
                E("time", A("value", time)),
                E("signatureCode"),
                E("assignedEntity",
                    Id("4", signer.Number),
                    E("code", A("displayName", signer.Role)),
                    E("assignedPerson", A("classCode", "PSN"), A("determinerCode", "INSTANCE"), E("name", signer.Name)))));
            isFirst = false;
        }
    }

    private static void Contact(SharedDocument document, XElement root)
    {
        if (document.Contact is not { } contact)
        {
            return;
        }

        root.Add(E("participant", A("typeCode", contact.IsGuardian ? "IND" : "NOT"),
            E("associatedEntity", A("classCode", contact.IsGuardian ? "GUARD" : "ECON"),
                contact.ResidentNumber is null ? null : Id("3", contact.ResidentNumber),
                Coded("code", contact.Relation, "2.16.156.10011.2.3.3.8", "家庭关系代码表(GB/T 4761)", ""),
                Address(document.Patient.Address, "H"),
                E("telecom", A("use", "H"), A("value", contact.Phone)),
                E("associatedPerson", A("classCode", "PSN"), A("determinerCode", "INSTANCE"), E("name", contact.Name)))));
    }

    private static XElement Stay(SharedDocument document, SharedStay stay)
    {
        XElement? chain = null;
        // From the hospital in: each stands inside the organization that it is part of.
        foreach (var (arc, unit) in new (string Arc, SharedUnit? Unit)[] { ("5", new SharedUnit(document.Custodian.Code, document.Custodian.Name)), ("27", stay.Ward), ("26", stay.Department), ("21", stay.Room), ("22", stay.Bed) })
        {
            chain = E("asOrganizationPartOf", A("classCode", "PART"),
                E("wholeOrganization", A("classCode", "ORG"), A("determinerCode", "INSTANCE"), Id(arc, unit?.Code ?? "-"), E("name", unit?.Name ?? "-"), chain));
        }

        return E("componentOf", A("typeCode", "COMP"),
            E("encompassingEncounter", A("classCode", "ENC"), A("moodCode", "EVN"),
                E("effectiveTime", A("value", CdaText.Time(stay.Start)), E("low", A("value", CdaText.Time(stay.Start))), stay.End is { } end ? E("high", A("value", CdaText.Time(end))) : null),
                E("location", A("typeCode", "LOC"), E("healthCareFacility", A("classCode", "SDLOC"),
                    E("serviceProviderOrganization", A("classCode", "ORG"), A("determinerCode", "INSTANCE"), chain)))));
    }

    private static object[] Organization(SharedOrganization organization) => [Id("5", organization.Code), E("name", organization.Name)];

    private static XElement Address(SharedAddress address, string use) => E("addr", A("use", use),
        E("houseNumber", address.House), E("streetName", address.Street), E("township", address.Township), E("county", address.County),
        E("city", address.City), E("state", address.State), E("postalCode", address.PostalCode));

    private static XElement Coded(string name, string code, string system, string systemName, string display) =>
        E(name, A("code", code), A("codeSystem", system), A("codeSystemName", systemName), A("displayName", display));

    private static XElement Id(string arc, string extension) => E("id", A("root", Roots + arc), A("extension", extension));

    private static string Age(DateOnly birth, DateTime made)
    {
        var day = DateOnly.FromDateTime(made);
        var years = day.Year - birth.Year - (day.DayOfYear < birth.DayOfYear ? 1 : 0);
        return Math.Max(0, years).ToString(CultureInfo.InvariantCulture);
    }

    internal static XElement E(string name, params object?[] content) => new(SharedDocumentWriter.Hl7 + name, content);

    internal static XAttribute A(string name, string value) => new(name, value);
}
