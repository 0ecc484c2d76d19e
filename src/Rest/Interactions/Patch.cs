using System.Buffers;
using Kangqiao.Fhir.Patch;
using Kangqiao.Kernel;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Records;
using Kangqiao.Standard.Making;
using Kangqiao.Store;
using Kangqiao.Store.Writes;

namespace Kangqiao.Rest.Interactions;

/// <summary>R4 http.html#patch: JSON Patch, XML Patch or FHIRPath Patch on the current version.</summary>
internal static class Patch
{
    private static readonly string VersionConflict = Store.Problems.VersionConflict(default, 0, 0).Code;

    public static async ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        var key = ask.Target.Key;
        return await Written.AgainAsync(room, () => OnceAsync(room, ask, key, [], cancel), cancel);
    }

    public static async ValueTask<Answer> OnceAsync(
        RestRoom room, Ask ask, RecordKey key, IReadOnlyList<Expectation> expectations, CancellationToken cancel)
    {
        using var bench = room.Rent();
        var (put, refused) = await PrepareAsync(room, ask, bench, key, cancel);
        if (put is null)
        {
            return refused!;
        }

        var answer = await Written.PutAsync(room, ask, bench, put, expectations, cancel);

        // Somebody else was quicker, and the client did not say that it minds: patch what is there now.
        return answer.Problem?.Code == VersionConflict && ask.IfMatch is null
            ? Answer.Refused(Store.Problems.NoLongerSo())
            : answer;
    }

    /// <summary>The patched record made ready, tied to the version that was patched; or the answer that refuses.</summary>
    public static async ValueTask<(WriteOperation.Put? Put, Answer? Refused)> PrepareAsync(
        RestRoom room, Ask ask, Workbench bench, RecordKey key, CancellationToken cancel)
    {
        if (!EntityTag.Expected(ask.IfMatch).Try(out var expected, out var problem)
            || !(await ask.SightAsync(room, cancel)).Try(out var sight, out problem)
            || !(await sight.ReadWholeAsync(key, cancel)).Try(out var current, out problem))
        {
            return (null, Answer.Refused(problem));
        }

        if (current is null || current.State == RecordState.Deleted)
        {
            return (null, current is null ? Answer.Refused(Problems.NotFound(key)) : Read.Gone(current));
        }

        if (expected is not null && expected != current.Version)
        {
            return (null, Answer.Refused(Store.Problems.VersionConflict(key, expected.Value, current.Version)));
        }

        if (!Apply(ask, current).Try(out var patched, out problem))
        {
            // R4 http.html#patch: what cannot be applied is a 422.
            return (null, Answer.Refused(problem, problem.Kind is ProblemKind.Invalid or ProblemKind.Conflict ? 422 : null));
        }

        if (bench.Take(room, patched, key.Type) is { } unsound)
        {
            return (null, unsound with { Status = 422 });
        }

        if (Update.IdMismatch(bench, key.Id) is { } mismatch)
        {
            return (null, Answer.Refused(mismatch, 422));
        }

        if (await References.ResolveAsync(room, ask, bench, cancel) is { } unresolved)
        {
            return (null, unresolved);
        }

        return (await bench.PrepareAsync(key, cancel, sight.ProvenanceOf(current))).Try(out var record, out problem)
            ? (new WriteOperation.Put(record) { ExpectedVersion = current.Version, SkipIfIdentical = true }, null)
            : (null, Answer.Refused(problem));
    }

    private static Outcome<byte[]> Apply(Ask ask, StoredRecord current)
    {
        var json = new ArrayBufferWriter<byte>(4096);
        current.WriteResource(json);
        return ask.BodyKind switch
        {
            BodyKind.JsonPatch => JsonPatch.Apply(json.WrittenMemory, ask.Body),
            BodyKind.XmlPatch => XmlPatch.Apply(json.WrittenMemory, ask.Body),
            BodyKind.Resource => FhirPathPatch.Apply(json.WrittenMemory, ask.Body),
            _ => Problems.NoBody(),
        };
    }
}
