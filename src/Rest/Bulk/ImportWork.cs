using System.Text.Json;
using System.Threading.Channels;
using Kangqiao.Kernel;
using Kangqiao.Rest.Answering;
using Kangqiao.Store;
using Kangqiao.Store.Jobs;
using Kangqiao.Store.Writes;

namespace Kangqiao.Rest.Bulk;

/// <summary>
/// Takes NDJSON in: each line is checked as a PUT of it would be and written under its id; what is refused becomes an
/// OperationOutcome in a file of its own. One batch is read and checked while the one before is written. After a restart it goes on
/// behind the last batch that was told; what is written twice by that makes no version.
/// </summary>
internal sealed class ImportWork(RestRoom room) : IJobWork
{
    private const int FetchTries = 5;

    public string Kind => Import.Kind;

    /// <summary>Where a run stands.</summary>
    /// <param name="Input">Of the file being taken in.</param>
    /// <param name="Offset">In that file, behind the last line done.</param>
    private sealed record Checkpoint(int Input, long Offset, long Lines, BulkInput[] Inputs, IReadOnlyList<BulkPart> Parts);

    public async Task<Outcome<string>> WorkAsync(JobRun run, CancellationToken cancel)
    {
        var ask = ImportAsk.Read(run.Job.Parameters);
        var folder = BulkFolder.Of(room, run.Job.Id);
        var at = run.Job.Checkpoint.Length > 0 ? JsonSerializer.Deserialize<Checkpoint>(run.Job.Checkpoint)! : new(0, 0, 0, ask.Inputs, []);
        var shelf = NdjsonShelf.Resume(folder, room.Options.MostExportFileBytes, at.Parts);
        if (shelf is null)
        {
            (at, shelf) = (new(0, 0, 0, ask.Inputs, []), NdjsonShelf.Resume(folder, room.Options.MostExportFileBytes, []));
        }

        using (shelf)
        {
            while (at.Input < at.Inputs.Length)
            {
                var path = ImportSource.PathOf(room, run.Job.Id, at.Input);
                var input = at.Inputs[at.Input];
                if (!File.Exists(path) && await FetchAsync(input.Url, path, cancel) is { } notFetched)
                {
                    shelf!.Append(ImportManifest.Error, ImportReader.Outcome(Outcomes.Of(notFetched), input.Url, 0));
                    at.Inputs[at.Input] = input with { Refused = input.Refused + 1 };
                }
                else if (await TakeAsync(run, path, at, shelf!, cancel) is var taken && !taken.Try(out var next, out var problem))
                {
                    return problem;
                }
                else
                {
                    at = next;
                }

                at = at with { Input = at.Input + 1, Offset = 0, Lines = 0 };
                if (await ReportAsync(run, at, shelf!, cancel) is { } stop)
                {
                    return stop;
                }

                // Its lines are records now; the room on disk is for the next file.
                File.Delete(path);
            }

            var parts = shelf!.Finish();
            return await run.ReportAsync(new(Done(at), Done(at), JsonSerializer.Serialize(at with { Parts = parts })), cancel) is { } ended
                ? ended
                : new BulkResult(parts, at.Inputs).Write();
        }
    }

    public Task CancelledAsync(Job job, CancellationToken cancel)
    {
        BulkFolder.Remove(room, job.Id);
        return Task.CompletedTask;
    }

    private static long Done(Checkpoint at) => at.Inputs.Sum(i => i.Count + i.Refused);

    private static ValueTask<Problem?> ReportAsync(JobRun run, Checkpoint at, NdjsonShelf shelf, CancellationToken cancel) =>
        run.ReportAsync(new(Done(at), 0, JsonSerializer.Serialize(at with { Parts = shelf.Flush() })), cancel);

