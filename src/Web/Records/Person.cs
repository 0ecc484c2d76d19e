using System.Text.Json;

namespace Kangqiao.Web.Records;

/// <summary>Who it is, as a page's head says.</summary>
/// <param name="Number">The resident ID number as the viewer may see it; null where there is none.</param>
public sealed record Person(string Name, string? Gender, string? BirthDate, string? Number, string? Died)
{
    private const string ResidentId = "urn:oid:2.16.156.10011.1.3";

    internal static Person Of(JsonElement patient) => new(
        patient.First("name") is { } name ? name.Text("text") ?? string.Concat(name.Text("family"), string.Concat(name.Items("given").Select(g => g.GetString()))) : "",
        patient.Text("gender"),
        patient.Text("birthDate"),
        patient.Items("identifier").Where(i => i.Text("system") == ResidentId).Select(i => i.Text("value")).FirstOrDefault() is { } number ? Masked(number) : null,
        patient.Text("deceasedDateTime"));

    /// <summary>Whole years on a day; null where the birth is not known to the day.</summary>
    public int? AgeOn(DateOnly day)
    {
        if (!DateOnly.TryParseExact(BirthDate, "yyyy-MM-dd", out var born) || day < born)
        {
            return null;
        }

        var years = day.Year - born.Year;
        return born.AddYears(years) > day ? years - 1 : years;
    }

    /// <summary>520103********1234: enough to tell whose it is, too little to use it.</summary>
    public static string Masked(string number) => number.Length == 18 ? number[..6] + "********" + number[14..] : number;
}
