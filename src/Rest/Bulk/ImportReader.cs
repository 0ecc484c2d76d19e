using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Kangqiao.Kernel;
using Kangqiao.Rest.Answering;
using Kangqiao.Rest.Records;
using Kangqiao.Store;
using Kangqiao.Store.Writes;

namespace Kangqiao.Rest.Bulk;

/// <summary>Lines that were read and checked together.</summary>
internal sealed class ImportBatch
{
    public List<(WriteOperation.Put Put, long Line)> Puts { get; } = [];

    /// <summary>OperationOutcomes of what cannot be taken.</summary>
    public List<byte[]> Refused { get; } = [];

    /// <summary>Place in the file behind the last of them.</summary>
    public long End { get; set; }

    /// <summary>Lines of the file up to there.</summary>
    public long Lines { get; set; }
}

/// <summary>Makes batches of a file's lines, each checked as a PUT of it would be.</summary>
internal sealed class ImportReader(RestRoom room, BulkInput input, LineReader lines, long linesBefore)
{
    private const int MostPuts = 400;
    private const int MostBytes = 4 * 1024 * 1024;

    private readonly HashSet<RecordKey> keys = [];
    private long line = linesBefore;
    private long bytes;

    /// <summary>An OperationOutcome that says of what line of what file it is.</summary>
    public static byte[] Outcome(ReadOnlySpan<byte> outcome, string? source, long line)
    {
        var head = "{\"resourceType\":\"OperationOutcome\","u8;
        var place = new StringBuilder("{\"resourceType\":\"OperationOutcome\",\"extension\":[")
            .Append(CultureInfo.InvariantCulture, $$"""{"url":"https://kangqiao.dev/fhir/StructureDefinition/import-line","valueUnsignedInt":{{line}}}""");
        if (source is not null)
        {
            place.Append(CultureInfo.InvariantCulture, $$""",{"url":"https://kangqiao.dev/fhir/StructureDefinition/import-source","valueUrl":{{System.Text.Json.JsonSerializer.Serialize(source)}}}""");
        }

        return [.. Encoding.UTF8.GetBytes(place.Append("],").ToString()), .. outcome[head.Length..]];
    }

    public async Task ReadAsync(ChannelWriter<ImportBatch> into, CancellationToken cancel)
    {
        Exception? fault = null;
        try
        {
            var batch = new ImportBatch();
            while (await lines.NextAsync(cancel) is { } text)
            {
                line++;
                if (!Blank(text.Span) || lines.IsTooLong)
                {
                    batch = await AddAsync(batch, text, into, cancel);
                }

                (batch.End, batch.Lines) = (lines.Position, line);
                if (batch.Puts.Count >= MostPuts || batch.Refused.Count >= MostPuts || bytes >= MostBytes)
                {
                    batch = await NextAsync(batch, into, cancel);
                }
            }

            await into.WriteAsync(batch, cancel);
        }
#pragma warning disable CA1031 // Not swallowed: whoever reads the batches meets it.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            fault = thrown;
        }

        into.Complete(fault);
    }

    private static bool Blank(ReadOnlySpan<byte> text) => text.Trim(" \t\r"u8).IsEmpty;

    private async ValueTask<ImportBatch> AddAsync(ImportBatch batch, ReadOnlyMemory<byte> text, ChannelWriter<ImportBatch> into, CancellationToken cancel)
    {
        if (lines.IsTooLong)
        {
            batch.Refused.Add(Refusal(Problems.LineTooLong(room.Options.MostBodyBytes)));
            return batch;
        }

        using var bench = room.Rent();
        if ((bench.Read(text) ?? (input.Type is { } due && bench.Document.Root.Type.Name != due
                ? Answer.Refused(Problems.OtherType(bench.Document.Root.Type.Name, due))
                : bench.Check(room))) is { } refused)
        {
            batch.Refused.Add(Outcome(((JsonBody)refused.Body!).Json.Span, input.Url, line));
            return batch;
        }

        var root = bench.Document.Root;
        var key = new RecordKey(root.Type.Name, root.ChildText("id") ?? "");
        if (!key.IsWellFormed)
        {
            batch.Refused.Add(Refusal(Problems.NoIdInLine()));
            return batch;
        }

        if (!(await bench.PrepareAsync(key, cancel)).Try(out var record, out var problem))
        {
            if (problem.Kind == ProblemKind.Unavailable)
            {
                throw new IOException(problem.Message);
            }

            batch.Refused.Add(Refusal(problem));
            return batch;
        }

        // Two versions of one record are two requests: the batch before ends with the line before.
        if (!keys.Add(key))
        {
            batch = await NextAsync(batch, into, cancel);
            keys.Add(key);
        }

        bytes += record.Body.Length + record.Terms.Length;
        batch.Puts.Add((new WriteOperation.Put(record) { SkipIfIdentical = true }, line));
        return batch;
    }

    private async ValueTask<ImportBatch> NextAsync(ImportBatch batch, ChannelWriter<ImportBatch> into, CancellationToken cancel)
    {
        await into.WriteAsync(batch, cancel);
        keys.Clear();
        bytes = 0;
        return new() { End = batch.End, Lines = batch.Lines };
    }

    private byte[] Refusal(Problem problem) => Outcome(Outcomes.Of(problem), input.Url, line);
}
