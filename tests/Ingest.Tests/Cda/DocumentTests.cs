using System.Text;
using Kangqiao.Ingest.Cda;
using Kangqiao.Ingest.Cda.Writing;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Tests.Cda;

public sealed class DocumentTests
{
    [Fact]
    public void A_later_version_is_the_same_record_and_a_replacement_supersedes_the_other_set()
    {
        var first = TheFormat.Map(Samples.Of("C0002"));
        var second = TheFormat.Map(Samples.Of("C0002") with { Id = "D0000000000000000000000000000002", Version = "2" });
        Key(second).ShouldBe(Key(first));
        second.One("DocumentReference").Child("extension").ChildText("value").ShouldBe("2");

        var other = TheFormat.Map(Samples.Of("C0002") with { SetId = "SET-0002", Replaces = new SharedParent("x", "SET-0001", "1") });
        var reference = other.Records.Single(r => r.Type == "DocumentReference" && r.Intent == MappedIntent.Put);
        Encoding.UTF8.GetString(reference.Body.Span).ShouldContain($"\"replaces\",\"target\":{{\"reference\":\"{TheFormat.Hospital.Reference("DocumentReference", Key(first))}\"");
        var old = other.Records.Single(r => r.Type == "DocumentReference" && r.Intent == MappedIntent.Amend);
        old.Key.ShouldBe(Key(first));
        Encoding.UTF8.GetString(old.Body.Span).ShouldContain("superseded");
    }

    [Fact]
    public void An_appendage_leaves_the_document_it_adds_to_as_it_is()
    {
        var unit = TheFormat.Map(Samples.Of("C0002") with { SetId = "SET-0003", Replaces = new SharedParent("x", "SET-0001", "1", "APND") });
        unit.Records.ShouldAllBe(r => r.Intent != MappedIntent.Amend);
        unit.One("DocumentReference").Child("relatesTo").ChildText("code").ShouldBe("appends");
    }

    [Fact]
    public void Minus_one_withdraws_the_document_and_its_entries_only_where_the_feed_says_so()
    {
        var bytes = TheFormat.Writer.Write(Samples.Of("C0007", new SharedSection("30954-2", "STUDIES SUMMARY", [Result("GLU", "5.6", "mmol/L")])) with { Version = "-1" });
        var off = TheFormat.Map(bytes);
        off.Findings.ShouldContain(f => f.Kind == CdaFindings.MinusOne);
        off.Records.ShouldAllBe(r => r.Intent != MappedIntent.Withdraw);
        var on = TheFormat.Map(bytes, new CdaOptions { MinusOneWithdraws = true });
        on.Records.ShouldAllBe(r => r.Intent == MappedIntent.Withdraw);
        on.Records.Select(r => r.Type).ShouldBe(["Observation", "DiagnosticReport", "DocumentReference"], ignoreOrder: true);
    }

    [Fact]
    public void An_attachment_has_a_binary_of_its_own_and_a_large_one_is_not_kept_twice()
    {
        var data = Convert.ToBase64String(new byte[120_000]);
        var xml = Encoding.UTF8.GetString(TheFormat.Writer.Write(Samples.Of("C0006", new SharedSection("10154-3", "CHIEF COMPLAINT", [new SharedEntry(SharedKind.Observation, "DE04.01.119.00", "主诉", SharedValue.Of("胸痛"))]))))
            .Replace("</structuredBody>", $"<component><section><code displayName='图像'/><entry><observationMedia classCode='OBS' moodCode='EVN'><value mediaType='application/pdf' representation='B64'>{data}</value></observationMedia></entry></section></component></structuredBody>", StringComparison.Ordinal);
        var unit = TheFormat.Map(xml);
        unit.ShouldBeSound();
        var binaries = unit.Of("Binary");
        binaries.Select(b => b.ChildText("contentType")).ShouldBe(["text/xml", "application/pdf"]);
        binaries[1].ChildText("data").ShouldBe(data);
        var kept = Encoding.UTF8.GetString(Convert.FromBase64String(binaries[0].ChildText("data")!));
        kept.Length.ShouldBeLessThan(xml.Length - 100_000);
        kept.ShouldContain("<!-- Binary/");
    }

