using System.Globalization;

namespace Kangqiao.Rest.Tests;

/// <summary>Small sound resources.</summary>
internal static class Sample
{
    private static int counter;

    /// <summary>A value that no other test uses.</summary>
    public static string Unique(string prefix = "u") =>
        prefix + Interlocked.Increment(ref counter).ToString(CultureInfo.InvariantCulture);

    public static string Patient(string family = "Wang", string? id = null, string? identifier = null) =>
        $$"""
        {"resourceType":"Patient"{{(id is null ? "" : $",\"id\":\"{id}\"")}}{{(identifier is null ? "" : $",\"identifier\":[{{\"system\":\"urn:oid:1.2.3\",\"value\":\"{identifier}\"}}]")}},"name":[{"family":"{{family}}"}],"gender":"female","birthDate":"1958-03"}
        """;

    public static string Observation(string patient, string value = "1.50") =>
        $$$"""
        {"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"15074-8"}]},"subject":{"reference":"{{{patient}}}"},"effectiveDateTime":"2026-01-02","valueQuantity":{"value":{{{value}}},"unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"}}
        """;

    public static string Bundle(string type, params string[] entries) =>
        $$"""{"resourceType":"Bundle","type":"{{type}}","entry":[{{string.Join(',', entries)}}]}""";

    public static string Entry(string method, string url, string? resource = null, string? fullUrl = null, string more = "")
    {
        var name = fullUrl is null ? "" : $"\"fullUrl\":\"{fullUrl}\",";
        var body = resource is null ? "" : $"\"resource\":{resource},";
        return $$$"""{{{{name}}}{{{body}}}"request":{"method":"{{{method}}}","url":"{{{url}}}"{{{more}}}}}""";
    }
}
