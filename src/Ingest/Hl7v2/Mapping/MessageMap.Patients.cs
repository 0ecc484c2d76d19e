using Kangqiao.Ingest.Hl7v2.Reading;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Hl7v2.Mapping;

/// <summary>PID, MRG, NK1, GT1, IN1 and the account.</summary>
internal sealed partial class MessageMap
{
    private Draft? patient;
    private Draft? account;
    private Draft? coverage;

    private FhirObject? Subject => patient?.Refer();

    private string PatientKey => patient?.Key ?? "";

    private void BeginPatient(Segment pid)
    {
        done.Add(pid.Index);
        EndVisit();
        visit = null;
        account = null;
        coverage = null;
        noted = null;
        if (KeyOf(pid) is not { } key)
        {
            findings.Add(Hl7Findings.Of(Hl7Findings.NoPatientNumber, pid.Path + "-3"));
            patient = null;
            return;
        }

        patient = Record("Patient", key);
        Apply(content.Segment("PID", "Patient"), pid, patient.Body);
        Demographics(pid, patient.Body);
        (patient.Intent, patient.IsMention) = (IsAdt, trigger) switch
        {
            (true, "A29") => (MappedIntent.Withdraw, false),
            (true, "A01" or "A04" or "A05" or "A28") => (MappedIntent.Put, false),
            // Chapter 2.10.4: what a later message leaves empty is as it was.
            _ => KeepsPatients ? (MappedIntent.Amend, false) : (MappedIntent.Put, true),
        };

        AccountOf(pid);
        MotherOf(pid);
        VisitAhead(pid);
    }

    /// <summary>The sender's own number of a patient, else the number of a card, a stay, a record or a document.</summary>
    private string? KeyOf(Segment pid) => KeyOf(pid.Field(3)) ?? KeyOf(pid.Field(2)) ?? KeyOf(pid.Field(4))
        ?? (pid.Field(19).Text() is { Length: > 0 } document ? SourceKey.PatientBy("id", document.ToUpperInvariant()) : null);

    private string? KeyOf(Hl7Value numbers)
    {
        string? second = null;
        for (var i = 1; i <= numbers.RepetitionCount; i++)
        {
            var number = numbers.Repetition(i);
            var id = number.Component(1).Text();
            var kind = number.Component(5).Text();
            if (id.Length == 0 || number.Component(1).IsNull)
            {
                continue;
            }

            if (IsIdCard(id, kind))
            {
                second ??= SourceKey.PatientBy("id", id.ToUpperInvariant());
            }
            else if (kind.Length == 0 || content.Codes("PatientNumber")[kind] is { Code: "pid" })
            {
                return SourceKey.Patient(id);
            }
            else if (content.Codes("PatientNumber")[kind] is { } other)
            {
                second = SourceKey.PatientBy(other.Code, id);
            }
            else
            {
                second ??= SourceKey.PatientBy(TableName(kind), id);
            }
        }

        return second;
    }

    private void Demographics(Segment pid, FhirObject body)
    {
        if (body["communication"] is List<object> { Count: > 0 } spoken)
        {
            ((FhirObject)spoken[0]).Set("preferred", true);
        }

        // PID-25 says which of several children, PID-24 only that there were several.
        if (Integer(pid.Field(25).Text()) is int order)
        {
            body.Remove("multipleBirthBoolean");
            body.Set("multipleBirthInteger", order);
        }

        if (!body.Has("deceasedDateTime") && content.Codes("YesNo")[pid.Field(30).Text()] is { } dead)
        {
            body.Set("deceasedBoolean", dead.Code == "true");
        }

        if (pid.Field(23).Text() is { Length: > 0 } birthPlace)
        {
            body.Add("extension", Extension("http://hl7.org/fhir/StructureDefinition/patient-birthPlace")
                .Set("valueAddress", new FhirObject().Set("text", birthPlace)));
        }

        if (pid.Field(22).Text() is { Length: > 0 } && Concept(pid.Field(22).Repetition(1), "ethnic-group", null, new Place(pid, 22)) is { } ethnic)
        {
            body.Add("extension", Extension("https://kangqiao.dev/fhir/StructureDefinition/ethnic-group").Set("valueCodeableConcept", ethnic));
        }

        if (HumanName(pid.Field(6).Repetition(1)) is { } mother && mother["text"] as string is var text && (text ?? mother["family"] as string) is { } maiden)
        {
            body.Add("extension", Extension("http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName").Set("valueString", maiden));
        }
    }

    private void AccountOf(Segment pid)
    {
        var number = pid.Field(18).Text();
        if (number.Length == 0 || type is not ("ADT" or "BAR" or "DFT"))
        {
            return;
        }

        account = Record("Account", "account|" + number);
        account.IsMention = type == "ADT";
        Apply(content.Segment("PID", "Account"), pid, account.Body);
        account.Body.Set("status", "active");
        if (!account.Body.Has("subject"))
        {
            account.Body.Add("subject", Subject);
        }
    }

