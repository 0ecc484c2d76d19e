using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kangqiao.Kernel;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Callers;
using Kangqiao.Standard.Making;
using Kangqiao.Standard.Standing;
using Kangqiao.Store;
using Kangqiao.Store.Writes;

namespace Kangqiao.Rest.Emergency;

/// <summary>
/// An opened chart is one record: a Communication of the platform about the patient. It is the grant, the notice to the resident (in
/// whose compartment it is) and to the security officer, and the entry of the review queue; what becomes of it is its versions.
/// </summary>
internal static class EmergencyRecords
{
    public const string Waiting = "in-progress";
    public const string Justified = "completed";
    public const string Ended = "stopped";

    private const string Base = "https://kangqiao.dev/fhir/";

    public static JsonObject Opened(string id, Caller caller, string patient, string reason, DateTimeOffset now, DateTimeOffset until)
    {
        var who = $"Practitioner/{caller.Practitioner}";
        return new JsonObject
        {
            ["resourceType"] = "Communication",
            ["id"] = id,
            ["extension"] = new JsonArray(
                new JsonObject { ["url"] = StandingTerms.UntilExtension, ["valueDateTime"] = Text(until) },
                new JsonObject { ["url"] = StandingTerms.InstitutionExtension, ["valueString"] = caller.Institution }),
            ["status"] = Waiting,
            ["category"] = new JsonArray(Concept(StandingTerms.System, StandingTerms.BreakGlass)),
            ["priority"] = "urgent",
            ["subject"] = new JsonObject { ["reference"] = "Patient/" + patient },
            ["sent"] = Text(now),
            ["recipient"] = new JsonArray(new JsonObject { ["reference"] = "Patient/" + patient }),
            ["sender"] = new JsonObject { ["reference"] = who },
            ["reasonCode"] = new JsonArray(new JsonObject { ["text"] = reason }),
            ["payload"] = new JsonArray(new JsonObject
            {
                ["contentString"] = $"您的健康档案于{now.ToOffset(TimeSpan.FromHours(8)).ToString("yyyy年M月d日HH:mm", CultureInfo.InvariantCulture)}被紧急调阅，有效至{until.ToOffset(TimeSpan.FromHours(8)).ToString("M月d日HH:mm", CultureInfo.InvariantCulture)}。安全管理员将审查这次调阅。",
            }),
        };
    }

    /// <summary>A field in the clear, told to the trail.</summary>
    public static JsonObject Revealed(string id, Caller caller, RecordKey of, string? patient, IEnumerable<string> fields, string reason, DateTimeOffset now)
    {
        var entity = new JsonArray(new JsonObject
        {
            ["what"] = new JsonObject { ["reference"] = of.ToString() },
            ["detail"] = new JsonArray([.. fields.Select(f => (JsonNode)new JsonObject { ["type"] = "field", ["valueString"] = f })]),
        });
        if (patient is not null)
        {
            entity.Add(new JsonObject { ["what"] = new JsonObject { ["reference"] = "Patient/" + patient }, ["role"] = Coding("http://terminology.hl7.org/CodeSystem/object-role", "1") });
        }

        return new JsonObject
        {
            ["resourceType"] = "AuditEvent",
            ["id"] = id,
            ["type"] = Coding(StandingTerms.System, "reveal"),
            ["action"] = "R",
            ["recorded"] = Text(now),
            ["outcome"] = "0",
            ["outcomeDesc"] = reason,
            ["agent"] = new JsonArray(new JsonObject
            {
                ["role"] = new JsonArray(Concept(Base + "CodeSystem/role", caller.Role)),
                ["who"] = new JsonObject { ["display"] = $"{caller.Institution} {caller.Practitioner}".Trim() is { Length: > 0 } name ? name : caller.Role },
                ["requestor"] = true,
            }),
            ["source"] = new JsonObject { ["observer"] = new JsonObject { ["display"] = "kangqiao" } },
            ["entity"] = entity,
        };
    }

    /// <summary>Writes a record of the platform's own, under the name that only it has.</summary>
    public static async ValueTask<Problem?> WriteAsync(RestRoom room, JsonObject resource, long? expected, CancellationToken cancel)
    {
        using var bench = room.Rent();
        var key = new RecordKey((string)resource["resourceType"]!, (string)resource["id"]!);
        if (!bench.TryRead(JsonSerializer.SerializeToUtf8Bytes(resource, Outcomes.Readable)))
        {
            return Problems.BadRequest("what was said cannot be kept as FHIR.");
        }

        if (!(await bench.PrepareAsync(key, cancel, new Provenance(StandingTerms.EmergencySender))).Try(out var record, out var problem))
        {
            return problem;
        }

        var put = new WriteOperation.Put(record) { Mode = expected is null ? PutMode.CreateOnly : PutMode.UpdateOnly, ExpectedVersion = expected };
        return (await room.Platform.WriteAsync(new([put]), cancel)).Problem;
    }

    public static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    private static JsonObject Concept(string system, string code) => new() { ["coding"] = new JsonArray(Coding(system, code)) };

    private static JsonObject Coding(string system, string code) => new() { ["system"] = system, ["code"] = code };
}
