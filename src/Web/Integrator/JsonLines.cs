using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Kangqiao.Web.Integrator;

/// <summary>A resource written with one element a line, and the line of every path. Numbers keep their digits.</summary>
public sealed class JsonLines
{
    private const int Deepest = 128;

    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = Deepest };

    private readonly StringBuilder text = new();
    private readonly Dictionary<string, int> lines = new(StringComparer.Ordinal);
    private int line;

    private JsonLines()
    {
    }

    public string Text => text.ToString();

    /// <summary>Null where the text is not JSON.</summary>
    public static JsonLines? Of(string sent)
    {
        try
        {
            using var document = JsonDocument.Parse(sent.TrimStart('\uFEFF'), Reading);
            var made = new JsonLines();
            made.Write(document.RootElement, "", 0);
            return made;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Line from 0 of a FHIRPath such as Patient.name[0].given[1]; of what is around it, where it is not there. -1 for none.</summary>
    public int LineOf(string path)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        var inside = dot < 0 ? "" : Plain(path[dot..]);
        while (true)
        {
            if (lines.TryGetValue(inside, out var found) || ChoiceOf(inside, out found))
            {
                return found;
            }

            var end = inside.LastIndexOf('.');
            if (end < 0)
            {
                return -1;
            }

            inside = inside[..end];
        }
    }

    // "entry[0].resource.ofType(Patient).name": the cast is no place of its own.
    private static string Plain(string path)
    {
        for (int start; (start = path.IndexOf(".ofType(", StringComparison.Ordinal)) >= 0;)
        {
            var end = path.IndexOf(')', start);
            if (end < 0)
            {
                break;
            }

            path = path.Remove(start, end - start + 1);
        }

        return path;
    }

    /// <summary>FHIRPath says value where JSON says valueQuantity.</summary>
    private bool ChoiceOf(string path, out int found)
    {
        found = -1;
        if (path.Length == 0)
        {
            return false;
        }

        foreach (var (known, at) in lines)
        {
            if (known.Length > path.Length && known.StartsWith(path, StringComparison.Ordinal) && char.IsAsciiLetterUpper(known[path.Length]))
            {
                found = at;
                return true;
            }
        }

        return false;
    }

    private void Write(JsonElement value, string path, int depth)
    {
        lines.TryAdd(path, line);
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                Open('{');
                var isFirst = true;
                foreach (var property in value.EnumerateObject())
                {
                    Next(depth + 1, isFirst);
                    isFirst = false;
                    text.Append('"').Append(JsonEncodedText.Encode(property.Name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)).Append("\": ");
                    Write(property.Value, $"{path}.{property.Name}", depth + 1);
                }

                Close('}', depth, isFirst);
                break;
            case JsonValueKind.Array:
                Open('[');
                var index = 0;
                foreach (var item in value.EnumerateArray())
                {
                    Next(depth + 1, index == 0);
                    Write(item, $"{path}[{index++}]", depth + 1);
                }

                Close(']', depth, index == 0);
                break;
            case JsonValueKind.String:
                text.Append('"').Append(JsonEncodedText.Encode(value.GetString()!, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)).Append('"');
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    private void Open(char bracket) => text.Append(bracket);

    private void Next(int depth, bool isFirst)
    {
        if (!isFirst)
        {
            text.Append(',');
        }

        text.Append('\n').Append(' ', depth * 2);
        line++;
    }

    private void Close(char bracket, int depth, bool isEmpty)
    {
        if (!isEmpty)
        {
            text.Append('\n').Append(' ', depth * 2);
            line++;
        }

        text.Append(bracket);
    }
}
