using System.Text.Json;

namespace Kangqiao.Fhir.Tests.Writing;

/// <summary>
/// Where two JSON texts first differ, or null: members in any order, strings by their value, numbers by their digits,
/// since 1.0 and 1.00 are different measurements.
/// </summary>
internal static class JsonDifference
{
    public static string? Find(ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right)
    {
        var options = new JsonDocumentOptions { MaxDepth = 256 };
        using var first = JsonDocument.Parse(WithoutMark(left), options);
        using var second = JsonDocument.Parse(WithoutMark(right), options);
        return Find(first.RootElement, second.RootElement, "$");
    }

    private static string? Find(JsonElement left, JsonElement right, string path)
    {
        if (left.ValueKind != right.ValueKind)
        {
            return $"{path}: {left.ValueKind} and {right.ValueKind}";
        }

        switch (left.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in left.EnumerateObject())
                {
                    var inside = path + "." + member.Name;
                    if (!right.TryGetProperty(member.Name, out var other))
                    {
                        return $"{inside} only on the left";
                    }

                    if (Find(member.Value, other, inside) is { } difference)
                    {
                        return difference;
                    }
                }

                foreach (var member in right.EnumerateObject())
                {
                    if (!left.TryGetProperty(member.Name, out _))
                    {
                        return $"{path}.{member.Name} only on the right";
                    }
                }

                return null;
            case JsonValueKind.Array:
                if (left.GetArrayLength() != right.GetArrayLength())
                {
                    return $"{path}: {left.GetArrayLength()} and {right.GetArrayLength()} entries";
                }

                for (var i = 0; i < left.GetArrayLength(); i++)
                {
                    if (Find(left[i], right[i], $"{path}[{i}]") is { } difference)
                    {
                        return difference;
                    }
                }

                return null;
            case JsonValueKind.String:
                return left.GetString() == right.GetString() ? null : $"{path}: '{left.GetString()}' and '{right.GetString()}'";
            default:
                return left.GetRawText() == right.GetRawText() ? null : $"{path}: {left.GetRawText()} and {right.GetRawText()}";
        }
    }

    private static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> text) =>
        text.Span.StartsWith("\uFEFF"u8) ? text[3..] : text;
}
