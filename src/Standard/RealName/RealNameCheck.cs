using System.Globalization;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Standard.RealName;

/// <summary>
/// Real name (ordinance art. 10): a resident is known by the resident ID number, else by another valid document, else by the
/// guardian's number. Numbers themselves never stand in a finding.
/// </summary>
internal static class RealNameCheck
{
    /// <param name="patient">Of type Patient.</param>
    /// <param name="isOwed">False for a sender that is under no duty to show documents.</param>
    public static void Check(Element patient, FindingList findings, bool isOwed)
    {
        var isKnown = false;
        foreach (var identifier in patient.ChildrenNamed("identifier"))
        {
            isKnown |= CheckIdentifier(patient, identifier, findings);
        }

        if (!isKnown && isOwed && !HasGuardian(patient))
        {
            Add(findings, StandardFindings.NoRealName, patient);
        }
    }

    /// <returns>It is a valid document's number.</returns>
    private static bool CheckIdentifier(Element patient, Element identifier, FindingList findings)
    {
        if (identifier.ChildText("value") is not { Length: > 0 } value)
        {
            return false;
        }

        var kind = ValidDocument.KindOf(identifier);
        if (ValidDocument.IsResidentSystem(identifier.ChildText("system")) || (kind is not null && ValidDocument.IsResidentKind(kind)))
        {
            CheckResident(patient, identifier, value, findings);
            return true;
        }

        if (kind is null)
        {
            return false;
        }

        if (ValidDocument.HasForm(kind, value) == false)
        {
            Add(findings, StandardFindings.DocumentForm, identifier.Child("value"), kind);
        }

        return true;
    }

    private static void CheckResident(Element patient, Element identifier, string value, FindingList findings)
    {
        if (ResidentNumber.Parse(value) is not { } number)
        {
            Add(findings, StandardFindings.ResidentNumber, identifier.Child("value"));
            return;
        }

        if (number.WasOld)
        {
            Add(findings, StandardFindings.OldNumber, identifier.Child("value"));
        }

        // A partial birth date is compared as far as it goes.
        if (patient.ChildText("birthDate") is { Length: > 0 } birth
            && !number.BirthDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture).StartsWith(birth, StringComparison.Ordinal))
        {
            Add(findings, StandardFindings.OtherBirthDate, patient.Child("birthDate"));
        }

        if (patient.ChildText("gender") is { } gender && ((gender == "male" && !number.IsMale) || (gender == "female" && number.IsMale)))
        {
            Add(findings, StandardFindings.OtherSex, patient.Child("gender"));
        }
    }

    /// <summary>A contact with a document of its own: an identifier in an extension, or a reference to the guardian's record.</summary>
    private static bool HasGuardian(Element patient)
    {
        foreach (var contact in patient.ChildrenNamed("contact"))
        {
            if (contact.Child("extension").Exists)
            {
                return true;
            }
        }

        foreach (var link in patient.ChildrenNamed("link"))
        {
            if (link.Child("other").Exists)
            {
                return true;
            }
        }

        return false;
    }

    private static void Add(FindingList findings, FindingKind kind, Element at, params string[] particulars)
    {
        if (findings.IsFull)
        {
            findings.Drop(kind.Severity);
            return;
        }

        var (line, column) = at.Position();
        findings.Add(new Finding(kind, kind.Severity, at.Path(), particulars, line, column));
    }
}
