using System.Buffers;
using System.Text.Json;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Store.Reindexing;

namespace Kangqiao.Rest.Bulk;

/// <summary>$reindex, for the operator: how far the index is, and to have it written anew.</summary>
internal static class Indexing
{
    public static async ValueTask<Answer> StateAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        return (await Reindex.StateAsync(room.Platform, room.Form, cancel)).Try(out var state, out var problem)
            ? Answer.Json(Write(state))
            : Answer.Refused(problem);
    }

    public static async ValueTask<Answer> StartAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        if ((await Reindex.StartAsync(room.Platform, room.Form, cancel)).Problem is { } problem)
        {
            return Answer.Refused(problem);
        }

        room.WakeWorkers();
        return await StateAsync(room, ask, cancel) with { Status = 202, Heads = [("Content-Location", $"{ask.Base}/$reindex")] };
    }

    private static byte[] Write(IndexState state)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Outcomes.Compact))
        {
            writer.WriteStartObject();
            writer.WriteString("resourceType", "Parameters");
            writer.WriteStartArray("parameter");
            Parameter("current", w => w.WriteBoolean("valueBoolean", state.IsCurrent));
            Parameter("state", w => w.WriteString("valueCode", state.State?.ToString().ToLowerInvariant() ?? "never"));
            Parameter("done", w => w.WriteNumber("valueDecimal", state.Done));
            Parameter("total", w => w.WriteNumber("valueDecimal", state.Total));
            if (state.Result.Length > 0)
            {
                Parameter("result", w => w.WriteString("valueString", state.Result));
            }

            writer.WriteEndArray();
            writer.WriteEndObject();

            void Parameter(string name, Action<Utf8JsonWriter> value)
            {
                writer.WriteStartObject();
                writer.WriteString("name", name);
                value(writer);
                writer.WriteEndObject();
            }
        }

        return buffer.WrittenSpan.ToArray();
    }
}
