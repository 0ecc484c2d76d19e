using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Search;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;

namespace Kangqiao.Rest.Interactions;

/// <summary>
/// The CapabilityStatement (R4 capabilitystatement.html), made from <see cref="InteractionTable"/> and the search plans: what it says is
/// what is served.
/// </summary>
internal static class Capability
{
    private static readonly ConcurrentDictionary<string, byte[]> ByBase = new(StringComparer.Ordinal);
    private static readonly Lazy<Dictionary<string, List<string>>> Pointing = new(WhoPointsAt);
    private static readonly string Version = typeof(Capability).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    public static ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        // The base is the client's Host header, unless it is configured: strangers must not fill the memory with bases.
        if (!ByBase.TryGetValue(ask.Base, out var json))
        {
            json = Make(ask.Base, room.Time.GetUtcNow(), [.. room.Topics.All.Select(topic => topic.Url)]);
            if (ByBase.Count < 16)
            {
                ByBase.TryAdd(ask.Base, json);
            }
        }

        return new(Answer.Json(json));
    }

    private static byte[] Make(string baseAddress, DateTimeOffset now, string[] topics)
    {
        var buffer = new ArrayBufferWriter<byte>(256 * 1024);
        using (var writer = new Utf8JsonWriter(buffer, Outcomes.Compact))
        {
            writer.WriteStartObject();
            writer.WriteString("resourceType", "CapabilityStatement");
            writer.WriteString("status", "active");
            writer.WriteString("date", now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
            writer.WriteString("kind", "instance");
            writer.WriteStartObject("software");
            writer.WriteString("name", "Kangqiao 康桥");
            writer.WriteString("version", Version);
            writer.WriteEndObject();
            writer.WriteStartObject("implementation");
            writer.WriteString("description", "FHIR R4 interface of a city's health records");
            writer.WriteString("url", baseAddress);
            writer.WriteEndObject();
            writer.WriteString("fhirVersion", "4.0.1");
            Strings(writer, "format", "application/fhir+json", "application/fhir+xml", "json", "xml");
            Strings(writer, "patchFormat", "application/json-patch+json", "application/xml-patch+xml", "application/fhir+json", "application/fhir+xml");
            writer.WriteStartArray("rest");
            Rest(writer, topics);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Rest(Utf8JsonWriter writer, string[] topics)
    {
        writer.WriteStartObject();
        writer.WriteString("mode", "server");
        writer.WriteStartObject("security");
        writer.WriteBoolean("cors", false);
        writer.WriteString("description", "Every request but this one and the SMART configuration needs a bearer token (RFC 6750).");
        writer.WriteEndObject();
        writer.WriteStartArray("resource");
        foreach (var type in R4.Facts.Types.Where(t => t is { IsResource: true, IsAbstract: false }).OrderBy(t => t.Name, StringComparer.Ordinal))
        {
            Resource(writer, type, type.Name == "Subscription" ? topics : []);
        }

        writer.WriteEndArray();
        Interactions(writer, "history-system", "search-system", "transaction");
        ForAllTypes(writer);
        Operations(writer, null);
        Strings(writer, "compartment", [.. R4.Facts.Compartments.Select(c => $"http://hl7.org/fhir/CompartmentDefinition/{c.Type.Name.ToLowerInvariant()}")]);
        writer.WriteEndObject();
    }

    /// <summary>Parameters that R4 defines outside of the types' own lists (search.html#list, search_filter.html).</summary>
    private static void ForAllTypes(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("searchParam");
        foreach (var (name, definition) in new[] { ("_list", null), ("_has", null), ("_filter", "http://hl7.org/fhir/SearchParameter/filter"), ("_type", (string?)null) })
        {
            writer.WriteStartObject();
            writer.WriteString("name", name);
            if (definition is not null)
            {
                writer.WriteString("definition", definition);
            }

            writer.WriteString("type", name == "_type" ? "token" : "special");
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>By type: the reference parameters of others that may point at it.</summary>
    private static Dictionary<string, List<string>> WhoPointsAt()
    {
        var found = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var types = R4.Facts.Types.Where(t => t is { IsResource: true, IsAbstract: false }).OrderBy(t => t.Name, StringComparer.Ordinal).ToArray();
        foreach (var type in types)
        {
            var plan = SearchPlan.Of(type);
            foreach (var parameter in plan.Parameters.Where((p, i) => p.Type == SearchType.Reference && plan.Find(p.Code) == i))
            {
                foreach (var target in types.Where(t => parameter.Targets.Length == 0 || Array.Exists(parameter.Targets, t.IsA)))
                {
                    if (!found.TryGetValue(target.Name, out var list))
                    {
                        found.Add(target.Name, list = []);
                    }

                    list.Add($"{type.Name}:{parameter.Code}");
                }
            }
        }

        return found;
    }

    private static void Resource(Utf8JsonWriter writer, TypeFact type, string[] topics)
    {
        writer.WriteStartObject();
        Topics(writer, topics);
        writer.WriteString("type", type.Name);
        Interactions(writer, "read", "vread", "update", "patch", "delete", "history-instance", "history-type", "create", "search-type");
        writer.WriteString("versioning", "versioned-update");
        writer.WriteBoolean("readHistory", true);
        writer.WriteBoolean("updateCreate", true);
        writer.WriteBoolean("conditionalCreate", true);
        writer.WriteString("conditionalRead", "full-support");
        writer.WriteBoolean("conditionalUpdate", Has(Shape.Type, "PUT"));
        writer.WriteString("conditionalDelete", Has(Shape.Type, "DELETE") ? "multiple" : "not-supported");
        Strings(writer, "referencePolicy", "literal", "logical");
        var plan = SearchPlan.Of(type);
        var references = plan.Parameters.Where(p => p.Type == SearchType.Reference).Select(p => p.Code).Distinct(StringComparer.Ordinal).ToArray();
        Strings(writer, "searchInclude", ["*", .. references.Select(r => $"{type.Name}:{r}")]);
        if (Pointing.Value.TryGetValue(type.Name, out var reverse))
        {
            Strings(writer, "searchRevInclude", [.. reverse]);
        }

        writer.WriteStartArray("searchParam");
        foreach (var parameter in plan.Parameters.Where((p, i) => plan.Find(p.Code) == i && (p.Expression is not null || p.Code is "_id" or "_text" or "_content")))
        {
            writer.WriteStartObject();
            writer.WriteString("name", parameter.Code);
            writer.WriteString("definition", parameter.Url);
            writer.WriteString("type", parameter.Type.ToString().ToLowerInvariant());
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        Operations(writer, type.Name);
        writer.WriteEndObject();
    }

    /// <summary>What can be subscribed to (Subscriptions R5 Backport IG, StructureDefinition capability-subscriptiontopic-canonical).</summary>
    private static void Topics(Utf8JsonWriter writer, string[] topics)
    {
        if (topics.Length == 0)
        {
            return;
        }

        writer.WriteStartArray("extension");
        foreach (var topic in topics)
        {
            writer.WriteStartObject();
            writer.WriteString("url", "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/capability-subscriptiontopic-canonical");
            writer.WriteString("valueCanonical", topic);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static bool Has(Shape shape, string method) => InteractionTable.All.Any(i => i.Shape == shape && i.Method == method);

    private static void Interactions(Utf8JsonWriter writer, params string[] codes)
    {
        writer.WriteStartArray("interaction");
        foreach (var code in codes.Where(c => InteractionTable.All.Any(i => i.Code == c)))
        {
            Code(writer, code);
            if (code == "transaction")
            {
                Code(writer, "batch");
            }
        }

        writer.WriteEndArray();
    }

    private static void Code(Utf8JsonWriter writer, string code)
    {
        writer.WriteStartObject();
        writer.WriteString("code", code);
        writer.WriteEndObject();
    }

    /// <param name="type">Null for those of the whole system.</param>
    private static void Operations(Utf8JsonWriter writer, string? type)
    {
        var operations = InteractionTable.All
            .Where(i => i.Operation is not null && (type is null
                ? i.Shape == Shape.SystemOperation
                : i.Shape != Shape.SystemOperation && (i.Type is null || i.Type == type)))
            .DistinctBy(i => i.Operation)
            .ToArray();
        if (operations.Length == 0)
        {
            return;
        }

        writer.WriteStartArray("operation");
        foreach (var operation in operations)
        {
            writer.WriteStartObject();
            writer.WriteString("name", operation.Operation![1..]);
            writer.WriteString("definition", operation.Definition);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Strings(Utf8JsonWriter writer, string name, params string[] values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }
}
