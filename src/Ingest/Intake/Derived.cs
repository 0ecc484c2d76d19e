using System.Text.Json;
using Kangqiao.Store;

namespace Kangqiao.Ingest.Intake;

/// <summary>The records that were made of a document's entries, as its DocumentReference lists them (<c>context.related</c>).</summary>
internal static class Derived
{
    public const string Document = "DocumentReference";

    /// <param name="body">Of the DocumentReference, in the store's form: JSON without type, id and version.</param>
    public static IReadOnlyList<RecordKey> Of(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        if (!document.RootElement.TryGetProperty("context", out var context) || !context.TryGetProperty("related", out var related)
            || related.ValueKind != JsonValueKind.Array)
        {
            return [];
        }

        var keys = new List<RecordKey>();
        foreach (var one in related.EnumerateArray())
        {
            if (one.TryGetProperty("reference", out var reference) && reference.GetString()?.Split('/') is [var type, var id])
            {
                keys.Add(new RecordKey(type, id));
            }
        }

        return keys;
    }
}
