using Kangqiao.Ingest.Cda.Entries;
using Kangqiao.Ingest.Cda.Reading;

namespace Kangqiao.Ingest.Cda.Records;

internal static class Allergies
{
    private static readonly string[] Denials = ["无", "否认", "未发现", "没有", "不详过敏", "否"];

    public static void Write(Draft draft, DocumentContext context)
    {
        var substances = draft.TakeAll("substance");
        var texts = draft.TakeAll("text");
        var flag = draft.Look("flag");
        if (substances.Count == 0 && texts.Count == 0)
        {
            if (flag is not null)
            {
                One(flag, flag.Value is { Kind: ValueKind.Boolean, Flag: false } ? null : flag.Value, draft, context);
            }

            return;
        }

        foreach (var said in substances.Concat(texts))
        {
            var words = FhirBody.Clean(said.Value.Words);
            if (words is not null)
            {
                var isDenied = said.Value.Kind == ValueKind.Text && Array.Exists(Denials, d => words.StartsWith(d, StringComparison.Ordinal) && words.Length < 12);
                One(said, isDenied ? null : said.Value, draft, context, isDenied ? words : null);
            }
        }
    }

    /// <param name="value">The substance; null where it is said that there is none.</param>
    private static void One(Statement said, CdaValue? value, Draft draft, DocumentContext context, string? words = null)
    {
        using var body = new FhirBody("AllergyIntolerance");
        body.Concept("clinicalStatus", "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active", null);
        body.Concept("verificationStatus", "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification", "confirmed", null);
        if (value is null)
        {
            // SNOMED CT 716186003, No known allergy, as allergyintolerance.html 9.1.1 asks.
            body.Concept("code", "http://snomed.info/sct", "716186003", "No known allergy", words ?? "无已知过敏");
        }
        else if (value.Kind == ValueKind.Boolean)
        {
            body.ConceptText("code", "有过敏，过敏源未说明");
        }
        else
        {
            body.Concept("code", value, context, said.Element);
        }

        body.Reference("patient", context.Subject);
        body.Reference("encounter", context.Encounter);
        body.Text("recordedDate", context.Time ?? context.Made);
        body.Reference("recorder", context.Author);
        body.DataElements(draft.Rest(), context);
        context.Derive("AllergyIntolerance", context.PartKey($"allergy|{value?.Code ?? value?.Words ?? "none"}"), body.Finish());
    }
}
