using Kangqiao.Kernel;
using Kangqiao.Rest.Bulk;
using Kangqiao.Rest.Subscriptions;
using Kangqiao.Store.Jobs;
using Kangqiao.Store.Reindexing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kangqiao.Rest;

/// <summary>What the FHIR interface does when nobody waits for it: exports, imports, and writing the index anew when its form has changed.</summary>
internal sealed partial class BackgroundWork(RestRoom room, ILogger<BackgroundWork> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var workers = new JobWorkers(room.Platform.Jobs, Works(), room.Time, (job, fault) => LogFault(fault, job.Kind, job.Id));
        room.WakeWorkers = workers.Wake;
        await Task.WhenAll(workers.RunAsync(stoppingToken), PrepareAsync(workers, stoppingToken), FollowAsync(workers, stoppingToken), SweepAsync(stoppingToken));
    }

    private List<IJobWork> Works()
    {
        List<IJobWork> works =
        [
            new Reindex(
                room.Platform, room.Form,
                async (record, cancel) =>
                {
                    using var bench = room.Rent();
                    return await bench.AgainAsync(record, cancel);
                },
                room.Time),
        ];
        works.Add(new NoticeWork(room));
        if (room.Options.WorkFolder is not null)
        {
            works.Add(new ExportWork(room));
            works.Add(new ImportWork(room));
        }

        return works;
    }

    /// <summary>Until the store has said once whether its index is in our form.</summary>
    private async Task PrepareAsync(JobWorkers workers, CancellationToken cancel)
    {
        await RepeatAsync(Pause, async () =>
        {
            var ensured = await Reindex.EnsureAsync(room.Platform, room.Form, cancel);
            if (ensured.IsSuccess && ensured.Value)
            {
                workers.Wake();
            }

            return ensured.Problem;
        }, cancel);
    }

    /// <summary>There is always one job that follows the feed for subscribers, here or in another process.</summary>
    private Task FollowAsync(JobWorkers workers, CancellationToken cancel) => RepeatAsync(TimeSpan.FromMinutes(1), async () =>
    {
        await NoticeWork.EnsureAsync(room, cancel);
        workers.Wake();
        return Outcomes.Again;
    }, cancel);

    private Task SweepAsync(CancellationToken cancel) => room.Options.WorkFolder is null
        ? Task.CompletedTask
        : RepeatAsync(BetweenSweeps, async () =>
        {
            await BulkJob.SweepAsync(room, cancel);
            return Outcomes.Again;
        }, cancel);

    /// <summary>Does something until it has no problem, and lives through what nobody expected.</summary>
    private async Task RepeatAsync(TimeSpan pause, Func<Task<Problem?>> work, CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                try
                {
                    if (await work() is null)
                    {
                        return;
                    }
                }
#pragma warning disable CA1031 // The edge of a loop that must not end: logged, and begun anew.
                catch (Exception fault) when (fault is not OperationCanceledException)
#pragma warning restore CA1031
                {
                    LogHousekeeping(fault);
                }

                await Task.Delay(pause, room.Time, cancel);
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private static class Outcomes
    {
        public static readonly Problem Again = new("", ProblemKind.Unavailable, "");
    }

    [LoggerMessage(1, LogLevel.Error, "The {Kind} {Job} met what nobody expected")]
    private partial void LogFault(Exception fault, string kind, string job);

    [LoggerMessage(2, LogLevel.Error, "Background work met what nobody expected; it is tried again")]
    private partial void LogHousekeeping(Exception fault);
}
