using System.Buffers;
using Kangqiao.Fhir.Findings;
using Kangqiao.Kernel;
using Kangqiao.Rest.Auditing;
using Kangqiao.Store;
using Kangqiao.Store.Writes;
using Microsoft.AspNetCore.Http;

namespace Kangqiao.Rest.Answering;

/// <summary>A resource to send: FHIR JSON, written where it is needed.</summary>
internal interface IBody
{
    /// <summary>The versions it shows, in full or in part: they go into the audit trail before it leaves.</summary>
    IEnumerable<StoredRecord> Records { get; }

    void Write(IBufferWriter<byte> output);
}

/// <summary>A stored version with its meta spliced in.</summary>
internal sealed record RecordBodyAnswer(StoredRecord Record) : IBody
{
    public IEnumerable<StoredRecord> Records => [Record];

    public void Write(IBufferWriter<byte> output) => Record.WriteResource(output);
}

/// <summary>JSON as it is.</summary>
internal sealed record JsonBody(ReadOnlyMemory<byte> Json) : IBody
{
    /// <summary>None, where it is not said.</summary>
    public IEnumerable<StoredRecord> Records { get; init; } = [];

    public void Write(IBufferWriter<byte> output) => output.Write(Json.Span);
}

/// <summary>What one interaction answers; the same alone and inside a bundle.</summary>
internal sealed record Answer(int Status)
{
    public IBody? Body { get; init; }

    /// <summary>The body is an OperationOutcome.</summary>
    public bool IsOutcome { get; init; }

    public long? Version { get; init; }

    public DateTimeOffset? LastModified { get; init; }

    /// <summary>Below the base: Type/id/_history/version.</summary>
    public string? Location { get; init; }

    /// <summary>Which preference of the client was followed (RFC 7240).</summary>
    public string? Applied { get; init; }

    /// <summary>Methods there are, when the one asked is not.</summary>
    public string? Allow { get; init; }

    /// <summary>What was changed, for the audit trail.</summary>
    public IReadOnlyList<Touched> Touched { get; init; } = [];

    /// <summary>What stood in the way, for callers inside that act on it.</summary>
    public Problem? Problem { get; init; }

    /// <summary>The body is JSON, but no FHIR resource: no other format, no parts.</summary>
    public bool IsPlainJson { get; init; }

    /// <summary>Heads of this answer alone.</summary>
    public IReadOnlyList<(string Name, string Value)> Heads { get; init; } = [];

    /// <summary>Sends the body by itself, piece by piece, instead of <see cref="Body"/>.</summary>
    public Func<HttpContext, Task>? Send { get; init; }

    public static Answer Of(StoredRecord record, int status = 200) => new(status)
    {
        Body = new RecordBodyAnswer(record),
        Version = record.Version,
        LastModified = record.Instant,
    };

    public static Answer Json(ReadOnlyMemory<byte> json) => new(200) { Body = new JsonBody(json) };

    public static Answer Refused(Problem problem, int? status = null) => new(status ?? Outcomes.StatusOf(problem.Kind))
    {
        Body = new JsonBody(Outcomes.Of(problem)),
        IsOutcome = true,
        Problem = problem,
    };

    public static Answer Findings(FindingList findings, int status) => new(status)
    {
        Body = new JsonBody(OperationOutcome.ToJson(findings)),
        IsOutcome = true,
    };

    public static string LocationOf(RecordKey key, long version) => $"{key.Type}/{key.Id}/_history/{version}";

    /// <summary>The heads of a change.</summary>
    public static Answer Changed(in OperationReceipt receipt, int status, Touched touched) => new(status)
    {
        Touched = [touched],
        Version = receipt.Version > 0 ? receipt.Version : null,
        LastModified = receipt.Version > 0 ? receipt.Instant : null,
        Location = receipt.Result is WriteResult.Deleted ? null : LocationOf(receipt.Key, receipt.Version),
    };
}