    [Fact]
    public void The_header_names_patient_staff_kin_and_places_and_changes_none_that_their_owner_sent()
    {
        var unit = TheFormat.Map(Samples.Of("C0032"));
        unit.ShouldBeSound();
        unit.Records.Where(r => r.Type is "Patient" or "Practitioner" or "Organization" or "Location" or "RelatedPerson").ShouldAllBe(r => r.IsMention);
        unit.Of("Location").Select(l => l.ChildText("name")).ShouldBe(["三病区", "305室", "12床"]);
        unit.Of("Organization").Select(o => o.ChildText("name")).ShouldBe(["康桥市第一人民医院", "心内科"]);
        unit.Of("Practitioner").Count.ShouldBe(3);
        var patient = unit.One("Patient");
        patient.Child("name").ChildText("text").ShouldBe("欧阳明");
        patient.ChildText("birthDate").ShouldBe("1958-03-15");
        patient.ChildText("gender").ShouldBe("male");
        var encounter = unit.Records.Single(r => r.Type == "Encounter");
        encounter.Key.ShouldBe(SourceKey.Visit("ZY20240001"));
        encounter.Intent.ShouldBe(MappedIntent.Amend);
    }

    [Fact]
    public void A_newborn_on_the_mothers_number_is_not_the_mother()
    {
        var document = Samples.Of("HSDB01.01") with { Contact = new SharedContact("欧阳母", "3", "13900000003", Samples.ResidentNumber, IsGuardian: true) };
        TheFormat.Map(document).Records.Single(r => r.Type == "Patient").Key.ShouldBe(SourceKey.PatientBy("hr", "10010100100100001"));
    }

    [Fact]
    public void A_front_page_gives_ranked_diagnoses_an_operation_and_its_costs()
    {
        static SharedEntry Diagnosis(string code, string name, string rank) => new(SharedKind.Organizer, null, null)
        {
            Parts =
            [
                new SharedEntry(SharedKind.Observation, "DE05.01.025.00", "出院诊断名称", SharedValue.Of(name)) { Qualifier = rank },
                new SharedEntry(SharedKind.Observation, "DE05.01.024.00", "出院诊断疾病编码", SharedValue.Code(code, "2.16.156.10011.2.3.3.11.3", name)) { Qualifier = rank },
                new SharedEntry(SharedKind.Observation, "DE09.00.104.00", "入院病情代码", SharedValue.Code("1", "2.16.156.10011.2.3.1.253", "有")),
            ],
        };
        var document = Samples.Of("C0032",
            new SharedSection("11535-2", "Discharge Diagnosis", [Diagnosis("I21.900", "急性心肌梗死", "主要诊断"), Diagnosis("I10.x00", "高血压", "其他诊断")]),
            new SharedSection("47519-4", "HISTORY OF PROCEDURES", [new SharedEntry(SharedKind.Procedure, "36.0601", "冠状动脉支架置入术") { System = "2.16.156.10011.2.3.3.12", Start = new DateTime(2024, 5, 2, 9, 0, 0), Performer = new SharedStaff("D3001", "手术人") }]),
            new SharedSection("48768-6", "PAYMENT SOURCES",
            [
                new SharedEntry(SharedKind.Observation, "DE07.00.010.00", "住院总费用", SharedValue.Money(32000.5m)),
                new SharedEntry(SharedKind.Observation, "DE07.00.004.00", "西药费", SharedValue.Money(1200)),
            ]));
        if (Directory.Exists(TheFormat.SchemaFolder))
        {
            TheFormat.SchemaFaults("C0032", TheFormat.Writer.Write(document)).ShouldBeEmpty();
        }

        var unit = TheFormat.Map(document);
        unit.ShouldBeSound();
        unit.Of("Condition").Select(c => c.Child("code").Child("coding").ChildText("code")).ShouldBe(["I21.900", "I10.x00"]);
        var encounter = unit.Json().Split('\n').Single(j => j.StartsWith("{\"resourceType\":\"Encounter\"", StringComparison.Ordinal));
        encounter.ShouldContain("\"rank\":1");
        encounter.ShouldContain("\"rank\":2");
        var procedure = unit.One("Procedure");
        procedure.Child("code").Child("coding").ChildText("system").ShouldBe("urn:oid:2.16.156.10011.2.3.3.12");
        procedure.ChildText("performed").ShouldBe("2024-05-02T09:00:00+08:00");
        unit.One("ChargeItem").Child("priceOverride").ChildText("value").ShouldBe("1200.00");
        unit.One("Invoice").Child("totalGross").ChildText("value").ShouldBe("32000.50");
    }

