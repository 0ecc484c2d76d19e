using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Kangqiao.Kernel;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Asking;
using Kangqiao.Store.Jobs;
using Microsoft.AspNetCore.Http;

namespace Kangqiao.Rest.Bulk;

/// <summary>The status request of an export or import, its end, and its files (Bulk Data Access IG, Status Request and Output File Request).</summary>
internal static class BulkJob
{
    public const string JobParameter = "_job";
    public const string FileParameter = "_file";
    public const string Hash = "https://kangqiao.dev/fhir/StructureDefinition/bulk-file-sha256";
    public const string Length = "https://kangqiao.dev/fhir/StructureDefinition/bulk-file-bytes";

    /// <summary>Keeps the job and answers 202 with the address of its status.</summary>
    public static async ValueTask<Answer> AddAsync(RestRoom room, Ask ask, string kind, string parameters, CancellationToken cancel, string? id = null)
    {
        id ??= room.Ids.NextId();
        if ((await room.Platform.Jobs.AddAsync(id, kind, parameters, cancel)).Problem is { } problem)
        {
            return Answer.Refused(problem);
        }

        room.WakeWorkers();
        return new Answer(202) { Heads = [("Content-Location", $"{ask.Base}/$bulk-status?{JobParameter}={id}")] };
    }

    public static async ValueTask<Answer> StatusAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        if (!(await FindAsync(room, ask, cancel)).Try(out var job, out var problem))
        {
            return Answer.Refused(problem);
        }

        switch (job.State)
        {
            case JobState.Waiting or JobState.Running:
                return new Answer(202) { Heads = [("X-Progress", Progress(job)), ("Retry-After", RetryAfter(room, job))] };
            case JobState.Done:
                var manifest = job.Kind == Export.Kind ? ExportManifest.Of(job) : ImportManifest.Of(job);
                var expires = (job.UpdatedAt + room.Options.BulkLife).ToString("R", CultureInfo.InvariantCulture);
                return Answer.Json(manifest) with { IsPlainJson = true, Heads = [("Expires", expires)] };
            default:
                return Answer.Refused(Problems.JobFailed(job.Result), 500);
        }
    }

    /// <summary>Ends the job and removes its files, however far it is.</summary>
    public static async ValueTask<Answer> DeleteAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        if (!(await FindAsync(room, ask, cancel)).Try(out var job, out var problem)
            || !(await room.Platform.Jobs.CancelAsync(job.Id, cancel)).Try(out var cancelled, out problem))
        {
            return Answer.Refused(problem);
        }

        // One that runs is told at its next report, and whoever does it removes its files.
        if (cancelled.State != JobState.Running)
        {
            BulkFolder.Remove(room, job.Id);
            await room.Platform.Jobs.RemoveAsync(job.Id, cancel);
        }

        return new Answer(202);
    }

    public static async ValueTask<Answer> FileAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        if (ask.Http is null)
        {
            return Answer.Refused(Problems.NotInBundle("A file of an export"));
        }

        if (!(await FindAsync(room, ask, cancel)).Try(out var job, out var problem))
        {
            return Answer.Refused(problem);
        }

        // By the list of what was made, and by nothing else: a name is never taken for a path.
        var part = job.State == JobState.Done ? PartsOf(job).FirstOrDefault(p => p.Name == ask.Parameters[FileParameter]) : null;
        var path = part is null ? null : Path.Combine(BulkFolder.Of(room, job.Id), part.Name);
        return path is null || !File.Exists(path)
            ? Answer.Refused(Problems.NoSuchFile())
            : new Answer(200) { Send = http => BulkFile.SendAsync(http, path, part!) };
    }

    /// <summary>Removes what has outlived its time, and what was cancelled.</summary>
    public static async ValueTask SweepAsync(RestRoom room, CancellationToken cancel)
    {
        foreach (var kind in (string[])[Export.Kind, Import.Kind])
        {
            if (!(await room.Platform.Jobs.ListAsync(kind, 10_000, cancel)).Try(out var jobs, out _))
            {
                return;
            }

            var due = room.Time.GetUtcNow() - room.Options.BulkLife;
            foreach (var job in jobs.Where(j => j.State == JobState.Cancelled || (j.State is JobState.Done or JobState.Failed && j.UpdatedAt < due)))
            {
                BulkFolder.Remove(room, job.Id);
                await room.Platform.Jobs.RemoveAsync(job.Id, cancel);
            }
        }
    }

    private static IReadOnlyList<BulkPart> PartsOf(Job job) => JsonSerializer.Deserialize<BulkResult>(job.Result)!.Parts;

    private static async ValueTask<Outcome<Job>> FindAsync(RestRoom room, Ask ask, CancellationToken cancel)
    {
        if (room.Options.WorkFolder is null || ask.Parameters[JobParameter] is not { Length: > 0 and < 100 } id)
        {
            return Problems.NoSuchJob();
        }

        if (!(await room.Platform.Jobs.FindAsync(id, cancel)).Try(out var job, out var problem))
        {
            return problem;
        }

        if (job is null || job.Kind is not (Export.Kind or Import.Kind) || job.IsCancelAsked || job.State == JobState.Cancelled)
        {
            return Problems.NoSuchJob();
        }

        var owner = job.Kind == Export.Kind ? ExportAsk.Read(job.Parameters).Owner : ImportAsk.Read(job.Parameters).Owner;
        return owner.Admits(ask.Caller) ? job : Problems.NoSuchJob();
    }

    // At most 100 characters, as the IG asks.
    private static string Progress(Job job) => job.State == JobState.Waiting ? "waiting"
        : job.Total > 0 ? string.Create(CultureInfo.InvariantCulture, $"{job.Done:N0} of {job.Total:N0}, {100.0 * Math.Min(job.Done, job.Total) / job.Total:F0}%")
        : string.Create(CultureInfo.InvariantCulture, $"{job.Done:N0} so far");

    /// <summary>A short one for a short job; a long one is not asked about every second.</summary>
    private static string RetryAfter(RestRoom room, Job job) =>
        Math.Clamp((int)((room.Time.GetUtcNow() - job.CreatedAt).TotalSeconds / 4), 1, 60).ToString(CultureInfo.InvariantCulture);
}

/// <summary>What an export or import has made; the result of its job.</summary>
/// <param name="Inputs">Of an import: what it was given, and how many resources came of it.</param>
internal sealed record BulkResult(IReadOnlyList<BulkPart> Parts, IReadOnlyList<BulkInput>? Inputs = null)
{
    public string Write() => JsonSerializer.Serialize(this);

    public static void WriteParts(Utf8JsonWriter writer, string name, IEnumerable<BulkPart> parts, string address, string? type = null)
    {
        writer.WriteStartArray(name);
        foreach (var part in parts)
        {
            writer.WriteStartObject();
            writer.WriteString("type", type ?? part.Kind);
            writer.WriteString("url", $"{address}&{BulkJob.FileParameter}={part.Name}");
            writer.WriteNumber("count", part.Count);
            writer.WriteStartObject("extension");
            writer.WriteString(BulkJob.Hash, part.Sha256);
            writer.WriteNumber(BulkJob.Length, part.Bytes);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    public static byte[] Manifest(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer, Outcomes.Compact))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
