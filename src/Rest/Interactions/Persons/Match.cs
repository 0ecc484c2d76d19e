using System.Buffers;
using Kangqiao.Fhir.Writing;
using Kangqiao.Kernel;
using Kangqiao.PatientIndex.Matching;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Interactions.Terminology;
using Kangqiao.Store;

namespace Kangqiao.Rest.Interactions.Persons;

/// <summary>
/// Patient/$match (R4 patient-operation-match.html): residents who may be the person described, as composed Patients, surest first, each
/// with its score and grade.
/// </summary>
internal static class Match
{
    private const int Usual = 10;
    private const int Most = 100;

    public static async ValueTask<Answer> HandleAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        if (room.Persons is not { } persons)
        {
            return Answer.Refused(Problems.NoSuchOperation("$match"));
        }

        using var bench = room.Rent();
        if (OperationInput.Read(ask, bench, out var input) is { } refused)
        {
            return refused;
        }

        if (input.Resource("resource") is not { Exists: true } sought || sought.Type.Name != "Patient")
        {
            return Answer.Refused(Problems.NothingToMatch());
        }

        var isCertainOnly = input.IsTrue("onlyCertainMatches");
        var count = Math.Clamp(input.Number("count") ?? Usual, 1, Most);
        var json = new ArrayBufferWriter<byte>(1024);
        FhirJson.Write(sought, json);
        var found = persons.Match(json.WrittenMemory);
        IEnumerable<PersonMatch> shown = isCertainOnly ? found.Where(m => m.Grade == MatchGrade.Certain).Take(1) : found.Take(count);
        return (await SeenAsync(room, ask, [.. shown], cancel)).Try(out var seen, out var problem)
            ? new Answer(200) { Body = new MatchBundle(ask, seen) }
            : Answer.Refused(problem);
    }

    private static async ValueTask<Outcome<List<(StoredRecord Record, PersonMatch Match)>>> SeenAsync(
        RestRoom room, Ask ask, PersonMatch[] matches, CancellationToken cancel)
    {
        if (!(await ask.SightAsync(room, cancel)).Try(out var sight, out var problem))
        {
            return problem;
        }

        var seen = new List<(StoredRecord, PersonMatch)>();
        foreach (var match in matches)
        {
            if (!(await sight.ReadAsync(new RecordKey("Patient", match.Resident), cancel)).Try(out var record, out problem))
            {
                return problem;
            }

            if (record is { State: RecordState.Live })
            {
                seen.Add((record, match));
            }
        }

        return seen;
    }

    private sealed class MatchBundle(Ask ask, List<(StoredRecord Record, PersonMatch Match)> found) : IBody
    {
        public IEnumerable<StoredRecord> Records => found.Select(f => f.Record);

        public void Write(IBufferWriter<byte> output)
        {
            var bundle = new BundleWriter(output, ask.Base);
            bundle.Begin("searchset", found.Count);
            foreach (var (record, match) in found)
            {
                bundle.BeginEntry();
                bundle.FullUrl(record.Key);
                bundle.Resource(record);
                bundle.Match(match.Score, match.Grade switch { MatchGrade.Certain => "certain", MatchGrade.Probable => "probable", _ => "possible" });
                bundle.EndEntry();
            }

            bundle.End();
        }
    }
}