    /// <summary>PID-21, the mother's number: the way to a newborn's guardian.</summary>
    private void MotherOf(Segment pid)
    {
        if (pid.Field(21).Text().Length == 0)
        {
            return;
        }

        var mother = Record("RelatedPerson", SourceKey.Part(PatientKey, "mother"));
        if (Cx(pid.Field(21).Repetition(1), "", new Place(pid, 21)) is { } number)
        {
            mother.Body.Add("identifier", number);
        }

        mother.Body.Set("patient", Subject).Add("relationship", OneConcept("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "MTH", "mother"));
    }

    private void NextOfKin(Segment nk1)
    {
        var name = nk1.Field(2).Component(1).Text() + nk1.Field(2).Component(2).Text();
        var number = nk1.Field(33).Text();
        if (patient is null || (name.Length == 0 && number.Length == 0 && nk1.Field(13).Text().Length == 0))
        {
            return;
        }

        var key = number.Length > 0 ? number : nk1.Field(3).Text() + "|" + name + nk1.Field(13).Text();
        var kin = OwnRecord("RelatedPerson", SourceKey.Part(PatientKey, "kin|" + key), nk1);
        Apply(content.Segment("NK1", "RelatedPerson"), nk1, kin.Body);
        kin.Body.Set("patient", Subject);
        noted = null;
    }

    private void Guarantor(Segment gt1)
    {
        if (patient is null)
        {
            return;
        }

        var key = gt1.Field(2).Text() is { Length: > 0 } number ? number : gt1.Field(3).Component(1).Text() + gt1.Field(3).Component(2).Text();
        if (key.Length == 0)
        {
            return;
        }

        var guarantor = OwnRecord("RelatedPerson", SourceKey.Part(PatientKey, "guarantor|" + key), gt1);
        Apply(content.Segment("GT1", "RelatedPerson"), gt1, guarantor.Body);
        guarantor.Body.Set("patient", Subject);
        if (account is not null && !account.IsMention)
        {
            account.Body.Add("guarantor", new FhirObject().Set("party", guarantor.Refer()));
        }
    }

    private void InsuranceOf(Segment in1)
    {
        if (patient is null)
        {
            return;
        }

        var plan = in1.Field(2).Text();
        var insurer = in1.Field(4).Component(1).Text();
        var insurerId = in1.Field(3).Text();
        var key = string.Join('|', "coverage", plan, insurerId.Length > 0 ? insurerId : insurer, in1.Field(36).Text().Length > 0 ? in1.Field(36).Text() : in1.Field(49).Text());
        coverage = OwnRecord("Coverage", SourceKey.Part(PatientKey, key), in1);
        Apply(content.Segment("IN1", "Coverage"), in1, coverage.Body);
        coverage.Body.Set("status", "active").Set("beneficiary", Subject);
        var payor = Organization(insurer, insurerId, Authority(in1.Field(3).Component(4), "insurer"));
        coverage.Body.Add("payor", payor?.Refer() ?? Subject);
        Insured(in1);
        if (account is not null && !account.IsMention)
        {
            account.Body.Add("coverage", new FhirObject().Set("coverage", coverage.Refer()));
        }
    }

    /// <summary>IN1-16 to IN1-19: whose insurance it is, where it is not the patient's own.</summary>
    private void Insured(Segment in1)
    {
        var name = in1.Field(16).Component(1).Text() + in1.Field(16).Component(2).Text();
        if (name.Length == 0 || in1.Field(17).Text() is "SEL" or "18")
        {
            return;
        }

        var insured = Record("RelatedPerson", SourceKey.Part(PatientKey, "insured|" + name));
        if (!insured.Body.Has("patient"))
        {
            Apply(content.Segment("IN1", "RelatedPerson"), in1, insured.Body);
            insured.Body.Set("patient", Subject);
        }

        coverage!.Body.Set("subscriber", insured.Refer());
    }

    /// <summary>
    /// A40 and A47: two numbers are one patient; A41: two accounts are one. The record under the old number stays, is not active
    /// any more and says by whom it was replaced.
    /// </summary>
    private void Merge(Segment mrg)
    {
        if (trigger is not ("A40" or "A41" or "A47") || patient is null)
        {
            return;
        }

        var found = false;
        if (mrg.Field(3).Text() is { Length: > 0 } oldAccount && account is not null && account.Key != "account|" + oldAccount)
        {
            found = true;
            account.IsMention = false;
            account.Intent = MappedIntent.Amend;
            var old = Record("Account", "account|" + oldAccount);
            old.Intent = MappedIntent.Amend;
            old.Body.Set("status", "inactive").Set("partOf", account.Refer());
        }

        foreach (var key in OldKeys(mrg))
        {
            if (key == patient.Key)
            {
                continue;
            }

            found = true;
            var old = Record("Patient", key);
            old.Intent = MappedIntent.Amend;
            old.Body.Set("active", false).Add("link", new FhirObject().Set("other", Subject).Set("type", "replaced-by"));
            patient.Body.Set("active", true).Add("link", new FhirObject().Set("other", old.Refer()).Set("type", "replaces"));
        }

        if (!found)
        {
            findings.Add(Hl7Findings.Of(Hl7Findings.NothingMerged, mrg.Path + "-1"));
        }
    }

    /// <summary>MRG-1 may name several old numbers, MRG-4 is where versions before 2.5 name the one.</summary>
    private IEnumerable<string> OldKeys(Segment mrg)
    {
        var numbers = mrg.Field(1);
        for (var i = 1; i <= numbers.RepetitionCount; i++)
        {
            if (KeyOf(numbers.Repetition(i)) is { } key)
            {
                yield return key;
            }
        }

        if (numbers.IsEmpty && KeyOf(mrg.Field(4)) is { } one)
        {
            yield return one;
        }
    }
}
