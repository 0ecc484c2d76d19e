using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kangqiao.Fhir.Facts;
using Kangqiao.Store;

namespace Kangqiao.Ingest.Intake;

/// <summary>A current version with members replaced, or marked as never having been so. Values keep their bytes but for those replaced.</summary>
internal static class Revising
{
    private const string EnteredInError = "entered-in-error";

    private static readonly ConcurrentDictionary<string, ErrorMark> Marks = new(StringComparer.Ordinal);

    /// <summary>The current version as JSON.</summary>
    public static ReadOnlyMemory<byte> Resource(StoredRecord record)
    {
        var output = new ArrayBufferWriter<byte>(record.Body.Length + 320);
        record.WriteResource(output);
        return output.WrittenMemory;
    }

    /// <summary>The members of the change in place of those of the current version.</summary>
    public static byte[] Amend(ReadOnlyMemory<byte> current, ReadOnlyMemory<byte> change)
    {
        using var was = JsonDocument.Parse(current);
        using var said = JsonDocument.Parse(change);
        var output = new ArrayBufferWriter<byte>(current.Length + change.Length);
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            foreach (var member in was.RootElement.EnumerateObject())
            {
                if (!said.RootElement.TryGetProperty(member.Name, out _) || member.Name is "meta")
                {
                    member.WriteTo(writer);
                }
            }

            foreach (var member in said.RootElement.EnumerateObject())
            {
                if (member.Name is not ("meta" or "id"))
                {
                    member.WriteTo(writer);
                }
            }

            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>The record as entered in error; null where its type has no such status, so that it is deleted instead.</summary>
    public static byte[]? AsError(string type, ReadOnlyMemory<byte> current)
    {
        var mark = Marks.GetOrAdd(type, MarkOf);
        if (mark == ErrorMark.None)
        {
            return null;
        }

        var resource = JsonNode.Parse(current.Span)!.AsObject();
        if (mark == ErrorMark.Status)
        {
            resource["status"] = EnteredInError;
        }
        else
        {
            // R4 con-5 and ait-2: clinicalStatus shall not be there beside a verification status of entered-in-error.
            resource.Remove("clinicalStatus");
            resource["verificationStatus"] = new JsonObject
            {
                ["coding"] = new JsonArray(new JsonObject
                {
                    ["system"] = type == "Condition"
                        ? "http://terminology.hl7.org/CodeSystem/condition-ver-status"
                        : "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
                    ["code"] = EnteredInError,
                }),
            };
        }

        return JsonSerializer.SerializeToUtf8Bytes(resource);
    }

    private static ErrorMark MarkOf(string type) =>
        type is "Condition" or "AllergyIntolerance" ? ErrorMark.Verification
        : R4.Facts.Type(type)?.Element("status")?.Binding is { } binding && R4.Facts.ValueSet(binding.ValueSet)?.ContainsCode(EnteredInError) == true ? ErrorMark.Status
        : ErrorMark.None;

    private enum ErrorMark
    {
        None,
        Status,
        Verification,
    }
}
