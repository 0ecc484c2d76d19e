using System.Buffers;
using System.Text.Json;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Interactions.Terminology;
using Kangqiao.Store;

namespace Kangqiao.Rest.Interactions.Persons;

/// <summary>
/// Patient/$ihe-pix (IHE PIXm ITI-83): from one number of a person to the person's other numbers and Patients, as far as the caller may
/// see them.
/// </summary>
internal static class CrossReference
{
    private const int MostSources = 200;

    public static async ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        if (room.Persons is not { } persons)
        {
            return Answer.Refused(Problems.NoSuchOperation("$ihe-pix"));
        }

        using var bench = room.Rent();
        if (OperationInput.Read(ask, bench, out var input) is { } refused)
        {
            return refused;
        }

        var asked = input.Text("sourceIdentifier") ?? "";
        var bar = asked.IndexOf('|', StringComparison.Ordinal);
        if (bar <= 0 || bar == asked.Length - 1)
        {
            return Answer.Refused(Problems.BadParameter("sourceIdentifier", "…", "system|value"));
        }

        var (system, value) = (asked[..bar], asked[(bar + 1)..]);
        if (!(await ask.SightAsync(room, cancel)).Try(out var sight, out var problem)
            || !(await sight.FindAsync(Identity.Of("Patient", system, value), MostSources, cancel)).Try(out var sources, out problem))
        {
            return Answer.Refused(problem);
        }

        // IHE ITI TF-2 3.83.4.2.2: a number that nobody has is 404.
        if (sources.Count == 0)
        {
            return Answer.Refused(Problems.NobodyHasNumber());
        }

        var targets = new List<StoredRecord>();
        foreach (var id in sources.Select(s => persons.ResidentOf(s.Key.Id)).OfType<string>().Distinct(StringComparer.Ordinal).SelectMany(r => persons.SourcesOf(r).Prepend(r)).Take(MostSources))
        {
            if (!(await sight.ReadAsync(new RecordKey("Patient", id), cancel)).Try(out var record, out problem))
            {
                return Answer.Refused(problem);
            }

            if (record is { State: RecordState.Live })
            {
                targets.Add(record);
            }
        }

        return new Answer(200) { Body = new JsonBody(Parameters(targets, (system, value), input.Texts("targetSystem"))) };
    }

    private static ReadOnlyMemory<byte> Parameters(List<StoredRecord> targets, (string System, string Value) asked, IReadOnlyList<string> systems)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteString("resourceType", "Parameters");
            writer.WriteStartArray("parameter");
            var seen = new HashSet<(string, string)> { asked };
            foreach (var target in targets)
            {
                using var json = JsonDocument.Parse(target.Body);
                var isWanted = systems.Count == 0;
                foreach (var identifier in json.RootElement.TryGetProperty("identifier", out var list) ? list.EnumerateArray() : default)
                {
                    var name = (Text(identifier, "system"), Text(identifier, "value"));
                    if (systems.Count > 0 && !systems.Contains(name.Item1))
                    {
                        continue;
                    }

                    isWanted = true;
                    if (seen.Add(name))
                    {
                        writer.WriteStartObject();
                        writer.WriteString("name", "targetIdentifier");
                        writer.WritePropertyName("valueIdentifier");
                        identifier.WriteTo(writer);
                        writer.WriteEndObject();
                    }
                }

                if (isWanted)
                {
                    writer.WriteStartObject();
                    writer.WriteString("name", "targetId");
                    writer.WriteStartObject("valueReference");
                    writer.WriteString("reference", target.Key.ToString());
                    writer.WriteEndObject();
                    writer.WriteEndObject();
                }
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return output.WrittenMemory;
    }

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
