using Kangqiao.Fhir.Findings;
using Kangqiao.Kernel;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Rest.Auditing;
using Kangqiao.Standard.Making;
using Kangqiao.Store;
using Kangqiao.Store.Writes;

namespace Kangqiao.Rest.Records;

/// <summary>The last steps of every single change: write, and say what came of it.</summary>
internal static class Written
{
    private const int Attempts = 12;

    private static readonly string NoLongerSo = Store.Problems.NoLongerSo().Code;

    /// <summary>
    /// Tries again while others change what a condition saw. Each try looks anew, so it ends as soon as one of the others has won.
    /// </summary>
    public static async ValueTask<Answer> AgainAsync(RestRoom room, Func<ValueTask<Answer>> attempt, CancellationToken cancel)
    {
        for (var i = 0; i < Attempts; i++)
        {
            var answer = await attempt();
            if (answer.Problem?.Code != NoLongerSo)
            {
                return answer;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(1 << Math.Min(i, 6)), room.Time, cancel);
        }

        return Answer.Refused(Problems.CannotGoOn());
    }

    public static async ValueTask<Answer> PutAsync(
        RestRoom room, Ask ask, Workbench bench, WriteOperation.Put put, IReadOnlyList<Expectation> expectations, CancellationToken cancel)
    {
        var request = new WriteRequest([put]) { Expectations = expectations };
        if (!(await ask.SightAsync(room, cancel)).Try(out var sight, out var problem) || !(await sight.WriteAsync(request, cancel)).Try(out var receipt, out problem))
        {
            return Answer.Refused(problem);
        }

        var done = receipt.Operations[0];
        var status = done.Result == WriteResult.Created ? 201 : 200;
        return Answer.Changed(done, status, Touched.Of(done, put.Record.Body.Span, isPatch: ask.Method == "PATCH")) with
        {
            Body = Shown(ask, sight.Shown(Record(put.Record, done)), bench.Findings),
            Applied = ask.Prefer.OfChange,
            IsOutcome = ask.Prefer.Return == ReturnPreference.OperationOutcome,
        };
    }

    /// <summary>The version as the store now has it.</summary>
    public static StoredRecord Record(PreparedRecord prepared, in OperationReceipt receipt) => new()
    {
        Number = receipt.Number,
        Key = prepared.Key,
        Version = receipt.Version,
        Instant = receipt.Instant,
        Sequence = receipt.Sequence,
        State = RecordState.Live,
        IsCreation = receipt.Result == WriteResult.Created,
        Flags = prepared.Flags,
        Shard = prepared.Shard,
        Sender = prepared.Sender,
        Body = prepared.Body,
    };

    /// <summary>Nothing was written because there is one already: 200 with its heads.</summary>
    public static Answer Existing(Ask ask, StoredRecord record, FindingList findings) => new(200)
    {
        Version = record.Version,
        LastModified = record.Instant,
        Location = Answer.LocationOf(record.Key, record.Version),
        Body = Shown(ask, record, findings),
        Applied = ask.Prefer.OfChange,
        IsOutcome = ask.Prefer.Return == ReturnPreference.OperationOutcome,
    };

    public static Problem? TooMany(Condition condition, string type, string criteria) =>
        condition.Matches.Count > 1 ? Problems.ManyMatches(type, criteria) : null;

    private static IBody? Shown(Ask ask, StoredRecord record, FindingList findings) => ask.Prefer.Return switch
    {
        ReturnPreference.Minimal => null,
        ReturnPreference.OperationOutcome => new JsonBody(OperationOutcome.ToJson(findings)),
        ReturnPreference.Unsaid when ask.IsEntry => null,
        _ => new RecordBodyAnswer(record),
    };
}
