using System.Text.Json;
using Kangqiao.Fhir.Findings;

namespace Kangqiao.Analytics.Views;

/// <summary>A JSON value that knows where it stands, so that a finding can name its line.</summary>
internal sealed class JsonSpot
{
    private const int MaxDepth = 64;
    private const int MaxBytes = 4 * 1024 * 1024;

    private JsonSpot(JsonTokenType kind, string text, Place place)
    {
        Kind = kind;
        Text = text;
        Place = place;
    }

    public JsonTokenType Kind { get; }

    /// <summary>Of a string its text, of a number or Boolean its digits or word.</summary>
    public string Text { get; }

    public Place Place { get; }

    public List<(string Name, JsonSpot Value)> Members { get; } = [];

    public List<JsonSpot> Items { get; } = [];

    public bool IsObject => Kind == JsonTokenType.StartObject;

    public bool IsArray => Kind == JsonTokenType.StartArray;

    public bool IsString => Kind == JsonTokenType.String;

    public JsonSpot? Member(string name) => Members.Find(m => m.Name == name).Value;

    /// <summary>Null, with a finding, where the bytes are not one JSON value.</summary>
    public static JsonSpot? Parse(ReadOnlySpan<byte> utf8, FindingList findings)
    {
        utf8 = utf8.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8;
        if (utf8.Length > MaxBytes)
        {
            findings.Add(Found(ViewFindings.TooLarge, new Place("", 1, 1), $"{MaxBytes} bytes"));
            return null;
        }

        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Disallow });
        try
        {
            reader.Read();
            var root = Value(ref reader, utf8, "");
            while (reader.Read())
            {
                // To the end, so that what follows the value is found.
            }

            return root;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half of a surrogate pair in a string.
            var at = (fault as JsonException)?.LineNumber is { } line ? new Place("", (int)line + 1, (int)(((JsonException)fault).BytePositionInLine ?? 0) + 1) : new Place("", 1, 1);
            findings.Add(Found(ViewFindings.NotJson, at, fault.Message.Split(" LineNumber:")[0]));
            return null;
        }
    }

    public static Finding Found(FindingKind kind, Place place, params string[] arguments) =>
        new(kind, kind.Severity, place.Path, arguments, place.Line, place.Column);

    private static JsonSpot Value(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, string path)
    {
        var before = utf8[..(int)reader.TokenStartIndex];
        var place = new Place(path, before.Count((byte)'\n') + 1, before.Length - before.LastIndexOf((byte)'\n'));
        var kind = reader.TokenType;
        switch (kind)
        {
            case JsonTokenType.StartObject:
                var members = new JsonSpot(kind, "", place);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var name = reader.GetString()!;
                    reader.Read();
                    members.Members.Add((name, Value(ref reader, utf8, path.Length == 0 ? name : $"{path}.{name}")));
                }

                return members;
            case JsonTokenType.StartArray:
                var items = new JsonSpot(kind, "", place);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Items.Add(Value(ref reader, utf8, $"{path}[{items.Items.Count}]"));
                }

                return items;
            case JsonTokenType.String:
                return new JsonSpot(kind, reader.GetString()!, place);
            default:
                return new JsonSpot(kind, System.Text.Encoding.UTF8.GetString(reader.ValueSpan), place);
        }
    }
}
