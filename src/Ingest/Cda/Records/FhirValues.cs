using Kangqiao.Ingest.Cda.Entries;
using Kangqiao.Ingest.Cda.Reading;

namespace Kangqiao.Ingest.Cda.Records;

/// <summary>CDA's values as FHIR's data types.</summary>
internal static class FhirValues
{
    public const string Ucum = "http://unitsofmeasure.org";

    /// <summary>What a data element is, as a CodeableConcept: LOINC where content knows one, the data element, the sender's words.</summary>
    public static void Subject(this FhirBody body, string name, Statement statement, DocumentContext context, string? loinc = null)
    {
        body.Object(name);
        if (loinc is not null || statement.Element is not null)
        {
            body.Array("coding");
            if (loinc is not null)
            {
                body.Coding(null, "http://loinc.org", loinc, null);
            }

            if (statement.Element is not null)
            {
                body.Coding(null, ElementSystem(statement, context), statement.Element, FhirBody.Clean(statement.Name));
            }

            body.EndArray();
        }

        body.Text("text", FhirBody.Clean(statement.Name) ?? statement.Element ?? "未命名");
        body.EndObject();
    }

    public static string ElementSystem(Statement statement, DocumentContext context) =>
        Participants.IsDataElement(statement.Element) ? DocumentContext.DataElements
        : statement.ElementSystem is { } oid && context.Content.SystemOf(oid) is { } known ? known
        : context.Names.LocalSystem(statement.Kind == "datum" ? "cda-element" : "item");

    /// <summary>A CodeableConcept of a value; nothing where the value has no words.</summary>
    public static void Concept(this FhirBody body, string? name, CdaValue value, DocumentContext context, string? element = null, CdaValue? words = null)
    {
        if (value.Kind == ValueKind.Code)
        {
            body.Concept(name, context.SystemOf(value, element), value.Code!, FhirBody.Clean(value.Display), words?.Words ?? value.Display);
        }
        else if ((words?.Words ?? value.Words) is { } text && FhirBody.Clean(text) is not null)
        {
            body.ConceptText(name, text);
        }
    }

    public static void Quantity(this FhirBody body, string name, CdaNumber number, string? unit, DocumentContext context, string? ucum = null)
    {
        body.Object(name);
        body.Number("value", number.Digits);
        body.Text("comparator", number.Comparator);
        Unit(body, unit, context, ucum);
        body.EndObject();
    }

    public static void Money(this FhirBody body, string name, CdaNumber number)
    {
        body.Object(name);
        body.Number("value", number.Digits);
        body.Text("currency", "CNY");
        body.EndObject();
    }

    /// <summary>value[x] of an Observation.</summary>
    public static void Value(this FhirBody body, CdaValue value, DocumentContext context, string? element = null, string? ucum = null, string? unit = null)
    {
        switch (value.Kind)
        {
            case ValueKind.Text:
                body.Text("valueString", value.Text);
                break;
            case ValueKind.Code:
                body.Concept("valueCodeableConcept", value, context, element);
                break;
            case ValueKind.Quantity or ValueKind.Money:
                body.Quantity("valueQuantity", value.Number!.Value, unit ?? value.Unit ?? (value.Kind == ValueKind.Money ? "元" : null), context, ucum);
                break;
            case ValueKind.Boolean:
                body.Flag("valueBoolean", value.Flag);
                break;
            case ValueKind.Time:
                body.Text("valueDateTime", value.Low);
                break;
            case ValueKind.TimeRange:
                body.Period("valuePeriod", value.Low, value.High);
                break;
            case ValueKind.Range:
                body.Range("valueRange", value, context);
                break;
        }
    }

    /// <summary>answer.value[x] of a form, or value[x] of an extension, which have no Range or Period in common with the others.</summary>
    /// <returns>Whether anything was written.</returns>
    public static bool Answer(this FhirBody body, CdaValue value, DocumentContext context, string? element)
    {
        switch (value.Kind)
        {
            case ValueKind.Code:
                body.Coding("valueCoding", context.SystemOf(value, element), value.Code!, FhirBody.Clean(value.Display));
                return true;
            case ValueKind.Quantity or ValueKind.Money when value.Number is { } number:
                body.Quantity("valueQuantity", number, value.Unit ?? (value.Kind == ValueKind.Money ? "元" : null), context);
                return true;
            case ValueKind.Boolean:
                body.Flag("valueBoolean", value.Flag);
                return true;
            case ValueKind.Time:
                body.Text("valueDateTime", value.Low);
                return true;
            default:
                if (FhirBody.Clean(value.Words) is { } words)
                {
                    body.Text("valueString", words);
                    return true;
                }

                return false;
        }
    }

    public static void Period(this FhirBody body, string name, string? low, string? high)
    {
        if (low is null && high is null)
        {
            return;
        }

        body.Object(name);
        body.Text("start", low);
        // per-1: an end before the start is a slip of the pen, and the start is what matters.
        if (high is not null && (low is null || string.CompareOrdinal(low, 0, high, 0, Math.Min(low.Length, high.Length)) <= 0))
        {
            body.Text("end", high);
        }

        body.EndObject();
    }

    public static void Range(this FhirBody body, string? name, CdaValue value, DocumentContext context)
    {
        body.Object(name);
        Bound("low", value.Low);
        Bound("high", value.High);
        body.EndObject();

        void Bound(string side, string? digits)
        {
            if (digits is not null)
            {
                body.Object(side);
                body.Number("value", digits);
                Unit(body, value.Unit, context, null);
                body.EndObject();
            }
        }
    }

    private static void Unit(FhirBody body, string? unit, DocumentContext context, string? ucum)
    {
        body.Text("unit", unit ?? ucum);
        var code = unit is null ? ucum : context.Content.UnitOf(unit.Trim());
        if (code is not null)
        {
            body.Text("system", Ucum);
            body.Text("code", code);
        }
    }

    /// <summary>What a record has no element for hangs on it with the data element it is.</summary>
    public static void DataElements(this FhirBody body, IEnumerable<Statement> statements, DocumentContext context)
    {
        var isOpen = false;
        foreach (var statement in statements)
        {
            if (FhirBody.Clean(statement.Value.Words) is null)
            {
                continue;
            }

            if (!isOpen)
            {
                body.Array("extension");
                isOpen = true;
            }

            body.Object();
            body.Array("extension");
            body.Object();
            body.Text("url", "element");
            body.Coding("valueCoding", ElementSystem(statement, context), statement.Element ?? statement.Kind, FhirBody.Clean(statement.Name));
            body.EndObject();
            body.Object();
            body.Text("url", "value");
            body.Answer(statement.Value, context, statement.Element);
            body.EndObject();
            body.EndArray();
            body.Text("url", DocumentContext.Extensions + "data-element");
            body.EndObject();
        }

        if (isOpen)
        {
            body.EndArray();
        }
    }
}
