using System.Globalization;
using System.Text.Json;
using Kangqiao.Kernel;
using Kangqiao.Rest.Asking;

namespace Kangqiao.Rest.Views;

/// <summary>What $viewdefinition-run is asked: the view itself, or Parameters that hold it.</summary>
/// <param name="View">JSON of the ViewDefinition.</param>
/// <param name="Criteria">Of the search that finds the records.</param>
/// <param name="Limit">Rows at most, to the record that reaches it; null for all.</param>
internal sealed record ViewRunAsk(byte[] View, string Format, IReadOnlyList<KeyValuePair<string, string>> Criteria, long? Limit)
{
    private static readonly string[] Formats = ["json", "ndjson", "csv", "parquet"];

    public static Outcome<ViewRunAsk> Read(Ask ask)
    {
        if (ask.BodyKind != BodyKind.Resource)
        {
            return Problems.ViewRunNeedsView();
        }

        var named = new List<KeyValuePair<string, string>>(ask.Parameters.Pairs);
        byte[]? view;
        try
        {
            using var json = JsonDocument.Parse(ask.Body, new JsonDocumentOptions { MaxDepth = 64 });
            view = ViewIn(json.RootElement, ask.Body, named);
        }
        catch (JsonException)
        {
            // The view's own reader names the line.
            view = ask.Body.ToArray();
        }

        return view is null ? Problems.ViewRunNeedsView() : Asked(view, named);
    }

    private static byte[]? ViewIn(JsonElement root, ReadOnlyMemory<byte> body, List<KeyValuePair<string, string>> named)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("resourceType", out var type) || type.ValueKind != JsonValueKind.String || type.GetString() != "Parameters")
        {
            return body.ToArray();
        }

        byte[]? view = null;
        if (!root.TryGetProperty("parameter", out var all) || all.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        foreach (var one in all.EnumerateArray())
        {
            if (one.ValueKind != JsonValueKind.Object || !one.TryGetProperty("name", out var name) || name.ValueKind != JsonValueKind.String)
            {
                continue;
            }

            if (name.GetString() == "viewResource" && one.TryGetProperty("resource", out var resource))
            {
                view = System.Text.Encoding.UTF8.GetBytes(resource.GetRawText());
                continue;
            }

            foreach (var property in one.EnumerateObject())
            {
                if (property.Name.StartsWith("value", StringComparison.Ordinal))
                {
                    var value = property.Value is { ValueKind: JsonValueKind.Object } reference && reference.TryGetProperty("reference", out var target) ? target : property.Value;
                    named.Add(new(name.GetString()!, value.ToString()));
                }
            }
        }

        return view;
    }

    private static Outcome<ViewRunAsk> Asked(byte[] view, List<KeyValuePair<string, string>> named)
    {
        var format = "json";
        long? limit = null;
        var criteria = new List<KeyValuePair<string, string>>();
        foreach (var (name, value) in named)
        {
            switch (name)
            {
                case "_format":
                    format = value.Replace(' ', '+') switch
                    {
                        "application/json" or "application/fhir+json" => "json",
                        "application/ndjson" or "application/x-ndjson" or "application/fhir+ndjson" => "ndjson",
                        "text/csv" => "csv",
                        "application/vnd.apache.parquet" or "application/octet-stream" => "parquet",
                        var other => other,
                    };
                    if (Array.IndexOf(Formats, format) < 0)
                    {
                        return Problems.BadParameter(name, value, string.Join(", ", Formats));
                    }

                    break;
                case "_limit":
                    if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var most) || most < 1)
                    {
                        return Problems.BadParameter(name, value, "a whole number from 1");
                    }

                    limit = most;
                    break;
                case "_since":
                    criteria.Add(new("_lastUpdated", "ge" + value));
                    break;
                case "patient":
                    criteria.Add(new("patient", value));
                    break;
                default:
                    return Problems.BadParameter(name, value, "one of _format, _limit, _since, patient, viewResource");
            }
        }

        return new ViewRunAsk(view, format, criteria, limit);
    }
}
