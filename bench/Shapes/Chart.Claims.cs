namespace Kangqiao.Bench.Shapes;

internal sealed partial class Chart
{
    private static readonly (string Code, string Display, int PerCent)[] Adjudications =
    [
        ("submitted", "Submitted Amount", 100), ("eligible", "Eligible Amount", 95), ("deductible", "Deductible", 0), ("copay", "CoPay", 20),
        ("benefit", "Benefit Amount", 75),
    ];

    private static readonly string[] Insurers = ["职工基本医疗保险", "城乡居民基本医疗保险", "private", "自费"];

    private void WritePrescriptionWithClaim()
    {
        var code = Vocabulary.Drugs[Vocabulary.DrugUse.Pick(ref random)];
        var link = Begin(ShapeType.MedicationRequest);
        writer.Write($$$"""
            "status":"{{{(random.Chance(600) ? "stopped" : "active")}}}","intent":"order","medicationCodeableConcept":{{{code}}},"subject":{"reference":"{{{patient}}}"},"encounter":{"reference":"{{{visit.Encounter}}}"},"authoredOn":"{{{visit.Start}}}","requester":{"reference":"{{{visit.Practitioner}}}"},
            """);
        if (conditions.Count > 0)
        {
            writer.Write($$$"""
                "reasonReference":[{"reference":"{{{conditions[0].Link}}}"}],
                """);
        }

        if (random.Chance(400))
        {
            writer.Utf8("\"dosageInstruction\":[{\"sequence\":1,\"asNeededBoolean\":true}]}"u8);
        }
        else
        {
            writer.Write($$$"""
                "dosageInstruction":[{"sequence":1,"timing":{"repeat":{"frequency":{{{random.Between(1, 4)}}},"period":1.0,"periodUnit":"d"}},"asNeededBoolean":false,"doseAndRate":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/dose-rate-type","code":"ordered","display":"Ordered"}]},"doseQuantity":{"value":{{{new Figure(random.Between(1, 8) * 5, 1)}}}}}]}]}
                """);
        }

        End(link);

        var net = Price(1500, 40_000);
        var claim = BeginClaim("pharmacy");
        writer.Write($$$"""
            "prescription":{"reference":"{{{link}}}"},"insurance":[{"sequence":1,"focal":true,"coverage":{"display":"{{{One(Insurers)}}}"}}],"item":[{"sequence":1,"productOrService":{{{code}}},"net":{"value":{{{net}}},"currency":"CNY"},"encounter":[{"reference":"{{{visit.Encounter}}}"}]}],"total":{"value":{{{net}}},"currency":"CNY"}}
            """);
        End(claim);
    }

    /// <summary>What the visit cost, and what the insurer made of it: one line for the visit and for each thing done.</summary>
    private void WriteClaimAndExplanation()
    {
        var insurer = One(Insurers);
        var total = 0L;
        var claim = BeginClaim("institutional");
        WriteReferences("supportingInfo", vaccinations, "\"category\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/claiminformationcategory\",\"code\":\"info\"}]},\"valueReference\":");
        WriteReferences("diagnosis", conditions, "\"diagnosisReference\":");
        WriteReferences("procedure", procedures, "\"procedureReference\":");
        writer.Write($$$"""
            "insurance":[{"sequence":1,"focal":true,"coverage":{"display":"{{{insurer}}}"}}],"item":[{"sequence":1,"productOrService":{{{visit.Kind}}},"encounter":[{"reference":"{{{visit.Encounter}}}"}]}
            """);
        var amounts = random;
        WriteClaimLines(ref total);
        writer.Write($$$"""],"total":{"value":{{{new Figure(total, 2)}}},"currency":"CNY"}}""");
        End(claim);
        WriteExplanation(claim, insurer, total, amounts);
    }

    private void WriteClaimLines(ref long total)
    {
        var sequence = 1;
        foreach (var (lines, pointer) in Lines())
        {
            for (var i = 0; i < lines.Count; i++)
            {
                var net = Price(8_000, 250_000);
                total += net.Units;
                sequence++;
                writer.Write($$$""",{"sequence":{{{sequence}}},{{{pointer}}}""");
                writer.Write($$$"""{{{(pointer.Length > 0 ? Pointed(i) : "")}}}"productOrService":{{{lines[i].Code}}},"net":{"value":{{{net}}},"currency":"CNY"}}""");
            }
        }
    }

