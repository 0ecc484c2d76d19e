using System.Buffers;
using Kangqiao.Kernel;
using Kangqiao.Store;
using Kangqiao.Store.Feed;
using Kangqiao.Store.Queries;
using Kangqiao.Store.Terms;
using Kangqiao.Terminology;

namespace Kangqiao.Host.Serving;

/// <summary>
/// Keeps the terminology in force equal to the content that ships and the CodeSystem, ValueSet and ConceptMap records of the store:
/// reads them all at start, then goes by the change feed. A record that cannot be used is logged and left out.
/// </summary>
internal sealed partial class TerminologyFollower(
    IRecordStore store, TerminologyStore terminology, TimeProvider time, ILogger<TerminologyFollower> log) : BackgroundService
{
    private static readonly string[] Types = ["CodeSystem", "ValueSet", "ConceptMap"];

    /// <summary>News is gathered for so long: an import changes thousands of records a second, terminology hardly ever.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<RecordKey, (string Url, string? Version)> known = [];

    /// <summary>The terminology that ships with the program.</summary>
    public static Outcome<TerminologySnapshot> Shipped()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "content", "terminology");
        return Directory.Exists(folder)
            ? TerminologyContent.Load(folder, 1)
            : new Problem("HST006", ProblemKind.NotFound, $"The program's content is not beside it: {folder} is missing.");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The edge of a loop that must not end: logged, and begun anew.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                LogFault(fault);
            }

            await Task.Delay(TimeSpan.FromSeconds(5), time, stoppingToken);
        }
    }

    /// <summary>Returns only when the store cannot be asked; then all is read again.</summary>
    private async Task FollowAsync(CancellationToken cancel)
    {
        if (!(await store.Changes.EndAsync(cancel)).Try(out var cursor, out _) || !await ReadAllAsync(cancel))
        {
            return;
        }

        while (true)
        {
            await store.Changes.WaitAsync(cursor, cancel);
            if (!(await store.Changes.ReadAsync(cursor, 10_000, cancel)).Try(out var page, out _))
            {
                return;
            }

            var keys = page.Changes.Where(c => Types.Contains(c.Key.Type)).Select(c => c.Key).Distinct().ToArray();
            if (keys.Length > 0)
            {
                if (!(await store.ReadAsync(keys, cancel)).Try(out var records, out _))
                {
                    return;
                }

                Apply(keys.Zip(records));
            }

            cursor = page.Next;
            if (page.Changes.Count < 10_000)
            {
                await Task.Delay(Pace, time, cancel);
            }
        }
    }

    private async Task<bool> ReadAllAsync(CancellationToken cancel)
    {
        var book = new TermBook(store);
        var planner = new SearchPlanner(store, book, time);
        foreach (var type in Types)
        {
            string? next = null;
            do
            {
                var parameters = new List<KeyValuePair<string, string>> { new("_count", "100") };
                if (next is not null)
                {
                    parameters.Add(new(SearchRequestParser.PageParameter, next));
                }

                if (!SearchRequestParser.Parse(book, type, parameters, new(time.GetUtcNow()), SearchOptions.Default).Try(out var request, out _)
                    || !(await planner.SearchAsync(request, ReaderPredicate.Platform, cancel)).Try(out var page, out _))
                {
                    return false;
                }

                Apply(page.Entries.Select(e => (e.Record.Key, (StoredRecord?)e.Record)));
                next = page.Next;
            }
            while (next is not null);
        }

        return true;
    }

    private void Apply(IEnumerable<(RecordKey Key, StoredRecord? Record)> changes)
    {
        var builder = new TerminologyBuilder(terminology.Current);
        foreach (var (key, record) in changes)
        {
            if (known.Remove(key, out var before))
            {
                builder.Remove(before.Url, before.Version);
            }

            if (record is not { State: RecordState.Live })
            {
                continue;
            }

            var json = new ArrayBufferWriter<byte>(4096);
            record.WriteResource(json);
            if (builder.Add(json.WrittenMemory, key.ToString()).Try(out var url, out var problem))
            {
                known[key] = (url, VersionOf(json.WrittenMemory));
            }
            else
            {
                LogLeftOut(key.ToString(), problem.Code);
            }
        }

        terminology.Replace(builder.Build(terminology.Current.Version + 1));
    }

    private static string? VersionOf(ReadOnlyMemory<byte> json) =>
        Fhir.Reading.FhirDocument.Read(json, new Fhir.Findings.FindingList()).Root.ChildText("version");

    [LoggerMessage(1, LogLevel.Error, "Terminology cannot be followed; it is read again")]
    private partial void LogFault(Exception fault);

    [LoggerMessage(2, LogLevel.Warning, "{Key} is left out of the terminology in force: {Code}")]
    private partial void LogLeftOut(string key, string code);
}
