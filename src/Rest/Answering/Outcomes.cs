using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kangqiao.Fhir.Findings;
using Kangqiao.Kernel;

namespace Kangqiao.Rest.Answering;

/// <summary>Problems as status codes and OperationOutcomes: the one place where a kind of refusal becomes a number.</summary>
internal static class Outcomes
{
    /// <summary>Chinese is written as itself, not as escapes.</summary>
    public static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static int StatusOf(ProblemKind kind) => kind switch
    {
        ProblemKind.Invalid => 400,
        ProblemKind.NotAuthenticated => 401,
        ProblemKind.NotPermitted => 403,
        ProblemKind.NotFound => 404,
        ProblemKind.Conflict => 409,
        ProblemKind.Gone => 410,
        ProblemKind.PreconditionFailed => 412,
        ProblemKind.TooLarge => 413,
        ProblemKind.TooCostly => 422,
        ProblemKind.Throttled => 429,
        ProblemKind.NotSupported => 404,
        _ => 503,
    };

    public static byte[] Of(Problem problem) => Of(problem, "error"u8);

    /// <summary>Beside an answer that was given all the same.</summary>
    public static byte[] Warning(Problem problem) => Of(problem, "warning"u8);

    private static byte[] Of(Problem problem, ReadOnlySpan<byte> severity)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Compact))
        {
            writer.WriteStartObject();
            writer.WriteString("resourceType"u8, "OperationOutcome"u8);
            writer.WriteStartArray("issue"u8);
            writer.WriteStartObject();
            writer.WriteString("severity"u8, severity);
            writer.WriteString("code"u8, IssueType(problem));
            writer.WriteStartObject("details"u8);
            writer.WriteStartArray("coding"u8);
            writer.WriteStartObject();
            writer.WriteString("system"u8, OperationOutcome.DetailSystem);
            writer.WriteString("code"u8, problem.Code);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteString("text"u8, problem.Message);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Codes of http://hl7.org/fhir/issue-type.</summary>
    private static ReadOnlySpan<byte> IssueType(Problem problem) => problem.Kind switch
    {
        ProblemKind.Invalid => "invalid"u8,
        ProblemKind.NotAuthenticated => "login"u8,
        ProblemKind.NotPermitted => "forbidden"u8,
        ProblemKind.NotFound => "not-found"u8,
        ProblemKind.Conflict => "conflict"u8,
        ProblemKind.Gone => "deleted"u8,
        ProblemKind.PreconditionFailed => "conflict"u8,
        ProblemKind.TooLarge => "too-long"u8,
        ProblemKind.TooCostly => "too-costly"u8,
        ProblemKind.Throttled => "throttled"u8,
        ProblemKind.NotSupported => "not-supported"u8,
        _ when problem.Code == "RST044" => "exception"u8,
        _ => "transient"u8,
    };
}
