using System.Text;

namespace Kangqiao.Bench.Shapes;

internal sealed partial class Chart
{
    private void WriteCondition()
    {
        var code = Vocabulary.Diagnoses[Vocabulary.DiagnosisUse.Pick(ref random)];
        var resolved = random.Chance(550);
        var link = Begin(ShapeType.Condition);
        writer.Write($$$"""
            "clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"{{{(resolved ? "resolved" : "active")}}}"}]},"verificationStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-ver-status","code":"confirmed"}]},"category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-category","code":"encounter-diagnosis","display":"Encounter Diagnosis"}]}],"code":{{{code}}},"subject":{"reference":"{{{patient}}}"},"encounter":{"reference":"{{{visit.Encounter}}}"},"onsetDateTime":"{{{visit.Start}}}",
            """);
        if (resolved)
        {
            writer.Write($$$"""
                "abatementDateTime":"{{{visit.Start.Plus(random.Between(2, 60) * 1440)}}}",
                """);
        }

        writer.Write($$$"""
            "recordedDate":"{{{visit.Start}}}"}
            """);
        End(link);
        conditions.Add((link, code));
    }

    private void WriteProcedure()
    {
        var code = Vocabulary.Procedures[Vocabulary.ProcedureUse.Pick(ref random)];
        var link = Begin(ShapeType.Procedure);
        writer.Write($$$"""
            "status":"completed","code":{{{code}}},"subject":{"reference":"{{{patient}}}"},"encounter":{"reference":"{{{visit.Encounter}}}"},"performedPeriod":{"start":"{{{visit.Start}}}","end":"{{{visit.End}}}"}
            """);
        if (conditions.Count > 0)
        {
            writer.Write($$$""","reasonReference":[{"reference":"{{{conditions[0].Link}}}","display":"{{{conditions[0].Code.Display}}}"}]""");
        }

        writer.Utf8("}"u8);
        End(link);
        procedures.Add((link, code));
    }

    private void WriteImmunization()
    {
        var code = Vocabulary.Vaccines[Vocabulary.VaccineUse.Pick(ref random)];
        var link = Begin(ShapeType.Immunization);
        writer.Write($$$"""
            "status":"completed","vaccineCode":{{{code}}},"patient":{"reference":"{{{patient}}}"},"encounter":{"reference":"{{{visit.Encounter}}}"},"occurrenceDateTime":"{{{visit.Start}}}","primarySource":true,"lotNumber":"LOT{{{Digits(5)}}}"}
            """);
        End(link);
        vaccinations.Add((link, code));
    }

    private void WriteAllergies()
    {
        var count = random.Between(2, 10);
        var first = random.Below(Vocabulary.Allergies.Length);
        for (var i = 0; i < count; i++)
        {
            var category = i % 3 == 0 ? "medication" : i % 3 == 1 ? "environment" : "food";
            var link = Begin(ShapeType.AllergyIntolerance);
            writer.Write($$$"""
                "clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical","code":"active"}]},"verificationStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-verification","code":"confirmed"}]},"type":"allergy","category":["{{{category}}}"],"criticality":"{{{(random.Chance(850) ? "low" : "high")}}}","code":{{{Vocabulary.Allergies[(first + i) % Vocabulary.Allergies.Length]}}},"patient":{"reference":"{{{patient}}}"},"recordedDate":"{{{visit.Start}}}"}
                """);
            End(link);
        }
    }

    private void WriteImagingStudy()
    {
        var uid = Digits(8);
        var link = Begin(ShapeType.ImagingStudy);
        writer.Write($$$"""
            "identifier":[{"use":"official","system":"urn:dicom:uid","value":"urn:oid:1.2.840.99999999.{{{uid}}}"}],"status":"available","subject":{"reference":"{{{patient}}}"},"encounter":{"reference":"{{{visit.Encounter}}}"},"started":"{{{visit.Start}}}","numberOfSeries":1,"numberOfInstances":1,"series":[{"uid":"1.2.840.99999999.1.{{{uid}}}","number":1,"modality":{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"DX","display":"Digital Radiography"},"numberOfInstances":1,"bodySite":{{{One(Vocabulary.Reasons).Coding}}},"started":"{{{visit.Start}}}","instance":[{"uid":"1.2.840.99999999.1.1.{{{uid}}}","sopClass":{"system":"urn:ietf:rfc:3986","code":"urn:oid:1.2.840.10008.5.1.4.1.1.1.1"},"number":1,"title":"Image"}]}]}
            """);
        End(link);
    }

    private void WriteDevice()
    {
        var number = Digits(8);
        var link = Begin(ShapeType.Device);
        writer.Write($$$"""
            "udiCarrier":[{"deviceIdentifier":"{{{number}}}","carrierHRF":"(01){{{number}}}(11)150101(17)300101(10){{{Digits(6)}}}"}],"status":"active","distinctIdentifier":"{{{number}}}","manufactureDate":"{{{new Day(visit.Start.Day.Number - random.Between(30, 400))}}}","lotNumber":"{{{Digits(6)}}}","serialNumber":"{{{Digits(8)}}}","deviceName":[{"name":"Implantable device","type":"user-friendly-name"}],"type":{{{One(Vocabulary.DeviceTypes)}}},"patient":{"reference":"{{{patient}}}"}}
            """);
        End(link);
    }

