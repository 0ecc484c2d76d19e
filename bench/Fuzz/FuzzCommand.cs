using System.Diagnostics;

namespace Kangqiao.Bench.Fuzz;

/// <summary>
/// A long fuzz of everything that takes foreign text. Fails on an exception, an input slower than a second, or memory that
/// grows. The parent watches a child, so that even a stack overflow or a hang tells which case it was.
/// </summary>
internal static class FuzzCommand
{
    public const string ChildCommand = "fuzz-child";

    private const int StackBytes = 1024 * 1024;
    private const long GrowthLimit = 100_000_000;
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(20);

    public static int Run(Options options)
    {
        if (options.Text("case") is not null)
        {
            return Single(options);
        }

        var trail = Trail.NewFile();
        using var child = Child.Start(
            ChildCommand, "--minutes", options.Text("minutes", "1"), "--seed", options.Text("seed", "1"), "--trail", trail);
        child.WaitForExit();
        if (child.ExitCode > 1)
        {
            Console.WriteLine($"FAILED: the process ended with {child.ExitCode} at --seed {options.Seed()} --case {Trail.Last(trail)}");
        }

        File.Delete(trail);
        return child.ExitCode == 0 ? 0 : 1;
    }

    /// <summary>The child's part.</summary>
    public static int RunHere(Options options)
    {
        using var trail = new Trail(options.Text("trail") ?? Trail.NewFile());
        var run = new FuzzRun(options.Seed(), Corpus.Load(options.Seed()));
        var end = Stopwatch.StartNew();
        var length = TimeSpan.FromMinutes(options.Number("minutes", 1));
        var worker = new Thread(() => Work(run, trail, () => end.Elapsed < length), StackBytes) { IsBackground = true };
        worker.Start();
        var baseline = 0L;
        var nextReport = TimeSpan.FromMinutes(1);
        while (!worker.Join(TimeSpan.FromMilliseconds(50)))
        {
            var started = run.Started;
            if (started != 0 && Stopwatch.GetElapsedTime(started) > HangLimit)
            {
                Console.WriteLine($"FAILED: hang at --seed {options.Seed()} --case {run.Case}");
                return 3;
            }

            if (end.Elapsed > nextReport)
            {
                nextReport += TimeSpan.FromMinutes(1);
                var heap = GC.GetTotalMemory(forceFullCollection: true);
                baseline = baseline == 0 ? heap : baseline;
                Console.WriteLine($"{end.Elapsed.TotalMinutes:F0} min, heap {heap / 1e6:N0} MB, resident {Environment.WorkingSet / 1e6:N0} MB, {run.Summary()}");
                if (heap > baseline + GrowthLimit)
                {
                    Console.WriteLine("FAILED: memory grows.");
                    return 1;
                }
            }
        }

        Console.WriteLine(run.Summary());
        return run.Failures.Count == 0 ? 0 : 1;
    }

    private static int Single(Options options)
    {
        var run = new FuzzRun(options.Seed(), Corpus.Load(options.Seed()));
        var worker = new Thread(() => run.Do(options.Number("case", 0)), StackBytes);
        worker.Start();
        worker.Join();
        Console.WriteLine(run.Summary());
        return run.Failures.Count == 0 ? 0 : 1;
    }

    private static void Work(FuzzRun run, Trail trail, Func<bool> goOn)
    {
        for (var number = 0L; goOn(); number++)
        {
            trail.Leave(number);
            run.Do(number);
        }
    }
}