    /// <summary>Fetches a file whole. Others' servers have their bad moments, so it is tried some times.</summary>
    private async Task<Problem?> FetchAsync(string? url, string path, CancellationToken cancel)
    {
        if (url is null || room.Options.Outgoing.Refusal(url) is not null)
        {
            return url is null ? Problems.FileNotFetched("what was sent is not on this server.") : room.Options.Outgoing.Refusal(url);
        }

        using var client = room.Options.Outgoing.Client(Timeout.InfiniteTimeSpan);
        for (var i = 0; ; i++)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, url);
                request.Headers.TryAddWithoutValidation("Accept", "application/fhir+ndjson, application/ndjson, */*;q=0.1");
                request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
                using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
                if (response.IsSuccessStatusCode)
                {
                    await using var body = await response.Content.ReadAsStreamAsync(cancel);
                    return await ImportSource.SpoolAsync(body, path, room.Options.MostImportBytes, cancel);
                }

                if ((int)response.StatusCode < 500 || i == FetchTries)
                {
                    return Problems.FileNotFetched($"its server answered {(int)response.StatusCode}.");
                }
            }
            catch (HttpRequestException failure) when (i == FetchTries)
            {
                return Problems.FileNotFetched($"its server does not answer ({failure.HttpRequestError}).");
            }
            catch (Exception failure) when (failure is HttpRequestException || (failure is HttpIOException && i < FetchTries))
            {
                // Tried again below.
            }

            await Task.Delay(TimeSpan.FromSeconds(1 << i), room.Time, cancel);
        }
    }

    private async Task<Outcome<Checkpoint>> TakeAsync(JobRun run, string path, Checkpoint at, NdjsonShelf shelf, CancellationToken cancel)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, useAsync: true);
        file.Position = at.Offset;
        var batches = Channel.CreateBounded<ImportBatch>(1);
        var reader = new ImportReader(room, at.Inputs[at.Input], new(file, at.Offset, room.Options.MostBodyBytes), at.Lines);
        var reading = Task.Run(() => reader.ReadAsync(batches.Writer, failed.Token), CancellationToken.None);
        try
        {
            await foreach (var batch in batches.Reader.ReadAllAsync(cancel))
            {
                if (!(await WriteAsync(batch, at.Inputs[at.Input].Url, cancel)).Try(out var written, out var problem))
                {
                    return problem;
                }

                foreach (var outcome in batch.Refused)
                {
                    shelf.Append(ImportManifest.Error, outcome);
                }

                var input = at.Inputs[at.Input];
                at.Inputs[at.Input] = input with { Count = input.Count + written, Refused = input.Refused + batch.Refused.Count };
                at = at with { Offset = batch.End, Lines = batch.Lines };
                if (await ReportAsync(run, at, shelf, cancel) is { } stop)
                {
                    return stop;
                }
            }
        }
        finally
        {
            await failed.CancelAsync();
            await Task.WhenAny(reading);
        }

        await reading;
        return at;
    }

    /// <summary>Writes a batch at once; where that is refused for one record's sake, one by one, so that the others are taken.</summary>
    private async ValueTask<Outcome<long>> WriteAsync(ImportBatch batch, string? source, CancellationToken cancel)
    {
        if (batch.Puts.Count == 0)
        {
            return 0;
        }

        if (await SendAsync([.. batch.Puts.Select(p => p.Put)], cancel) is not { } refused)
        {
            return batch.Puts.Count;
        }

        if (refused.Kind == ProblemKind.Unavailable)
        {
            return refused;
        }

        var written = 0L;
        foreach (var (put, line) in batch.Puts)
        {
            var alone = await SendAsync([put], cancel);
            if (alone?.Kind == ProblemKind.Unavailable)
            {
                return alone;
            }

            if (alone is null)
            {
                written++;
            }
            else
            {
                batch.Refused.Add(ImportReader.Outcome(Outcomes.Of(alone), source, line));
            }
        }

        return written;
    }

    private async ValueTask<Problem?> SendAsync(IReadOnlyList<WriteOperation> operations, CancellationToken cancel)
    {
        while (true)
        {
            var written = await room.Platform.WriteAsync(new(operations), cancel);
            if (written.Problem?.Kind != ProblemKind.Throttled)
            {
                return written.Problem;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), room.Time, cancel);
        }
    }
}
