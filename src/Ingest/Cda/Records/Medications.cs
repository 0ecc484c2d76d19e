using System.Text.RegularExpressions;
using Kangqiao.Ingest.Cda.Entries;
using Kangqiao.Ingest.Cda.Reading;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Cda.Records;

/// <summary>Drugs prescribed: one MedicationRequest for each, and one for a decoction with its herbs as ingredients.</summary>
internal static partial class Medications
{
    public static void Write(Draft draft, Draft prescription, DocumentContext context)
    {
        var code = draft.TakeCode()?.Value;
        var name = draft.Take("name")?.Value;
        var usage = draft.Take("usage");
        if (code is null && name is null && usage is null && draft.IsEmpty)
        {
            return;
        }

        var dose = draft.Take("dose")?.Value;
        var total = draft.Take("total")?.Value;
        // The unit that stands apart counts where the amounts have none; else it stays as it was said.
        var doseUnit = dose?.Number is not null && dose.Unit is null || total?.Number is not null && total.Unit is null ? draft.Take("doseUnit")?.Value.Words : null;
        var days = (draft.Take("days") ?? prescription.Look("days"))?.Value;
        using var body = new FhirBody("MedicationRequest");
        Head(body, prescription, context);
        Drug(body, code, name, usage, context);
        Who(body, draft, context);
        if (draft.Take("group") is { } group && FhirBody.Clean(group.Value.Words) is { } together)
        {
            body.Identifier("groupIdentifier", context.Names.LocalSystem("prescription-group"), Prefix(context) + together);
        }

        Notes(body, draft);
        Dosage(body, draft, usage, dose, doseUnit, code is null && name is null, context);
        Dispense(body, days, total, doseUnit, context);
        body.DataElements(draft.Rest(), context);
        var whole = context.PrescriptionNumber is { } number ? SourceKey.Placer(number) : context.DocumentKey;
        context.Derive("MedicationRequest", SourceKey.Part(whole, $"medication|{code?.Code ?? name?.Words ?? usage?.Element}"), body.Finish());
    }

    /// <summary>A decoction: the herbs of the prescription's text and of its entries together.</summary>
    public static void WriteDecoction(Draft? herbs, IReadOnlyList<Draft> pieces, Draft prescription, DocumentContext context)
    {
        var text = herbs?.Take("text");
        var doses = herbs?.Take("doses")?.Value;
        var decoction = herbs?.Take("decoction");
        var usage = herbs?.Take("usage");
        var named = pieces.Where(p => p.Has("code") || p.Has("name")).ToHashSet();
        var medication = Decoction(text, pieces, context);
        using var body = new FhirBody("MedicationRequest");
        Head(body, prescription, context);
        body.Reference("medicationReference", medication);
        Who(body, herbs ?? prescription, context);
        if (herbs is not null)
        {
            Notes(body, herbs);
        }

        if (usage is not null || decoction is not null)
        {
            body.Array("dosageInstruction");
            body.Object();
            body.Text("text", usage?.Value.Words);
            body.Text("patientInstruction", decoction?.Value.Words);
            body.EndObject();
            body.EndArray();
        }

        Dispense(body, (prescription.Look("days"))?.Value, doses, "剂", context);
        // What is said of the herbs without naming one is said of the decoction.
        var nameless = pieces.Where(p => !named.Contains(p)).SelectMany(p => p.Rest());
        body.DataElements((herbs?.Rest() ?? []).Concat(nameless), context);
        var whole = context.PrescriptionNumber is { } number ? SourceKey.Placer(number) : context.DocumentKey;
        context.Derive("MedicationRequest", SourceKey.Part(whole, "decoction"), body.Finish());
    }

    private static Target Decoction(Statement? text, IReadOnlyList<Draft> pieces, DocumentContext context)
    {
        using var body = new FhirBody("Medication");
        body.ConceptText("code", FhirBody.Clean(text?.Value.Words) ?? "中药饮片处方");
        body.Text("status", "active");
        var herbs = new List<(CdaValue Name, string? Amount, string? Unit, IReadOnlyList<Statement> Others)>();
        foreach (var piece in pieces)
        {
            var name = piece.Take("code")?.Value ?? piece.Look("name")?.Value;
            var said = piece.Take("name")?.Value;
            if (name is not null)
            {
                var dose = piece.Take("dose")?.Value;
                var shown = name.Kind == ValueKind.Code && said is not null ? name with { Display = said.Words } : name;
                herbs.Add((shown, dose?.Number is { Comparator: null } n ? n.Digits : null, dose?.Unit ?? piece.Take("doseUnit")?.Value.Words, piece.Rest()));
            }
        }

        if (herbs.Count == 0 && text?.Value.Words is { Length: < 4000 } words)
        {
            foreach (Match herb in Herb().Matches(words))
            {
                herbs.Add((CdaValue.Of(herb.Groups["name"].Value), herb.Groups["amount"].Value, "g", []));
            }
        }

        if (herbs.Count > 0)
        {
            body.Array("ingredient");
            foreach (var (name, amount, unit, rest) in herbs)
            {
                body.Object();
                body.DataElements(rest, context);
                body.Concept("itemCodeableConcept", name, context, "herb");
                if (amount is not null)
                {
                    body.Object("strength");
                    body.Quantity("numerator", new CdaNumber(amount, null), unit ?? "g", context);
                    body.Quantity("denominator", new CdaNumber("1", null), "剂", context);
                    body.EndObject();
                }

                body.EndObject();
            }

            body.EndArray();
        }

        var key = context.PrescriptionNumber is { } number ? SourceKey.Part(SourceKey.Placer(number), "decoction") : context.PartKey("decoction");
        return context.Derive("Medication", key, body.Finish());
    }

