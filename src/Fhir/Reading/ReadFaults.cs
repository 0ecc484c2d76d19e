using System.Text;
using System.Text.Json;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Findings;

namespace Kangqiao.Fhir.Reading;

/// <summary>Turns what the walk stumbles over into findings with their place. None of this runs for a sound record.</summary>
internal readonly struct ReadFaults(FhirDocument document, FindingList findings)
{
    private const int ShownBytes = 60;
    private const int ShownMessage = 200;

    public void Add(FindingKind kind, int at, string path, params ReadOnlySpan<string> arguments)
    {
        if (!IsDropped(kind))
        {
            var (line, column) = document.Position(at);
            findings.Add(new Finding(kind, kind.Severity, path, arguments.ToArray(), line, column));
        }
    }

    public void Add(FindingKind kind, Element element, params ReadOnlySpan<string> arguments)
    {
        if (!IsDropped(kind))
        {
            var (line, column) = element.Position();
            findings.Add(new Finding(kind, kind.Severity, element.Path(), arguments.ToArray(), line, column));
        }
    }

    public void AddNotArray(int at, string path, string name, JsonTokenType found) =>
        Add(ReadFindings.ExpectedArray, at, path, name, JsonWords.English(found), JsonWords.Chinese(found));

    public void AddNotObject(int at, string path, string name, JsonTokenType found) =>
        AddType(at, path, name, "Element", JsonTokenType.StartObject, found);

    public void AddType(int at, string path, ElementTypeFact type, JsonTokenType found)
    {
        var expected = type.Type.Primitive switch
        {
            PrimitiveKind.None => JsonTokenType.StartObject,
            PrimitiveKind.Boolean => JsonTokenType.True,
            PrimitiveKind.Integer or PrimitiveKind.UnsignedInt or PrimitiveKind.PositiveInt or PrimitiveKind.Decimal =>
                JsonTokenType.Number,
            _ => JsonTokenType.String,
        };
        AddType(at, path, type.JsonName, type.Type.Name, expected, found);
    }

    private void AddType(int at, string path, string name, string type, JsonTokenType expected, JsonTokenType found) =>
        Add(
            ReadFindings.WrongJsonType, at, path + "." + name, name, type,
            JsonWords.English(expected), JsonWords.Chinese(expected), JsonWords.English(found), JsonWords.Chinese(found));

    public void AddFormat(Element element, ElementTypeFact type, ReadOnlySpan<byte> text, FormatFault fault)
    {
        if (!IsDropped(ReadFindings.BadFormat))
        {
            Add(ReadFindings.BadFormat, element, Shown(text), type.Type.Name, fault.English, fault.Chinese);
        }
    }

    public void AddUnknownType(int at, string path, ReadOnlySpan<byte> name)
    {
        if (!IsDropped(ReadFindings.UnknownResourceType))
        {
            var given = Shown(name);
            var nearest = Nearest(given, R4.Facts.Types.Where(t => t is { IsResource: true, IsAbstract: false }).Select(t => t.Name));
            Add(ReadFindings.UnknownResourceType, at, path, [given, .. Suggestion(nearest)]);
        }
    }

    public void AddUnknownElement(int at, string path, ReadOnlySpan<byte> name, TypeFact type, bool isAllowed)
    {
        var kind = isAllowed ? ReadFindings.UnknownElementIgnored : ReadFindings.UnknownElement;
        if (!IsDropped(kind))
        {
            var given = Shown(name);
            var nearest = Nearest(given, type.Elements.SelectMany(e => e.Types).Select(t => t.JsonName));
            Add(kind, at, path, [given, type.Name, .. Suggestion(nearest)]);
        }
    }

    public void AddSyntax(JsonException fault)
    {
        // The framework's message ends with its own line and byte position, which the finding carries itself, and may quote
        // megabytes of what it took for a literal.
        var message = fault.Message;
        var tail = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        message = tail > 0 ? message[..Math.Min(tail, ShownMessage)] : message[..Math.Min(message.Length, ShownMessage)];
        var line = (int)(fault.LineNumber ?? 0) + 1;
        var column = (int)(fault.BytePositionInLine ?? 0) + 1;
        findings.Add(new Finding(ReadFindings.NotJson, Severity.Fatal, "", [message], line, column));
    }

    /// <summary>A full list keeps only the count: position, path and suggestions are not worth computing.</summary>
    private bool IsDropped(FindingKind kind)
    {
        if (findings.IsFull)
        {
            findings.Drop(kind.Severity);
        }

        return findings.IsFull;
    }

    private static string Shown(ReadOnlySpan<byte> text) =>
        text.Length <= ShownBytes ? Encoding.UTF8.GetString(text) : Encoding.UTF8.GetString(text[..ShownBytes]).TrimEnd('\uFFFD') + "…";

    private static string[] Suggestion(string? nearest) =>
        nearest is null ? ["", ""] : [$" Did you mean '{nearest}'?", $"是否应为“{nearest}”？"];

    private static string? Nearest(string given, IEnumerable<string> names)
    {
        string? best = null;
        var least = Math.Max(2, given.Length / 3) + 1;
        foreach (var name in names)
        {
            var distance = Distance(given, name, least);
            if (distance < least)
            {
                (least, best) = (distance, name);
            }
        }

        return best;
    }

    /// <summary>Edits between two names, upper and lower case alike; at least <paramref name="limit"/> when it does not matter.</summary>
    private static int Distance(string left, string right, int limit)
    {
        if (Math.Abs(left.Length - right.Length) >= limit || left.Length > ShownBytes)
        {
            return limit;
        }

        Span<int> row = stackalloc int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var above = row[j];
                var same = char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]);
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (same ? 0 : 1));
                diagonal = above;
            }
        }

        return row[right.Length];
    }
}

/// <summary>What a JSON token is called.</summary>
internal static class JsonWords
{
    public static string English(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "true or false",
        JsonTokenType.Null => "null",
        _ => "nothing",
    };

    public static string Chinese(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "对象",
        JsonTokenType.StartArray => "数组",
        JsonTokenType.String => "字符串",
        JsonTokenType.Number => "数字",
        JsonTokenType.True or JsonTokenType.False => "true 或 false",
        JsonTokenType.Null => "null",
        _ => "空",
    };
}
