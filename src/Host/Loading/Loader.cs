using System.Diagnostics;
using Kangqiao.Ingest.Receipts;
using Kangqiao.Kernel;
using Kangqiao.Registry.Senders;

namespace Kangqiao.Host.Loading;

/// <summary>Sends files and folders through the door, in order; tells on standard error how far it is.</summary>
internal sealed class Loader(ILoadDoor door, TextWriter log)
{
    /// <summary>Files that may be worked on while the next is being received.</summary>
    private const int MostOpen = 100;

    /// <param name="progress">Told how many files have been received.</param>
    public async ValueTask<Outcome<LoadResult>> RunAsync(LoadPlan plan, string? institution, CancellationToken cancel, IProgress<int>? progress = null)
    {
        var started = Stopwatch.GetTimestamp();
        foreach (var left in plan.Left)
        {
            await log.WriteLineAsync($"{left}: left out, its format is not known");
        }

        if (await RegistriesAsync(plan, cancel) is { } refused)
        {
            return refused;
        }

        var counts = default(Counts);
        var open = new Queue<Task<Counts>>();
        var received = 0;
        var known = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var file in plan.Files)
        {
            progress?.Report(++received);
            if (!File.Exists(file.Path))
            {
                return new Problem("HST021", ProblemKind.NotFound, $"There is no {file.Path}.");
            }

            var sender = institution ?? (file.Institution is { } named && await IsKnownAsync(known, named, cancel) ? named : Sender.LocalCode);
            if (!(await door.SendAsync(file, sender, cancel)).Try(out var work, out var problem))
            {
                if (problem.Kind != ProblemKind.NotFound)
                {
                    return problem;
                }

                await log.WriteLineAsync($"{file.Path}: {problem.Message}");
                continue;
            }

            open.Enqueue(work);
            while (open.Count > MostOpen || (open.TryPeek(out var first) && first.IsCompleted))
            {
                counts += await open.Dequeue();
            }
        }

        while (open.TryDequeue(out var rest))
        {
            counts += await rest;
        }

        return new LoadResult(counts, await door.ResidentsAsync(cancel), Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private async ValueTask<Problem?> RegistriesAsync(LoadPlan plan, CancellationToken cancel)
    {
        foreach (var file in plan.Registries.SelectMany(Registry.Institutions.RegistryFolder.Files))
        {
            if (!(await door.RegistryAsync(file, cancel)).Try(out var report, out var problem))
            {
                return problem;
            }

            await log.WriteLineAsync($"{Path.GetFileName(file)}: {report.Institutions} senders, {report.Resources} resources");
            foreach (var wrong in report.Wrong)
            {
                await log.WriteLineAsync($"  {wrong.Code} {wrong.Message}");
            }
        }

        return null;
    }

    private async ValueTask<bool> IsKnownAsync(Dictionary<string, bool> known, string code, CancellationToken cancel)
    {
        if (!known.TryGetValue(code, out var isThere))
        {
            known[code] = isThere = await door.IsSenderAsync(code, cancel);
        }

        return isThere;
    }
}
