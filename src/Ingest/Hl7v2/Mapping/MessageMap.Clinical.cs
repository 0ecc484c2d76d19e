using Kangqiao.Ingest.Hl7v2.Reading;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Hl7v2.Mapping;

/// <summary>DG1, PRB, AL1, IAM, PR1: what is the matter and what was done.</summary>
internal sealed partial class MessageMap
{
    private const string VerificationStatus = "http://terminology.hl7.org/CodeSystem/condition-ver-status";
    private const string ConditionCategory = "http://terminology.hl7.org/CodeSystem/condition-category";

    /// <summary>What a part belongs to where it has no number of its own: the visit, else the patient.</summary>
    private string Whole => visit?.Key is { } stay ? SourceKey.Part(stay, PatientKey) : PatientKey;

    private void Diagnosis(Segment dg1)
    {
        if (patient is null || NameOf(dg1, 3, 4) is not { } name)
        {
            return;
        }

        var key = dg1.Field(20).Text() is { Length: > 0 } number
            ? SourceKey.Part(PatientKey, "diagnosis|" + number)
            : SourceKey.Part(Whole, $"diagnosis|{name}|{dg1.Field(6).Text()}");
        var condition = OwnRecord("Condition", key, dg1);
        Apply(content.Segment("DG1", "Condition"), dg1, condition.Body);
        condition.Body.Set("subject", Subject).Set("encounter", VisitReference)
            .Add("category", OneConcept(ConditionCategory, "encounter-diagnosis", "Encounter Diagnosis"));
        if (dg1.Field(21).Text() == "D")
        {
            WithdrawCondition(condition);
            return;
        }

        if (visit is not null)
        {
            var use = content.Codes("DiagnosisType")[dg1.Field(6).Text()] is { } kind ? new FhirObject().Add("coding", CodingOf(kind)) : null;
            // Rank is a positive integer; 0 in DG1-15 says that it is not included in the ranking.
            diagnoses.Add((condition, use, Integer(dg1.Field(15).Text()) is int rank and > 0 ? rank : null));
        }

        // In a charge or order the diagnosis is why.
        (charge?.Body ?? order?.Request?.Body)?.Add(charge is null ? "reasonReference" : "supportingInformation", condition.Refer());
        noted = condition.Body;
    }

    private void ProblemOf(Segment prb)
    {
        if (patient is null || NameOf(prb, 3, 0) is not { } name)
        {
            return;
        }

        var number = prb.Field(4).Text();
        var problem = OwnRecord("Condition", SourceKey.Part(PatientKey, "problem|" + (number.Length > 0 ? number : name)), prb);
        Apply(content.Segment("PRB", "Condition"), prb, problem.Body);
        problem.Body.Set("subject", Subject).Set("encounter", VisitReference)
            .Add("category", OneConcept(ConditionCategory, "problem-list-item", "Problem List Item"));
        noted = problem.Body;
        if (prb.Field(1).Text() == "DE" || trigger == "PC3")
        {
            WithdrawCondition(problem);
            return;
        }

        // The life-cycle status is the sender's own table; an end says that it is over.
        if (problem.Body["clinicalStatus"] is not FhirObject status || !status.Has("coding") || Local("code") == SystemIn(status))
        {
            problem.Body.Set("clinicalStatus", OneConcept("http://terminology.hl7.org/CodeSystem/condition-clinical", problem.Body.Has("abatementDateTime") ? "resolved" : "active"));
        }

        // con-4: what has an end is not active any more.
        if (CodeIn(problem.Body["clinicalStatus"]) == "active" && problem.Body.Has("abatementDateTime"))
        {
            problem.Body.Set("clinicalStatus", OneConcept("http://terminology.hl7.org/CodeSystem/condition-clinical", "resolved"));
        }
    }

    private static string? SystemIn(FhirObject concept) => concept["coding"] is List<object> { Count: > 0 } codings ? (codings[0] as FhirObject)?["system"] as string : null;

    private static string? CodeIn(object? concept) => (concept as FhirObject)?["coding"] is List<object> { Count: > 0 } codings ? (codings[0] as FhirObject)?["code"] as string : null;

    private static void WithdrawCondition(Draft condition)
    {
        condition.Intent = MappedIntent.Withdraw;
        // con-5: what was entered in error has no clinical status.
        condition.Body.Remove("clinicalStatus");
        condition.Body.Set("verificationStatus", OneConcept(VerificationStatus, "entered-in-error"));
    }

