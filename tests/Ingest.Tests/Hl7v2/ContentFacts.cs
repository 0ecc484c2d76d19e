using System.Globalization;
using System.Text.Json;

namespace Kangqiao.Ingest.Tests.Hl7v2;

/// <summary>Who, what, when and which values a set of resources tells, as lines that two converters can agree on.</summary>
internal static class ContentFacts
{
    public static SortedSet<string> Of(IEnumerable<JsonElement> resources)
    {
        var facts = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var resource in resources)
        {
            foreach (var fact in Of(resource))
            {
                if (!fact.EndsWith(' '))
                {
                    facts.Add(fact);
                }
            }
        }

        return facts;
    }

    private static IEnumerable<string> Of(JsonElement resource)
    {
        var type = resource.GetProperty("resourceType").GetString()!;
        return type switch
        {
            "Patient" => [.. Each(resource, type, "identifier", "value"), .. Names(resource, type), Said(resource, type, "birthDate"), Said(resource, type, "gender"),
                .. Each(resource, type, "telecom", "value"), .. Each(resource, type, "address", "city"), .. Each(resource, type, "address", "postalCode"), .. Each(resource, type, "address", "state"),
                .. Codes(resource, type, "maritalStatus"), When(resource, type, "deceasedDateTime")],
            "RelatedPerson" => [.. Names(resource, type), .. Codes(resource, type, "relationship"), Said(resource, type, "birthDate"), .. Each(resource, type, "telecom", "value")],
            "Practitioner" => [.. Each(resource, type, "identifier", "value"), .. Names(resource, type)],
            "Encounter" => [.. Each(resource, type, "identifier", "value"), Said(resource, type, "status"), $"Encounter class {Text(resource, "class", "code")}",
                When(resource, type, "period", "start"), When(resource, type, "period", "end"), .. Codes(resource, type, "reasonCode"), .. Codes(resource, type, "priority")],
            "Condition" => [.. Codes(resource, type, "code"), When(resource, type, "onsetDateTime")],
            "AllergyIntolerance" => [.. Codes(resource, type, "code"), When(resource, type, "onsetDateTime"), Said(resource, type, "criticality")],
            "Observation" => [.. Codes(resource, type, "code"), .. Values(resource), When(resource, type, "effectiveDateTime")],
            "DiagnosticReport" => [.. Codes(resource, type, "code"), Said(resource, type, "status"), When(resource, type, "effectiveDateTime"), When(resource, type, "issued")],
            "Procedure" => [.. Codes(resource, type, "code"), When(resource, type, "performedDateTime")],
            "ServiceRequest" => [.. Codes(resource, type, "code"), .. Each(resource, type, "identifier", "value"), When(resource, type, "authoredOn")],
            "Specimen" => [.. Codes(resource, type, "type"), When(resource, type, "receivedTime"), When(resource, type, "collection", "collectedDateTime")],
            "Immunization" => [.. Codes(resource, type, "vaccineCode"), When(resource, type, "occurrenceDateTime"), Said(resource, type, "lotNumber"), Said(resource, type, "status"),
                .. Codes(resource, type, "route"), $"Immunization dose {Text(resource, "doseQuantity", "value")}"],
            "MedicationRequest" => [.. Codes(resource, "Drug", "medicationCodeableConcept"), When(resource, type, "authoredOn"), .. Each(resource, type, "identifier", "value")],
            "Medication" => Codes(resource, "Drug", "code"),
            "Appointment" => [.. Each(resource, type, "identifier", "value"), Said(resource, type, "status"), When(resource, type, "start"), .. Codes(resource, type, "appointmentType")],
            "DocumentReference" => [$"DocumentReference number {Text(resource, "masterIdentifier", "value")}", .. Codes(resource, type, "type"), Said(resource, type, "docStatus")],
            "Coverage" => [.. Each(resource, type, "class", "value"), Said(resource, type, "subscriberId"), When(resource, type, "period", "start"), .. Codes(resource, type, "type")],
            "ChargeItem" => [.. Codes(resource, type, "code"), $"ChargeItem price {Text(resource, "priceOverride", "value")}", When(resource, type, "occurrenceDateTime")],
            _ => [],
        };
    }

    private static IEnumerable<string> Values(JsonElement observation)
    {
        foreach (var holder in Items(observation, "component").Append(observation))
        {
            yield return $"Observation value {Text(holder, "valueQuantity", "value")}";
            yield return $"Observation text {Text(holder, "valueString").Trim()}";
            foreach (var code in Codes(holder, "Observation", "valueCodeableConcept"))
            {
                yield return code;
            }
        }
    }

    private static IEnumerable<string> Names(JsonElement resource, string type)
    {
        foreach (var name in Items(resource, "name"))
        {
            yield return $"{type} family {Text(name, "family").Trim()}";
            foreach (var given in Items(name, "given"))
            {
                yield return $"{type} given {given.GetString()!.Trim()}";
            }
        }
    }

    private static IEnumerable<string> Codes(JsonElement resource, string type, string element)
    {
        foreach (var concept in Items(resource, element))
        {
            foreach (var coding in Items(concept, "coding"))
            {
                yield return $"{type} {element} {Text(coding, "code").Trim()}";
            }
        }
    }

    private static IEnumerable<string> Each(JsonElement resource, string type, string list, string element) =>
        Items(resource, list).Select(item => $"{type} {list} {Text(item, element).Trim()}");

    private static string Said(JsonElement resource, string type, string element) => $"{type} {element} {Text(resource, element).Trim()}";

    private static string When(JsonElement resource, string type, params string[] path)
    {
        var text = Text(resource, path);
        return $"{type} {path[^1]} {(text.Length > 10 && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : text)}";
    }

    private static string Text(JsonElement element, params string[] path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
            {
                return "";
            }
        }

        return element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText();
    }

    private static IEnumerable<JsonElement> Items(JsonElement element, string name) =>
        element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out var found) ? []
        : found.ValueKind == JsonValueKind.Array ? found.EnumerateArray() : [found];
}