    [Fact]
    public void A_laboratory_report_gives_results_under_the_keys_that_HL7_messages_use()
    {
        var unit = TheFormat.Map(Samples.Of("C0007", new SharedSection("30954-2", "STUDIES SUMMARY", [Result("GLU", "5.6", "mmol/L"), Result("K", "4.10", "mmol/L")])));
        unit.ShouldBeSound();
        unit.Records.Single(r => r.Type == "DiagnosticReport").Key.ShouldBe(SourceKey.Filler("JY3344"));
        unit.Records.Where(r => r.Type == "Observation").Select(r => r.Key).ShouldBe([SourceKey.Part(SourceKey.Filler("JY3344"), "GLU"), SourceKey.Part(SourceKey.Filler("JY3344"), "K")]);
        unit.Of("Observation")[1].Child("value").ChildText("value").ShouldStartWith("4.1");
        unit.Of("Observation")[1].Child("value").ChildText("unit").ShouldBe("mmol/L");
        unit.One("DiagnosticReport").Child("basedOn").ChildText("reference").ShouldBe(TheFormat.Hospital.Reference("ServiceRequest", SourceKey.Placer("SQ5566")));
    }

    [Fact]
    public void A_decoction_has_its_herbs_for_ingredients_and_a_prescription_its_drugs()
    {
        var decoction = TheFormat.Map(Samples.Of("C0005", new SharedSection("10160-0", "HISTORY OF MEDICATION USE",
        [
            new SharedEntry(SharedKind.Observation, "DE08.50.049.00", "中药饮片处方", SharedValue.Of("黄芪 15g 当归10克 甘草 6g")),
            new SharedEntry(SharedKind.Observation, "DE08.50.050.00", "中药饮片剂数", SharedValue.Quantity(7, "剂")),
        ])));
        decoction.ShouldBeSound();
        decoction.Json().ShouldContain("\"itemCodeableConcept\":{\"text\":\"当归\"},\"strength\":{\"numerator\":{\"value\":10,");
        decoction.One("MedicationRequest").Child("dispenseRequest").Child("quantity").ChildText("value").ShouldBe("7");

        var drugs = TheFormat.Map(Samples.Of("C0004", new SharedSection("10160-0", "HISTORY OF MEDICATION USE",
        [
            new SharedEntry(SharedKind.Drug, null, "阿司匹林肠溶片") { Dose = new SharedDose(0.1m, "g", "1", "01", 1, "次/日"), Parts = [new SharedEntry(SharedKind.Observation, "DE08.50.043.00", "药物规格", SharedValue.Of("0.1g×30片"))] },
            new SharedEntry(SharedKind.Drug, null, "瑞舒伐他汀钙片") { Dose = new SharedDose(10, "mg", "1", "01", 1, "次/日") },
        ])));
        drugs.ShouldBeSound();
        drugs.Of("MedicationRequest").Select(m => m.Child("medication").ChildText("text")).ShouldBe(["阿司匹林肠溶片", "瑞舒伐他汀钙片"]);
        drugs.Of("MedicationRequest")[0].Child("dosageInstruction").Child("doseAndRate").Child("dose").ChildText("value").ShouldBe("0.1");
    }

