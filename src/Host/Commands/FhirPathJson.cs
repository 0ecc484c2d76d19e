using System.Buffers;
using System.Text.Json;
using Kangqiao.Fhir.FhirPath;
using Kangqiao.Fhir.Writing;

namespace Kangqiao.Host.Commands;

/// <summary>A FHIRPath result as a JSON array: elements as FHIR writes them, decimals with their digits.</summary>
internal static class FhirPathJson
{
    public static void Write(Utf8JsonWriter writer, FhirPathResults results)
    {
        writer.WriteStartArray();
        foreach (ref readonly var item in results.Span)
        {
            Write(writer, in item);
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, in FhirPathItem item)
    {
        switch (item.Kind)
        {
            case ItemKind.Element when item.Element.Exists:
                var buffer = new ArrayBufferWriter<byte>();
                FhirJson.Write(item.Element, buffer);
                writer.WriteRawValue(buffer.WrittenSpan);
                break;
            case ItemKind.Boolean:
                writer.WriteBooleanValue(item.Boolean);
                break;
            case ItemKind.Integer or ItemKind.Long:
                writer.WriteNumberValue(item.Integer);
                break;
            case ItemKind.Decimal:
                writer.WriteNumberValue(item.Decimal);
                break;
            case ItemKind.Quantity:
                writer.WriteStartObject();
                writer.WriteNumber("value"u8, item.Decimal);
                writer.WriteString("unit"u8, item.Unit);
                writer.WriteEndObject();
                break;
            default:
                writer.WriteStringValue(item.ToString());
                break;
        }
    }
}
