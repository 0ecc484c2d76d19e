using Kangqiao.Ingest.Cda.Content;
using Kangqiao.Ingest.Cda.Entries;
using Kangqiao.Ingest.Cda.Reading;

namespace Kangqiao.Ingest.Cda.Records;

internal static class Observations
{
    private const string CategorySystem = "http://terminology.hl7.org/CodeSystem/observation-category";

    public static Target? Write(Draft draft, DocumentContext context, Target? specimen = null)
    {
        var rule = draft.RuleOf("value");
        var said = draft.Take("value");
        if (said is null || (said.Value.Kind is ValueKind.Data || (FhirBody.Clean(said.Value.Words) is null)))
        {
            return null;
        }

        var time = draft.Time.IsNothing ? CdaValue.OfTime(context.Time ?? context.Made) : draft.Time;
        // A vital sign has a number and a time (observation-vitalsigns.html); what has not goes by the data element alone.
        var isVital = rule?.Category == "vital-signs";
        var isSound = !isVital || (said.Value is { Kind: ValueKind.Quantity, Number.Comparator: null } && !time.IsNothing
            && (said.Value.Unit is null || context.Content.UnitOf(said.Value.Unit) == rule!.Ucum));
        using var body = new FhirBody("Observation");
        Head(body, isVital && !isSound ? "exam" : rule?.Category ?? "exam");
        body.Subject("code", said, context, isSound ? rule?.Loinc : null);
        Who(body, context, time, draft);
        body.Value(said.Value, context, said.Element, rule?.Ucum);
        Qualifiers(body, draft, context);
        body.Reference("specimen", specimen);
        body.DataElements(draft.Rest(), context);
        var moment = draft.Time.Low is { } low ? "|" + low : "";
        return context.Derive("Observation", context.PartKey($"observation|{said.Element}|{said.Name}{moment}"), body.Finish());
    }

    /// <summary>Systolic and diastolic pressure in one (observation-bp: 85354-9 with 8480-6 and 8462-4).</summary>
    public static void WritePressure(Draft draft, DocumentContext context)
    {
        var systolic = draft.Take("systolic");
        var diastolic = draft.Take("diastolic");
        var time = draft.Time.IsNothing
            ? CdaValue.OfTime(systolic?.Time.Low ?? diastolic?.Time.Low ?? context.Time ?? context.Made)
            : draft.Time;
        var isSound = !time.IsNothing && IsPressure(systolic, context) && IsPressure(diastolic, context);
        using var body = new FhirBody("Observation");
        Head(body, isSound ? "vital-signs" : "exam");
        if (isSound)
        {
            body.Concept("code", "http://loinc.org", "85354-9", null, "血压");
        }
        else
        {
            body.ConceptText("code", "血压");
        }

        Who(body, context, time, draft);
        body.Array("component");
        foreach (var (part, loinc) in new[] { (systolic, "8480-6"), (diastolic, "8462-4") })
        {
            if (part is not null)
            {
                body.Object();
                body.Subject("code", part, context, isSound ? loinc : null);
                body.Value(part.Value, context, part.Element, "mm[Hg]");
                body.EndObject();
            }
        }

        body.EndArray();
        body.DataElements(draft.Rest(), context);
        context.Derive("Observation", context.PartKey("bp" + (draft.Time.Low is { } low ? "|" + low : "")), body.Finish());
    }

    public static void Head(FhirBody body, string category)
    {
        body.Text("status", "final");
        body.Array("category");
        body.Concept(null, CategorySystem, category, null);
        body.EndArray();
    }

    public static void Who(FhirBody body, DocumentContext context, CdaValue time, Draft draft)
    {
        body.Reference("subject", context.Subject);
        body.Reference("encounter", context.Encounter);
        if (time.Kind == ValueKind.TimeRange)
        {
            body.Period("effectivePeriod", time.Low, time.High);
        }
        else
        {
            body.Text("effectiveDateTime", time.Low);
        }

        var performers = draft.People.Select(p => p.StaffNumber is { } number ? Mentions.Practitioner(number, p.Name, context)
            : (p.Name ?? p.Organization) is { } name ? new Target(null, name) : null).OfType<Target>().ToList();
        if (performers.Count > 0)
        {
            body.Array("performer");
            performers.ForEach(p => body.Reference(null, p));
            body.EndArray();
        }
    }

    /// <summary>Interpretation, reference range and method.</summary>
    public static void Qualifiers(FhirBody body, Draft draft, DocumentContext context)
    {
        if (draft.Take("flag") is { } flag)
        {
            body.Array("interpretation");
            Interpretation(body, flag.Value, context);
            body.EndArray();
        }

        if (draft.Take("range") is { } range)
        {
            ReferenceRange(body, range.Value, context);
        }

        if (draft.Take("method") is { } method)
        {
            body.Concept("method", method.Value, context, method.Element);
        }
    }

    private static void Interpretation(FhirBody body, CdaValue value, DocumentContext context)
    {
        var code = (value.Code ?? value.Words)?.Trim() switch
        {
            "H" or "↑" or "高" or "偏高" => "H",
            "L" or "↓" or "低" or "偏低" => "L",
            "N" or "正常" => "N",
            "A" or "异常" => "A",
            "HH" or "↑↑" => "HH",
            "LL" or "↓↓" => "LL",
            "POS" or "阳性" or "+" => "POS",
            "NEG" or "阴性" or "-" => "NEG",
            _ => null,
        };
        if (code is not null)
        {
            body.Concept(null, "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", code, null, value.Words);
        }
        else
        {
            body.Concept(null, value, context, "interpretation");
        }
    }

    public static void ReferenceRange(FhirBody body, CdaValue value, DocumentContext context)
    {
        var bounds = value.Kind == ValueKind.Range ? value : Bounds(value.Words);
        body.Array("referenceRange");
        body.Object();
        if (bounds?.Low is not null || bounds?.High is not null)
        {
            Bound("low", bounds.Low);
            Bound("high", bounds.High);
        }

        body.Text("text", value.Words ?? "");
        body.EndObject();
        body.EndArray();

        void Bound(string side, string? digits)
        {
            if (digits is not null)
            {
                body.Quantity(side, new CdaNumber(digits, null), bounds!.Unit, context);
            }
        }
    }

    /// <summary>"3.5-5.5", "3.5～5.5", "&lt;200".</summary>
    private static CdaValue? Bounds(string? text)
    {
        if (text is null || text.Length > 40)
        {
            return null;
        }

        var parts = text.Replace("--", "-", StringComparison.Ordinal).Split(['-', '~', '～', '–', '—'], 2);
        if (parts.Length == 2 && CdaNumber.Parse(parts[0]) is { Comparator: null } low && CdaNumber.Parse(parts[1]) is { Comparator: null } high)
        {
            return new CdaValue(ValueKind.Range) { Low = low.Digits, High = high.Digits };
        }

        return CdaNumber.Parse(text) switch
        {
            { Comparator: "<" or "<=" } most => new CdaValue(ValueKind.Range) { High = most.Digits },
            { Comparator: ">" or ">=" } least => new CdaValue(ValueKind.Range) { Low = least.Digits },
            _ => null,
        };
    }

    private static bool IsPressure(Statement? part, DocumentContext context) =>
        part?.Value is { Kind: ValueKind.Quantity, Number.Comparator: null } value
        && (value.Unit is null || context.Content.UnitOf(value.Unit) == "mm[Hg]");
}
