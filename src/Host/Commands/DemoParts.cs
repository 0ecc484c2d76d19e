using System.Text.Json;
using Kangqiao.Rest.Callers;
using Kangqiao.Rest.Inside;
using Kangqiao.Web.SignIn;

namespace Kangqiao.Host.Commands;

/// <summary>Whom a visitor of the demonstration can play with one click.</summary>
internal static class DemoParts
{
    /// <summary>Residents looked at to find one with much to show.</summary>
    private const int Looked = 16;

    private static readonly Caller Operator = new(Roles.System);

    /// <summary>The roles, and two residents of this very city: somebody old with the most results, and a child with the most vaccinations.</summary>
    public static async ValueTask<IReadOnlyList<Part>> FindAsync(InsideRecords records, CancellationToken cancel)
    {
        var parts = new List<Part>();
        if (await RichestAsync(records, "birthdate=lt1965-01-01", "Observation", cancel) is { } elder)
        {
            parts.Add(new("elder", new Caller("resident") { Resident = elder }));
        }

        if (await RichestAsync(records, "birthdate=gt2015-01-01", "Immunization", cancel) is { } child)
        {
            parts.Add(new("child", new Caller("guardian") { Resident = child }));
        }

        parts.AddRange(
        [
            new("doctor", new Caller("clinician") { Institution = "AC001", Purpose = "TREAT" }),
            new("integrator", new Caller("institution") { Institution = "AC002" }),
            new("steward", new Caller("steward")),
            new("supervisor", new Caller("supervisor") { Region = "1002" }),
            new("auditor", new Caller("auditor")),
            new("admin", new Caller(Roles.System)),
        ]);
        return parts;
    }

    private static async Task<string?> RichestAsync(InsideRecords records, string whom, string type, CancellationToken cancel)
    {
        var richest = (Id: (string?)null, Count: 0L);
        foreach (var entry in await EntriesAsync(records, $"Person?{whom}&_count={Looked}", cancel))
        {
            var id = entry.GetProperty("resource").GetProperty("id").GetString()!;
            if ((await records.GetAsync(Operator, $"{type}?patient={id}&_summary=count", cancel)).Try(out var json, out _))
            {
                using var bundle = JsonDocument.Parse(json);
                var count = bundle.RootElement.TryGetProperty("total", out var total) ? total.GetInt64() : 0;
                richest = count > richest.Count ? (id, count) : richest;
            }
        }

        return richest.Id;
    }

    private static async Task<JsonElement[]> EntriesAsync(InsideRecords records, string address, CancellationToken cancel)
    {
        if (!(await records.GetAsync(Operator, address, cancel)).Try(out var json, out _))
        {
            return [];
        }

        using var bundle = JsonDocument.Parse(json);
        return bundle.RootElement.Clone().TryGetProperty("entry", out var entries) ? [.. entries.EnumerateArray()] : [];
    }
}
