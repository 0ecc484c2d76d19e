using Kangqiao.Ingest.Cda.Entries;
using Kangqiao.Ingest.Cda.Reading;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Cda.Records;

/// <summary>Results, their specimens, and the report that holds them.</summary>
internal static class Laboratory
{
    public static Target? Result(Draft draft, Target? specimen, DocumentContext context)
    {
        var item = draft.Take("item");
        var number = draft.Take("number");
        var code = draft.Take("code");
        var said = item ?? code ?? number;
        if (said is null)
        {
            return null;
        }

        var unit = Unit(draft, number ?? code);
        var time = draft.Time.IsNothing ? CdaValue.OfTime(context.Time ?? context.Made) : draft.Time;
        using var body = new FhirBody("Observation");
        Observations.Head(body, context.Type?.Report == "RAD" ? "imaging" : "laboratory");
        Code(body, item, said, context);
        Observations.Who(body, context, time, draft);
        var value = number?.Value is { IsNothing: false } quantity ? quantity : code?.Value;
        if (value is not null)
        {
            var shown = value is { Kind: ValueKind.Text } && unit is not null && CdaNumber.Parse(value.Text) is { } parsed
                ? new CdaValue(ValueKind.Quantity) { Number = parsed }
                : value;
            body.Value(shown, context, (number ?? code)!.Element, unit: shown.Unit is null || unit is null ? unit : Both(shown.Unit, unit));
        }

        if (number is not null && code is not null && !code.Value.IsNothing)
        {
            // The number is the value; what the laboratory made of it (CV 检查/检验结果: 1 正常, 2 异常, 3 不确定) interprets it.
            body.Array("interpretation");
            body.Concept(null, code.Value, context, code.Element);
            body.EndArray();
            draft.Take("flag");
        }

        Observations.Qualifiers(body, draft, context);
        if (draft.TakeAll("note") is { Count: > 0 } notes)
        {
            body.Array("note");
            notes.ForEach(n => Conditions.Annotation(body, n.Value.Words));
            body.EndArray();
        }

        body.Reference("specimen", specimen);
        body.DataElements(draft.Rest(), context);
        var whole = context.ReportNumber is { } report ? SourceKey.Filler(report) : context.DocumentKey;
        return context.Derive("Observation", SourceKey.Part(whole, item?.Value.Code ?? item?.Value.Words ?? said.Element ?? "result"), body.Finish());
    }

    public static Target? Specimen(Draft draft, DocumentContext context)
    {
        var type = draft.Take("type");
        var state = draft.Take("state");
        var time = type?.Time ?? CdaValue.Nothing;
        if (type is null || FhirBody.Clean(type.Value.Words) is null)
        {
            return null;
        }

        using var body = new FhirBody("Specimen");
        if (context.SpecimenNumber is { } number)
        {
            body.Array("identifier");
            body.Identifier(null, "urn:oid:2.16.156.10011.1.14", number);
            body.EndArray();
        }

        body.Concept("type", type.Value, context, type.Element);
        body.Reference("subject", context.Subject);
        body.Text("receivedTime", time.High);
        if (time.Low is not null)
        {
            body.Object("collection");
            body.Text("collectedDateTime", time.Low);
            body.EndObject();
        }

        if (state is not null && FhirBody.Clean(state.Value.Words) is not null)
        {
            body.Array("condition");
            body.Concept(null, state.Value, context, state.Element);
            body.EndArray();
        }

        body.DataElements(draft.Rest(), context);
        return context.Derive("Specimen", context.PartKey($"specimen|{context.SpecimenNumber}|{type.Value.Words}"), body.Finish());
    }

    public static void Report(Draft draft, IReadOnlyList<Target> results, IReadOnlyList<Target> specimens, DocumentContext context)
    {
        var kind = context.Type!.Report!;
        using var body = new FhirBody("DiagnosticReport");
        if (context.ReportNumber is { } number)
        {
            body.Array("identifier");
            body.Identifier(null, kind == "LAB" ? "urn:oid:2.16.156.10011.1.33" : "urn:oid:2.16.156.10011.1.32", number);
            body.EndArray();
        }

        if (context.OrderNumber is { } order)
        {
            body.Array("basedOn");
            body.Reference(null, new Target(context.Names.Reference("ServiceRequest", SourceKey.Placer(order))));
            body.EndArray();
        }

        body.Text("status", "final");
        body.Array("category");
        body.Concept(null, "http://terminology.hl7.org/CodeSystem/v2-0074", kind, null, draft.Take("category")?.Value.Words);
        body.EndArray();
        body.Concept("code", "urn:oid:2.16.156.10011.2.4", context.Type.Code, context.Type.Title, context.Type.Title);
        body.Reference("subject", context.Subject);
        body.Reference("encounter", context.Encounter);
        body.Text("effectiveDateTime", context.Time ?? context.Made);
        if (context.Made is { Length: > 10 } made)
        {
            body.Text("issued", made);
        }

        var performers = new[] { context.Author, context.Custodian }.OfType<Target>().ToList();
        if (performers.Count > 0)
        {
            body.Array("performer");
            performers.ForEach(p => body.Reference(null, p));
            body.EndArray();
        }

        References(body, "specimen", specimens);
        References(body, "result", results);
        var words = draft.TakeAll("finding").Concat(draft.TakeAll("conclusion")).Concat(draft.TakeAll("note"))
            .Select(s => FhirBody.Clean(s.Value.Words)).OfType<string>().ToList();
        body.Text("conclusion", string.Join("\n", words));
        body.Array("presentedForm");
        body.Object();
        body.Text("contentType", "text/xml");
        body.Text("url", context.Names.Reference("Binary", context.PartKey("xml")));
        body.EndObject();
        body.EndArray();
        body.DataElements(draft.Rest(), context);
        var key = context.ReportNumber is { } filler ? SourceKey.Filler(filler) : context.PartKey("report");
        context.Derive("DiagnosticReport", key, body.Finish());
    }

    private static string Both(string own, string apart) => own == apart || own is "1" or "次" ? apart : own;

    /// <summary>The unit that stands apart, where there is a number for it.</summary>
    private static string? Unit(Draft draft, Statement? value) =>
        value?.Value.Number is not null || CdaNumber.Parse(value?.Value.Text) is not null ? draft.Take("unit")?.Value.Words : null;

    private static void Code(FhirBody body, Statement? item, Statement said, DocumentContext context)
    {
        if (item?.Value.Kind == ValueKind.Code)
        {
            body.Concept("code", item.Value, context, "lab-item");
        }
        else if (item is not null && FhirBody.Clean(item.Value.Words) is { } words)
        {
            // 检验项目代码 comes as text: a code of the laboratory's own where it looks like one, else its name.
            if (words.Length <= 20 && words.All(char.IsAscii) && !words.Contains(' ', StringComparison.Ordinal))
            {
                body.Concept("code", context.Names.LocalSystem("lab-item"), words, null, words);
            }
            else
            {
                body.ConceptText("code", words);
            }
        }
        else
        {
            body.Subject("code", said, context);
        }
    }

    private static void References(FhirBody body, string name, IReadOnlyList<Target> targets)
    {
        if (targets.Count > 0)
        {
            body.Array(name);
            foreach (var target in targets)
            {
                body.Reference(null, target);
            }

            body.EndArray();
        }
    }
}
