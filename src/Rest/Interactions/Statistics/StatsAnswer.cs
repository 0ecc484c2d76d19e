using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Kangqiao.Rest.Answering;

namespace Kangqiao.Rest.Interactions.Statistics;

/// <summary>The Parameters that $stats answers with: one Observation for each code, a component for each statistic.</summary>
internal static class StatsAnswer
{
    private const string System = "http://terminology.hl7.org/CodeSystem/observation-statistics";

    public static ReadOnlyMemory<byte> ToJson(StatsAsk ask, IReadOnlyList<StatsOfCode> results)
    {
        var output = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(output, Outcomes.Compact))
        {
            writer.WriteStartObject();
            writer.WriteString("resourceType", "Parameters");
            writer.WriteStartArray("parameter");
            foreach (var one in results)
            {
                writer.WriteStartObject();
                writer.WriteString("name", "statistics");
                writer.WriteStartObject("resource");
                Observation(writer, ask, one);
                writer.WriteEndObject();
                writer.WriteEndObject();
            }

            foreach (var record in ask.Include ? results.SelectMany(r => r.Records.Take(ask.Limit)) : [])
            {
                var json = new ArrayBufferWriter<byte>(2048);
                record.WriteResource(json);
                writer.WriteStartObject();
                writer.WriteString("name", "source");
                writer.WritePropertyName("resource");
                writer.WriteRawValue(json.WrittenSpan, skipInputValidation: true);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return output.WrittenMemory;
    }

    private static void Observation(Utf8JsonWriter writer, StatsAsk ask, StatsOfCode result)
    {
        writer.WriteString("resourceType", "Observation");
        writer.WriteString("status", "final");
        Concept(writer, "code", result.Coding.System, result.Coding.Code);
        writer.WriteStartObject("subject");
        writer.WriteString("reference", ask.Subject);
        writer.WriteEndObject();
        if (result.Span is { } span)
        {
            writer.WriteStartObject("effectivePeriod");
            writer.WriteString("start", Instant(span.First));
            writer.WriteString("end", Instant(span.Last));
            writer.WriteEndObject();
        }

        writer.WriteStartArray("component");
        foreach (var statistic in ask.Statistics)
        {
            var value = statistic == "total-count" ? result.Records.Count : Measures.All[statistic](result.Values);
            writer.WriteStartObject();
            Concept(writer, "code", System, statistic);
            if (value is { } number)
            {
                Value(writer, statistic, number, result.Unit);
            }
            else
            {
                Concept(writer, "dataAbsentReason", "http://terminology.hl7.org/CodeSystem/data-absent-reason", "not-performed");
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Value(Utf8JsonWriter writer, string statistic, double number, string? unit)
    {
        writer.WriteStartObject("valueQuantity");
        writer.WritePropertyName("value");
        writer.WriteRawValue(number.ToString("R", CultureInfo.InvariantCulture));
        var code = Measures.HasUnit(statistic) ? unit : "1";
        if (code is not null)
        {
            writer.WriteString("unit", code == "1" ? statistic : code);
            writer.WriteString("system", "http://unitsofmeasure.org");
            writer.WriteString("code", code);
        }

        writer.WriteEndObject();
    }

    private static void Concept(Utf8JsonWriter writer, string name, string system, string code)
    {
        writer.WriteStartObject(name);
        writer.WriteStartArray("coding");
        writer.WriteStartObject();
        if (system.Length > 0)
        {
            writer.WriteString("system", system);
        }

        writer.WriteString("code", code);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string Instant(long ticks) => new DateTime(ticks, DateTimeKind.Utc).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