    public static void Head(FhirBody body, Draft prescription, DocumentContext context)
    {
        if (context.PrescriptionNumber is { } number)
        {
            body.Array("identifier");
            body.Identifier(null, "urn:oid:2.16.156.10011.1.20", number);
            body.EndArray();
        }

        // A prescription of the day; what became of it the pharmacy tells.
        body.Text("status", "active");
        body.Text("intent", "order");
        if (prescription.Look("category") is { } category && !category.Value.IsNothing)
        {
            body.Array("category");
            body.Concept(null, category.Value, context, category.Element);
            body.EndArray();
        }
    }

    private static void Drug(FhirBody body, CdaValue? code, CdaValue? name, Statement? usage, DocumentContext context)
    {
        if (code is { Kind: ValueKind.Code })
        {
            body.Concept("medicationCodeableConcept", code, context, "drug", name);
        }
        else if (FhirBody.Clean((name ?? code)?.Words) is { } words)
        {
            body.ConceptText("medicationCodeableConcept", words);
        }
        else
        {
            // 术前用药, 术中用药: a text that tells drug and use in one.
            body.ConceptText("medicationCodeableConcept", FhirBody.Clean(usage?.Value.Words) ?? "未说明药物");
        }
    }

    private static void Who(FhirBody body, Draft draft, DocumentContext context)
    {
        body.Reference("subject", context.Subject);
        body.Reference("encounter", context.Encounter);
        body.Text("authoredOn", draft.People.Select(p => p.Time).FirstOrDefault(t => t is not null) ?? context.Time ?? context.Made);
        body.Reference("requester", context.Author);
    }

    private static void Notes(FhirBody body, Draft draft)
    {
        if (draft.TakeAll("note") is { Count: > 0 } notes)
        {
            body.Array("note");
            notes.ForEach(n => Conditions.Annotation(body, n.Value.Words));
            body.EndArray();
        }
    }

    private static void Dosage(FhirBody body, Draft draft, Statement? usage, CdaValue? dose, string? doseUnit, bool isUsageTheDrug, DocumentContext context)
    {
        var frequency = draft.Take("frequency")?.Value.Words;
        var rate = draft.Take("rate")?.Value.Words;
        var route = draft.Take("route")?.Value;
        var period = draft.Act?.Time;
        var text = string.Join(' ', new[] { isUsageTheDrug ? null : usage?.Value.Words, frequency, rate }.Where(t => FhirBody.Clean(t) is not null));
        var hasPeriod = period is { IsNothing: false };
        if (text.Length == 0 && route is null && dose is null && !hasPeriod)
        {
            return;
        }

        body.Array("dosageInstruction");
        body.Object();
        body.Text("text", text);
        if (hasPeriod)
        {
            body.Object("timing");
            body.Object("repeat");
            body.Period("boundsPeriod", period!.Low, period.High);
            body.EndObject();
            body.EndObject();
        }

        if (route is not null)
        {
            body.Concept("route", route, context, "route");
        }

        if (dose?.Number is { Comparator: null } number)
        {
            body.Array("doseAndRate");
            body.Object();
            body.Quantity("doseQuantity", number, dose.Unit ?? doseUnit, context);
            body.EndObject();
            body.EndArray();
        }
        else if (FhirBody.Clean(dose?.Words) is { } words)
        {
            body.Text("patientInstruction", words);
        }

        body.EndObject();
        body.EndArray();
    }

    private static void Dispense(FhirBody body, CdaValue? days, CdaValue? total, string? unit, DocumentContext context)
    {
        var duration = days?.Number is { Comparator: null } d ? d.Digits : null;
        var quantity = total?.Number is { Comparator: null } q ? q : (CdaNumber?)null;
        if (duration is null && quantity is null)
        {
            return;
        }

        body.Object("dispenseRequest");
        if (quantity is { } amount)
        {
            body.Quantity("quantity", amount, total!.Unit ?? unit, context);
        }

        if (duration is not null)
        {
            // drt-1 asks for a UCUM unit of time; prescriptions count days.
            body.Quantity("expectedSupplyDuration", new CdaNumber(duration, null), "d", context);
        }

        body.EndObject();
    }

    private static string Prefix(DocumentContext context) => context.PrescriptionNumber is { } number ? number + "/" : context.DocumentKey + "/";

    /// <summary>"黄芪 15g", "当归10克".</summary>
    [GeneratedRegex(@"(?<name>[\u4E00-\u9FFF（）()]{1,16})\s{0,4}(?<amount>\d{1,5}(\.\d{1,3})?)\s{0,2}(g|G|克)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Herb();
}
