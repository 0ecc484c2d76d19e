using System.Buffers;
using System.Text.Json;
using Kangqiao.Kernel;
using Kangqiao.PatientIndex.Stewarding;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Interactions.Terminology;

namespace Kangqiao.Rest.Interactions.Persons;

/// <summary>
/// Person/$merge, $unmerge, $split and $never-same: what a steward decides about residents. Parameters name the residents (a reference or
/// an id), <c>reason</c>, and <c>actor</c> where the token does not say who acts.
/// </summary>
internal static class StewardOperations
{
    public static ValueTask<Answer> MergeAsync(RestRoom room, Ask ask, CancellationToken cancel) => RunAsync(
        room, ask, (steward, input, act) => steward.MergeAsync(Id(input, "survivor"), Id(input, "retired"), act, cancel));

    public static ValueTask<Answer> UnmergeAsync(RestRoom room, Ask ask, CancellationToken cancel) => RunAsync(
        room, ask, (steward, input, act) => steward.UnmergeAsync(Id(input, "retired"), act, cancel));

    public static ValueTask<Answer> SplitAsync(RestRoom room, Ask ask, CancellationToken cancel) => RunAsync(
        room, ask, (steward, input, act) => steward.SplitAsync(Id(input, "person"), Ids(input, "source").ToHashSet(StringComparer.Ordinal), act, cancel));

    public static ValueTask<Answer> NeverSameAsync(RestRoom room, Ask ask, CancellationToken cancel) => RunAsync(
        room, ask, (steward, input, act) => steward.NeverSameAsync(Id(input, "person"), Id(input, "other"), act, cancel));

    private static async ValueTask<Answer> RunAsync(RestRoom room, Ask ask, Func<Steward, OperationInput, StewardAct, ValueTask<Outcome<StewardResult>>> act)
    {
        if (room.Persons is not { } persons)
        {
            return Answer.Refused(Problems.NoSuchOperation(ask.Target.Operation!));
        }

        if (ask.Caller.Role is not ("system" or "steward"))
        {
            return Answer.Refused(Problems.NotForRole(ask.Caller.Role));
        }

        using var bench = room.Rent();
        if (OperationInput.Read(ask, bench, out var input) is { } refused)
        {
            return refused;
        }

        // A steward's token says who acts; only the platform's own may name somebody.
        var actor = ask.Caller.Practitioner ?? (ask.Caller.Viewer.IsSystem ? input.Text("actor") ?? "" : "");
        var done = await act(persons.Steward, input, new StewardAct(actor, input.Text("reason") ?? ""));
        return done.Try(out var result, out var problem)
            ? new Answer(result.Proposal is null ? 200 : 202) { Body = new JsonBody(Parameters(result)) }
            : Answer.Refused(problem);
    }

    private static string Id(OperationInput input, string name) => Ids(input, name).FirstOrDefault() ?? "";

    private static IEnumerable<string> Ids(OperationInput input, string name) =>
        input.All().Where(p => p.Key == name).Select(p => p.Value[(p.Value.LastIndexOf('/') + 1)..]);

    private static ReadOnlyMemory<byte> Parameters(StewardResult result)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteString("resourceType", "Parameters");
            writer.WriteStartArray("parameter");
            Code(writer, "outcome", result.Proposal is null ? "done" : "proposed");
            foreach (var resident in result.Residents)
            {
                Reference(writer, "person", "Person/" + resident);
            }

            if (result.Proposal is { } proposal)
            {
                Code(writer, "review", proposal);
            }

            if (result.Provenance is { } provenance)
            {
                Reference(writer, "provenance", "Provenance/" + provenance);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return output.WrittenMemory;
    }

    private static void Code(Utf8JsonWriter writer, string name, string value)
    {
        writer.WriteStartObject();
        writer.WriteString("name", name);
        writer.WriteString("valueCode", value);
        writer.WriteEndObject();
    }

    private static void Reference(Utf8JsonWriter writer, string name, string reference)
    {
        writer.WriteStartObject();
        writer.WriteString("name", name);
        writer.WriteStartObject("valueReference");
        writer.WriteString("reference", reference);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