    [Fact]
    public void A_death_certificate_ends_the_patients_life_and_a_vaccination_report_tells_the_dose()
    {
        var death = TheFormat.Map(Samples.Of("HSDB03.03", new SharedSection(null, "死亡原因",
        [
            new SharedEntry(SharedKind.Observation, "DE02.01.036.00", "死亡日期时间", SharedValue.Time(new DateTime(2024, 5, 3, 4, 5, 0))),
            new SharedEntry(SharedKind.Observation, "DE05.01.021.00", "根本死因代码", SharedValue.Code("I21.9", "2.16.156.10011.2.3.3.11.2", "急性心肌梗死")),
        ])));
        death.ShouldBeSound();
        death.Records.Single(r => r.Type == "Patient").Intent.ShouldBe(MappedIntent.Amend);
        death.One("Patient").ChildText("deceased").ShouldBe("2024-05-03T04:05:00+08:00");
        death.One("Condition").Child("code").Child("coding").ChildText("code").ShouldBe("I21.9");

        var vaccine = TheFormat.Map(Samples.Of("HSDB03.01", new SharedSection("11369-6", "预防接种",
        [
            new SharedEntry(SharedKind.Observation, "DE08.50.016.00", "疫苗名称代码", SharedValue.Code("0101", "2.16.156.10011.2.3.1.209", "卡介苗")),
            new SharedEntry(SharedKind.Observation, "DE08.50.017.00", "疫苗批号", SharedValue.Of("L20240101")),
            new SharedEntry(SharedKind.Observation, "DE06.00.145.00", "疫苗接种日期", SharedValue.Time(new DateTime(2024, 4, 1))),
            new SharedEntry(SharedKind.Observation, "DE06.00.053.00", "接种剂次", SharedValue.Quantity(2, "次")),
        ])));
        vaccine.ShouldBeSound();
        var given = vaccine.One("Immunization");
        given.ChildText("lotNumber").ShouldBe("L20240101");
        given.ChildText("occurrence").ShouldStartWith("2024-04-01");
        given.Child("protocolApplied").ChildText("doseNumber").ShouldBe("2");
    }

    [Fact]
    public void Blood_pressure_is_one_vital_sign_at_the_time_of_the_visit()
    {
        var unit = TheFormat.Map(Samples.Of("HSDB04.01",
            new SharedSection(null, "卫生事件", [new SharedEntry(SharedKind.Observation, "DE06.00.109.00", "随访日期", SharedValue.Time(new DateTime(2024, 5, 5, 9, 0, 0)))]),
            new SharedSection("8716-3", "生命体征",
            [
                new SharedEntry(SharedKind.Observation, "DE04.10.174.00", "收缩压", SharedValue.Quantity(138, "mmHg")),
                new SharedEntry(SharedKind.Observation, "DE04.10.176.00", "舒张压", SharedValue.Quantity(86, "mmHg")),
            ])));
        unit.ShouldBeSound();
        var pressure = unit.One("Observation");
        pressure.Child("code").Child("coding").ChildText("code").ShouldBe("85354-9");
        pressure.ChildText("effective").ShouldBe("2024-05-05T09:00:00+08:00");
    }

    private static string Key(MappedUnit unit) => unit.Records.First(r => r.Type == "DocumentReference").Key;

    internal static SharedEntry Result(string item, string value, string unit) => new(SharedKind.Observation, "DE04.30.019.00", "检验项目代码", SharedValue.Of(item))
    {
        Parts = [new SharedEntry(SharedKind.Observation, "DE04.30.015.00", "检验定量结果", SharedValue.Of(value)), new SharedEntry(SharedKind.Observation, "DE04.30.016.00", "检验定量结果计量单位", SharedValue.Of(unit))],
    };
}
