using System.Globalization;
using System.Text.Json;

namespace Kangqiao.Web.Records;

/// <summary>Reading of FHIR JSON for pages: what is missing is null, and nothing throws.</summary>
internal static class Json
{
    public static JsonElement? Child(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var child) ? child : null;

    public static JsonElement? Child(this JsonElement? element, string name) => element is { } there ? there.Child(name) : null;

    public static string? Text(this JsonElement element, string name) => element.Child(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    public static string? Text(this JsonElement? element, string name) => element is { } there ? there.Text(name) : null;

    public static decimal? Number(this JsonElement? element, string name) =>
        element.Child(name) is { ValueKind: JsonValueKind.Number } number && number.TryGetDecimal(out var value) ? value : null;

    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) =>
        element.Child(name) is { ValueKind: JsonValueKind.Array } items ? items.EnumerateArray() : [];

    public static JsonElement? First(this JsonElement element, string name) => element.Items(name).Select(e => (JsonElement?)e).FirstOrDefault();

    /// <summary>What a CodeableConcept says: its text, else the first display, else the first code.</summary>
    public static string? Concept(this JsonElement? concept) => concept is not { } there ? null
        : there.Text("text")
        ?? there.Items("coding").Select(c => c.Text("display")).FirstOrDefault(d => d is not null)
        ?? there.Items("coding").Select(c => c.Text("code")).FirstOrDefault(c => c is not null);

    /// <summary>The same in words only: a bare code is nothing to read.</summary>
    public static string? Words(this JsonElement? concept) => concept is not { } there ? null
        : there.Text("text") ?? there.Items("coding").Select(c => c.Text("display")).FirstOrDefault(d => d is not null);

    /// <summary>The code in a system, where the concept has one there.</summary>
    public static string? CodeIn(this JsonElement? concept, string system) =>
        concept is { } there ? there.Items("coding").Where(c => c.Text("system") == system).Select(c => c.Text("code")).FirstOrDefault() : null;

    /// <summary>The id that a relative reference names.</summary>
    public static string? Reference(this JsonElement? reference) => reference.Text("reference")?.Split('/') is [_, var id] ? id : null;

    /// <summary>Code of the institution that sent the record.</summary>
    public static string? Sender(this JsonElement resource) => resource.Child("meta").Text("source") is { } source ? source[(source.LastIndexOf('/') + 1)..] : null;

    /// <summary>The instant a FHIR date begins, by the city's clocks; the very beginning where there is none.</summary>
    public static DateTimeOffset Start(string? date)
    {
        var whole = date?.Length switch { 4 => date + "-01-01", 7 => date + "-01", _ => date };
        return whole is { Length: 10 } && DateOnly.TryParseExact(whole, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.FromHours(8))
            : DateTimeOffset.TryParse(whole, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant) ? instant : DateTimeOffset.MinValue;
    }
}
