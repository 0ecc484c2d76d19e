using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Encodings.Web;

namespace Kangqiao.Ledger;

/// <summary>A document's name: what kind of paper it is, and which.</summary>
/// <param name="Kind">1 to 64 letters, such as Receipt.</param>
/// <param name="Id">1 to 64 of A-Z a-z 0-9 - and full stop.</param>
public readonly record struct LedgerKey(string Kind, string Id)
{
    public override string ToString() => $"{Kind}/{Id}";
}

/// <summary>A document to be kept.</summary>
/// <param name="Json">One JSON object; <c>id</c>, <c>resourceType</c> and <c>meta</c> are not for it to use.</param>
/// <param name="Labels">What it is found by.</param>
public sealed record LedgerPage(LedgerKey Key, ReadOnlyMemory<byte> Json, IReadOnlyList<LedgerLabel> Labels)
{
    /// <summary>The version that must be current; null when any will do, 0 when there must be none.</summary>
    public long? ExpectedVersion { get; init; }

    public static LedgerPage Of<T>(LedgerKey key, T value, params IReadOnlyList<LedgerLabel> labels) =>
        new(key, JsonSerializer.SerializeToUtf8Bytes(value, LedgerJson.Options), labels);
}

/// <summary>A label: a small letter for what it says, and the value.</summary>
/// <param name="Value">Not empty; what does not fit into a term is cut to its hash by <see cref="LedgerStore"/>.</param>
public readonly record struct LedgerLabel(char Kind, string Value);

/// <summary>A document as kept.</summary>
public sealed record LedgerDocument(LedgerKey Key, ReadOnlyMemory<byte> Json, long Number, long Version, DateTimeOffset Instant)
{
    public T As<T>() => JsonSerializer.Deserialize<T>(Json.Span, LedgerJson.Options)!;
}

/// <param name="Next">Where the next page starts; null when there is none.</param>
public sealed record LedgerList(IReadOnlyList<LedgerDocument> Documents, long? Next);

/// <summary>How documents are written.</summary>
public static class LedgerJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };
}
