using System.Buffers;
using System.Text;
using Kangqiao.Bench.Shapes;

namespace Kangqiao.Bench.Load.Workloads;

/// <summary>
/// Rounds of 36 requests: one record of each of nine types is created, read, updated and deleted. Those that are referred to are
/// created first and deleted last, so that servers that check references take part too.
/// </summary>
internal sealed class CrudWorkload(LoadPlan plan, ShapedCity city) : IWorkload
{
    private const int TemplatesEach = 24;

    // Patients that no import sends: a record left by a broken round is not taken for one of the city's.
    private const int FirstPatient = LoadPlan.MostPatients * 2;

    private static readonly ShapeType[] Types =
    [
        ShapeType.Patient, ShapeType.Encounter, ShapeType.Condition, ShapeType.Observation, ShapeType.Procedure, ShapeType.Immunization,
        ShapeType.MedicationRequest, ShapeType.AllergyIntolerance, ShapeType.DocumentReference,
    ];

    private readonly ArrayBufferWriter<byte>[] bodies = [.. Enumerable.Range(0, plan.Clients).Select(_ => new ArrayBufferWriter<byte>(1 << 14))];
    private readonly List<RecordTemplate>[] templates = [.. Types.Select(_ => new List<RecordTemplate>())];

    public Task<string?> PrepareAsync(LoadClient client)
    {
        for (var number = FirstPatient; templates.Any(t => t.Count < TemplatesEach); number++)
        {
            city.Fill(client.Records, number);
            foreach (var record in client.Records.Resources)
            {
                var type = Array.IndexOf(Types, record.Type);
                if (type >= 0 && templates[type].Count < TemplatesEach && RecordTemplate.Of(record) is { } template)
                {
                    templates[type].Add(template);
                }
            }
        }

        return MasterData.SendAsync(client, city);
    }

    public async Task<bool> RoundAsync(LoadClient client)
    {
        var ids = new string?[Types.Length];
        var chosen = new RecordTemplate[Types.Length];
        for (var i = 0; i < Types.Length; i++)
        {
            chosen[i] = templates[i][client.Random.Below(templates[i].Count)];
            var body = Body(client, chosen[i], null, ids, changed: false);
            if (await client.SendAsync("create", HttpMethod.Post, "/" + Types[i].Name, body))
            {
                ids[i] = client.Reply.NewId(Types[i].Name);
                if (ids[i] is null)
                {
                    client.Reply.Fail("created without a Location");
                    client.Tally.Error("create", client.Reply);
                }
            }

            if (ids[i] is null && i < 2)
            {
                // What follows would refer to nothing.
                break;
            }
        }

        for (var i = 0; i < Types.Length; i++)
        {
            if (ids[i] is { } id && await client.SendAsync("read", HttpMethod.Get, $"/{Types[i].Name}/{id}"))
            {
                Check(client, id);
            }
        }

        for (var i = 0; i < Types.Length; i++)
        {
            if (ids[i] is { } id)
            {
                await client.SendAsync("update", HttpMethod.Put, $"/{Types[i].Name}/{id}", Body(client, chosen[i], id, ids, changed: true));
            }
        }

        for (var i = Types.Length - 1; i >= 0; i--)
        {
            if (ids[i] is { } id)
            {
                await client.SendAsync("delete", HttpMethod.Delete, $"/{Types[i].Name}/{id}");
            }
        }

        return true;
    }

    private static void Check(LoadClient client, string id)
    {
        Span<byte> due = stackalloc byte[80];
        var family = client.Tally.Of("read");
        if (Encoding.UTF8.TryGetBytes($"\"{id}\"", due, out var length) && client.Reply.Body.IndexOf(due[..length]) >= 0)
        {
            family.Right();
        }
        else
        {
            family.NotRight("a record was asked for that the answer does not hold");
        }
    }

    private ReadOnlyMemory<byte> Body(LoadClient client, RecordTemplate template, string? id, string?[] ids, bool changed)
    {
        var body = bodies[client.Number];
        body.ResetWrittenCount();
        template.Write(body, id, ids[0] ?? "none", ids[1] ?? "none", changed);
        return body.WrittenMemory;
    }
}