    private void WriteDocument()
    {
        var text = new StringBuilder();
        for (var i = random.Between(4, 9); i > 0; i--)
        {
            text.Append(One(Words.Sentences));
        }

        var link = Begin(ShapeType.DocumentReference);
        writer.Write($$$"""
            "identifier":[{"system":"urn:ietf:rfc:3986","value":"urn:uuid:{{{link.Id}}}"}],"status":"current","type":{{{One(Vocabulary.DocumentTypes)}}},"category":[{"coding":[{"system":"https://shaped.example/document-class","code":"clinical-note","display":"Clinical Note"}]}],"subject":{"reference":"{{{patient}}}"},"date":"{{{visit.End}}}","author":[{"reference":"{{{visit.Practitioner}}}"}],"custodian":{"reference":"{{{visit.Organization}}}"},"content":[{"attachment":{"contentType":"text/plain; charset=utf-8","data":"
            """);
        writer.Base64(Encoding.UTF8.GetBytes(text.ToString()));
        writer.Write($$$"""
            "},"format":{"system":"http://ihe.net/fhir/ValueSet/IHE.FormatCode.codesystem","code":"urn:ihe:iti:xds:2017:mimeTypeSufficient","display":"mimeType Sufficient"}}],"context":{"encounter":[{"reference":"{{{visit.Encounter}}}"}],"period":{"start":"{{{visit.Start}}}","end":"{{{visit.End}}}"}}
            """);
        writer.Utf8("}"u8);
        End(link);
    }

    private void WritePlan()
    {
        var plan = One(Vocabulary.Plans);
        var hasCondition = conditions.Count > 0;
        var team = new Link(ShapeType.CareTeam, random.Id());
        Begin(team);
        writer.Write($$$"""
            "status":"active","subject":{"reference":"{{{patient}}}"},"encounter":{"reference":"{{{visit.Encounter}}}"},"period":{"start":"{{{visit.Start}}}"},"participant":[{"role":[{"coding":[{"system":"https://shaped.example/sct","code":"116154003","display":"Patient"}],"text":"Patient"}],"member":{"reference":"{{{patient}}}"}},{"role":[{"coding":[{"system":"https://shaped.example/sct","code":"223366009","display":"Healthcare professional"}],"text":"家庭医生"}],"member":{"reference":"{{{visit.Practitioner}}}"}},{"role":[{"coding":[{"system":"https://shaped.example/sct","code":"224891009","display":"Healthcare services"}],"text":"社区卫生服务"}],"member":{"reference":"{{{visit.Organization}}}"}}],"managingOrganization":[{"reference":"{{{visit.Organization}}}"}]}
            """);
        End(team);
        var goals = random.Chance(350) ? 2 : 0;
        Span<Guid> goalIds = stackalloc Guid[goals];
        for (var i = 0; i < goals; i++)
        {
            var goal = Begin(ShapeType.Goal);
            writer.Write($$$"""
                "lifecycleStatus":"active","achievementStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/goal-achievement","code":"in-progress"}]},"description":{"text":"{{{(i == 0 ? "血压控制在 140/90 mmHg 以下" : "Maintain HbA1c below 7 %")}}}"},"subject":{"reference":"{{{patient}}}"}}
                """);
            End(goal);
            goalIds[i] = goal.Id;
        }

        var link = Begin(ShapeType.CarePlan);
        writer.Write($$$"""
            "text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">{{{plan.Display}}}.<br/>Activities: <ul><li>{{{plan.Display}}}</li><li>{{{plan.Display}}}</li></ul></div>"},"status":"active","intent":"order","category":[{{{plan}}}],"subject":{"reference":"{{{patient}}}"},"encounter":{"reference":"{{{visit.Encounter}}}"},"period":{"start":"{{{visit.Start}}}"},"careTeam":[{"reference":"{{{team}}}"}],
            """);
        if (hasCondition)
        {
            writer.Write($$$"""
                "addresses":[{"reference":"{{{conditions[0].Link}}}"}],
                """);
        }

        for (var i = 0; i < goals; i++)
        {
            writer.Utf8(i == 0 ? "\"goal\":["u8 : ","u8);
            writer.Write($$$"""{"reference":"{{{new Link(ShapeType.Goal, goalIds[i])}}}"}""");
            writer.Utf8(i == goals - 1 ? "],"u8 : ""u8);
        }

        writer.Write($$$"""
            "activity":[{"detail":{"code":{{{One(Vocabulary.PlanActs)}}},"status":"in-progress"}},{"detail":{"code":{{{One(Vocabulary.PlanActs)}}},"status":"in-progress"}}]}
            """);
        End(link);
    }
}
