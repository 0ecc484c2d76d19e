using System.Diagnostics;
using System.Globalization;
using Kangqiao.Audit;
using Kangqiao.Audit.Entries;
using Kangqiao.Audit.Index;
using Kangqiao.Audit.Trail;
using Kangqiao.Bench.Kernel;
using Kangqiao.Crypto.Keys;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kangqiao.Bench.Audit;

/// <summary>
/// The audit trail at size: what one entry of a read costs in time, processor and bytes, and what searches cost as the trail grows. Ends with
/// a check of the whole trail. Readers come 30 at a time, as in the load driver, and each waits for the disk.
/// </summary>
internal static class AuditCommand
{
    private const int Readers = 30;
    private const int Searches = 200;

    public static async Task<int> RunAsync(Options options)
    {
        var sizes = (options.Text("sizes") ?? "1000000,10000000").Split(',').Select(s => int.Parse(s, CultureInfo.InvariantCulture)).ToArray();
        var folder = Directory.CreateTempSubdirectory("kq-bench-audit-").FullName;
        using var file = options.Text("out") is { } path ? new StreamWriter(path) : null;
        void Say(string line)
        {
            Console.WriteLine(line);
            file?.WriteLine(line);
            file?.Flush();
        }

        try
        {
            Say("# Audit trail\n");
            Say(Machine.Describe() + "\n");
            var ring = KeyRing.Open(folder, TimeProvider.System).Value;
            var trail = AuditTrail.Open(new AuditOptions(folder), ring, TimeProvider.System, NullLogger.Instance).Value;
            await using (trail)
            {
                await WaitingAsync(trail, Say);
                Say("| entries | bytes an entry | with index | resident | actor | institution | resident and institution | a day's hour | newest | memory |");
                Say("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
                var written = 0;
                foreach (var size in sizes)
                {
                    written = await FillAsync(trail, written, size);
                    Row(trail, folder, size, Say);
                }
            }

            var watch = Stopwatch.StartNew();
            var report = new Verification(new AuditOptions(folder), ring).Run(null, CancellationToken.None);
            Say(string.Create(CultureInfo.InvariantCulture, $"\nThe check of all {report.Entries:N0} entries in {report.Segments} parts took {watch.Elapsed.TotalSeconds:0.0} s and found {report.Broken.Count} broken."));
            return report.Broken.Count == 0 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static AuditEntry Read(int i)
    {
        // A city of 400,000 patients, 5,000 members of staff of 60 institutions; each looks at the same patient a few times.
        var staff = (i / 8 * 7919) % 5000;
        var patient = $"018f3b2c-1234-7abc-8def-{(i / 4 * 104729L) % 400_000:x12}";
        return new AuditEntry(AuditAction.Read, new AuditActor("clinician")
        {
            User = $"u{staff}", Practitioner = $"018f3b2c-9999-7abc-8def-{staff:x12}", Institution = $"AC{staff % 60:000}", Client = "his", Purpose = "TREAT", Address = $"10.{staff % 60}.0.{staff % 200}",
        })
        {
            Right = "treated",
            Patients = [patient],
            Records = [new(i % 3 == 0 ? "Patient" : "Observation", $"018f3b2c-5678-7abc-8def-{i:x12}", 1, 0)],
        };
    }

    private static async Task WaitingAsync(AuditTrail trail, Action<string> say)
    {
        const int Each = 4000;
        await Task.WhenAll(Enumerable.Range(0, Readers).Select(r => ReadersAsync(trail, r, 200, [])));
        var waits = new List<double>[Readers];
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Readers).Select(r => ReadersAsync(trail, r, Each, waits[r] = new(Each))));
        var seconds = watch.Elapsed.TotalSeconds;
        var used = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        var all = waits.SelectMany(w => w).Order().ToArray();
        var alone = new List<double>();
        await ReadersAsync(trail, 0, 500, alone);
        alone.Sort();
        say(string.Create(
            CultureInfo.InvariantCulture,
            $"{Readers} readers, each waiting for the disk: {all.Length / seconds:N0} entries/s, {used.TotalMicroseconds / all.Length:0.0} µs of processor an entry (index included), "
            + $"wait p50 {all[all.Length / 2]:0.000} ms, p99 {all[all.Length * 99 / 100]:0.000} ms; one reader alone: p50 {alone[250]:0.000} ms, p99 {alone[495]:0.000} ms.\n"));
    }

    private static async Task ReadersAsync(AuditTrail trail, int reader, int count, List<double> waits)
    {
        await Task.Yield();
        for (var i = 0; i < count; i++)
        {
            var start = Stopwatch.GetTimestamp();
            if (await trail.AppendAsync(Read((reader * count) + i)) is { } problem)
            {
                throw new InvalidOperationException(problem.Message);
            }

            waits.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
    }

    private static async Task<int> FillAsync(AuditTrail trail, int from, int to)
    {
        const int Batch = 500;
        for (var at = from; at < to; at += Batch)
        {
            await trail.AppendAsync([.. Enumerable.Range(at, Math.Min(Batch, to - at)).Select(Read)]);
        }

        return to;
    }

    private static void Row(AuditTrail trail, string folder, int size, Action<string> say)
    {
        // Until the index has caught up.
        trail.Index.Count();
        var random = new Random(7);
        string Of(Func<AuditQuery> query)
        {
            var times = new double[Searches];
            for (var i = 0; i < Searches; i++)
            {
                var asked = query();
                var start = Stopwatch.GetTimestamp();
                var page = trail.Index.Search(asked);
                times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                if (page.Entries.Count == 0)
                {
                    throw new InvalidOperationException("Nothing was found where there is something.");
                }
            }

            Array.Sort(times);
            return string.Create(CultureInfo.InvariantCulture, $"{times[Searches / 2]:0.00} / {times[Searches * 99 / 100]:0.00}");
        }

        var some = () => Read(random.Next(size));
        long Bytes(string pattern) => Directory.GetFiles(Path.Combine(folder, "audit"), pattern, SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);
        say(string.Create(
            CultureInfo.InvariantCulture,
            $"| {size:N0} | {Bytes("*.kqa") / (double)size:0} | {Bytes("*") / (double)size:0} "
            + $"| {Of(() => new AuditQuery { Patients = some().Patients })} | {Of(() => new AuditQuery { Actor = some().Actor.User })} | {Of(() => new AuditQuery { Institution = some().Actor.Institution })} "
            + $"| {Of(() => some() is var one ? new AuditQuery { Patients = one.Patients, Institution = one.Actor.Institution } : null!)} "
            + $"| {Of(() => new AuditQuery { Until = TimeProvider.System.GetUtcNow().AddSeconds(-random.Next(5)), From = TimeProvider.System.GetUtcNow().AddHours(-1) })} | {Of(() => new AuditQuery())} "
            + $"| {Environment.WorkingSet / 1048576} MB |"));
    }
}