    private void CauseOfDeath(Segment pda)
    {
        if (patient is null || !pda.Field(1).HasValue)
        {
            return;
        }

        var cause = OwnRecord("Condition", SourceKey.Part(PatientKey, "cause-of-death|" + pda.Field(1).Text()), pda);
        Apply(content.Segment("PDA", "Condition"), pda, cause.Body);
        cause.Body.Set("subject", Subject).Set("encounter", VisitReference);
    }

    private void Allergy(Segment segment, string name)
    {
        if (patient is null)
        {
            return;
        }

        var allergen = segment.Field(3).Text() is { Length: > 0 } code ? code : segment.Field(3).Component(2).Text();
        if (allergen.Length == 0)
        {
            findings.Add(Hl7Findings.Of(Hl7Findings.NoAllergen, segment.Path + "-3", name + "-3"));
            return;
        }

        var allergy = Record("AllergyIntolerance", SourceKey.Part(PatientKey, "allergy|" + allergen));
        var body = allergy.Body;
        if (body.Has("code"))
        {
            return;
        }

        Apply(content.Segment(name, "AllergyIntolerance"), segment, body);
        body.Set("patient", Subject);
        if (body["reaction"] is List<object> { Count: > 0 } && !body.First("reaction").Has("manifestation"))
        {
            body.Remove("reaction");
        }

        if (name == "IAM")
        {
            MoreOfAllergy(segment, body);
        }

        if (segment.Is("IAM") && segment.Field(6).Text() == "D")
        {
            allergy.Intent = MappedIntent.Withdraw;
            body.Set("verificationStatus", OneConcept("http://terminology.hl7.org/CodeSystem/allergyintolerance-verification", "entered-in-error"));
        }

        // ait-1, ait-2: a clinical status stands unless the allergy was entered in error.
        if (CodeIn(body["verificationStatus"]) != "entered-in-error")
        {
            body.Set("clinicalStatus", OneConcept("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active"));
        }

        noted = body;
    }

    private void MoreOfAllergy(Segment iam, FhirObject body)
    {
        // IAM-30 is the allergy as one code, beside the allergen.
        if (Concept(iam.Field(30).Repetition(1), "allergen", null, new Place(iam, 30))?["coding"] is List<object> codings)
        {
            codings.ForEach(coding => body.Object("code").Add("coding", coding));
        }

        if (CodeIn(body["verificationStatus"]) is { } status && status is not ("confirmed" or "unconfirmed" or "refuted" or "entered-in-error"))
        {
            body.Remove("verificationStatus");
        }

        for (var i = iam.Index + 1; i < message.Count && (message[i].Is("NTE") || message[i].Is("IAR")); i++)
        {
            if (message[i].Is("IAR"))
            {
                if (body["reaction"] is List<object> { Count: > 0 } && iam.Field(5).HasValue is false)
                {
                    body.Remove("reaction");
                }

                Apply(content.Segment("IAR", "AllergyIntolerance"), message[i], body);
            }
        }
    }

    private void ProcedureOf(Segment pr1)
    {
        if (patient is null || NameOf(pr1, 3, 4) is not { } name)
        {
            return;
        }

        var number = pr1.Field(19).Text();
        var procedure = OwnRecord("Procedure", number.Length > 0
            ? SourceKey.Part(PatientKey, "procedure|" + number)
            : SourceKey.Part(Whole, $"procedure|{name}|{pr1.Field(5).Text()}"), pr1);
        Apply(content.Segment("PR1", "Procedure"), pr1, procedure.Body);
        procedure.Body.Set("subject", Subject).Set("encounter", VisitReference)
            // HL7 v2-to-FHIR has no status for it; a procedure with a time has been done.
            .Set("status", procedure.Body.Has("performedDateTime") ? "completed" : "unknown");
        if (pr1.Field(20).Text() == "D")
        {
            procedure.Intent = MappedIntent.Withdraw;
            procedure.Body.Set("status", "entered-in-error");
        }

        noted = procedure.Body;
    }

    /// <summary>The code of a segment's subject, else its text; a finding where there is neither.</summary>
    private string? NameOf(Segment segment, int field, int text)
    {
        var name = segment.Field(field).Text() is { Length: > 0 } code ? code
            : segment.Field(field).Component(2).Text() is { Length: > 0 } words ? words
            : segment.Field(field).Component(9).Text() is { Length: > 0 } original ? original
            : text > 0 ? segment.Field(text).Text() : "";
        if (name.Length > 0)
        {
            return name;
        }

        findings.Add(Hl7Findings.Of(Hl7Findings.NoCode, $"{segment.Path}-{field}", segment.Name));
        return null;
    }
}