    private void WriteExplanation(Link claim, string insurer, long total, SplitMix64 amounts)
    {
        var explanation = Begin(ShapeType.ExplanationOfBenefit);
        writer.Write($$$"""
            "contained":[{"resourceType":"ServiceRequest","id":"referral","status":"completed","intent":"order","subject":{"reference":"{{{patient}}}"},"requester":{"reference":"{{{visit.Practitioner}}}"},"performer":[{"reference":"{{{visit.Practitioner}}}"}]},{"resourceType":"Coverage","id":"coverage","status":"active","type":{"text":"{{{insurer}}}"},"beneficiary":{"reference":"{{{patient}}}"},"payor":[{"display":"{{{insurer}}}"}]}],
            """);
        writer.Write($$$"""
            "identifier":[{"system":"https://shaped.example/claim-id","value":"{{{claim.Id}}}"},{"system":"https://shaped.example/claim-group","value":"99999999999"}],"status":"active","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"institutional"}]},"use":"claim","patient":{"reference":"{{{patient}}}"},"billablePeriod":{"start":"{{{visit.Start}}}","end":"{{{visit.Start.Plus(365 * 1440)}}}"},"created":"{{{visit.End}}}","insurer":{"display":"{{{insurer}}}"},"provider":{"reference":"{{{visit.Organization}}}"},"referral":{"reference":"#referral"},"claim":{"reference":"{{{claim}}}"},"outcome":"complete","careTeam":[{"sequence":1,"provider":{"reference":"{{{visit.Practitioner}}}"},"role":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claimcareteamrole","code":"primary","display":"Primary provider"}]}}],
            """);
        WriteReferences("diagnosis", conditions, "\"diagnosisReference\":");
        WriteReferences("procedure", procedures, "\"procedureReference\":");
        writer.Write($$$"""
            "insurance":[{"focal":true,"coverage":{"reference":"#coverage","display":"{{{insurer}}}"}}],"item":[
            """);
        WriteExplanationLine(1, "", visit.Kind);
        writer.Write($$$""","encounter":[{"reference":"{{{visit.Encounter}}}"}]}""");
        var sequence = 1;
        foreach (var (lines, pointer) in Lines())
        {
            for (var i = 0; i < lines.Count; i++)
            {
                var net = Price(ref amounts, 8_000, 250_000);
                sequence++;
                writer.Utf8(","u8);
                WriteExplanationLine(sequence, pointer.Length > 0 ? pointer + Pointed(i) : "", lines[i].Code);
                writer.Write($$$""","net":{"value":{{{net}}},"currency":"CNY"},"adjudication":[""");
                WriteAdjudications(net.Units);
                writer.Utf8("]}"u8);
            }
        }

        writer.Write($$$"""
            ],"total":[{"category":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/adjudication","code":"submitted","display":"Submitted Amount"}],"text":"Submitted Amount"},"amount":{"value":{{{new Figure(total, 2)}}},"currency":"CNY"}}],"payment":{"amount":{"value":{{{new Figure(total * 3 / 4, 2)}}},"currency":"CNY"}}
            """);
        writer.Utf8("}"u8);
        End(explanation);
    }

    private void WriteExplanationLine(int sequence, string pointer, Concept code) => writer.Write($$$"""
        {"sequence":{{{sequence}}},{{{pointer}}}"category":{"coding":[{"system":"https://shaped.example/line-service","code":"1","display":"Medical care"}]},"productOrService":{{{code}}},"servicedPeriod":{"start":"{{{visit.Start}}}","end":"{{{visit.End}}}"},"locationCodeableConcept":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/ex-serviceplace","code":"19","display":"Off Campus-Outpatient Hospital"}]}
        """);

    private void WriteAdjudications(long net)
    {
        for (var i = 0; i < Adjudications.Length; i++)
        {
            var (code, display, perCent) = Adjudications[i];
            writer.Comma(i == 0);
            writer.Write($$$"""
                {"category":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/adjudication","code":"{{{code}}}","display":"{{{display}}}"},{"system":"https://shaped.example/adjudication","code":"https://shaped.example/variables/line_{{{code}}}_amt"}]},"amount":{"value":{{{new Figure(net * perCent / 100, 2)}}},"currency":"CNY"}}
                """);
        }
    }

    private Link BeginClaim(string type)
    {
        var link = Begin(ShapeType.Claim);
        writer.Write($$$"""
            "status":"active","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"{{{type}}}"}]},"use":"claim","patient":{"reference":"{{{patient}}}"},"billablePeriod":{"start":"{{{visit.Start}}}","end":"{{{visit.End}}}"},"created":"{{{visit.End}}}","provider":{"reference":"{{{visit.Organization}}}"},"priority":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/processpriority","code":"normal"}]},
            """);
        return link;
    }

    private void WriteReferences(string element, List<(Link Link, Concept Code)> to, string key)
    {
        for (var i = 0; i < to.Count; i++)
        {
            writer.Write($$$"""{{{(i == 0 ? "\"" + element + "\":[" : ",")}}}{"sequence":{{{i + 1}}},{{{key}}}{"reference":"{{{to[i].Link}}}"}}""");
        }

        writer.Utf8(to.Count > 0 ? "],"u8 : ""u8);
    }

    private IEnumerable<(List<(Link Link, Concept Code)> Lines, string Pointer)> Lines() =>
        [(vaccinations, ""), (conditions, "\"diagnosisSequence\":["), (procedures, "\"procedureSequence\":["), (reports, "")];

    private static string Pointed(int index) => index switch { 0 => "1],", 1 => "2],", _ => "3]," };

    private Figure Price(int low, int high) => Price(ref random, low, high);

    private static Figure Price(ref SplitMix64 from, int low, int high) => new(from.Between(low, high), 2);
}
