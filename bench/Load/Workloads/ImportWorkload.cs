using System.Buffers;
using System.Diagnostics;
using Kangqiao.Bench.Shapes;

namespace Kangqiao.Bench.Load.Workloads;

/// <summary>Each patient's records as one transaction bundle, patient after patient; whoever is free takes the next.</summary>
internal sealed class ImportWorkload(LoadPlan plan, ShapedCity city) : IWorkload
{
    /// <summary>The pace is watched in blocks of so many resources.</summary>
    public const int Block = 100_000;

    private const int MostTries = 20;

    private readonly ArrayBufferWriter<byte>[] bundles = [.. Enumerable.Range(0, plan.Clients).Select(_ => new ArrayBufferWriter<byte>(1 << 20))];
    private readonly List<long> blockEnds = [];
    private readonly Lock gate = new();
    private long begun;
    private int next;

    /// <summary>Resources that the server has acknowledged.</summary>
    public long Resources { get; private set; }

    public long Patients { get; private set; }

    public long Bytes { get; private set; }

    public int LargestBundle { get; private set; }

    public int Failed { get; private set; }

    /// <summary>Resources a second in the slowest whole block; null when not one was filled.</summary>
    public double? SlowestBlock
    {
        get
        {
            double? slowest = null;
            var from = begun;
            foreach (var end in blockEnds)
            {
                var pace = Block / Stopwatch.GetElapsedTime(from, end).TotalSeconds;
                slowest = slowest is null || pace < slowest ? pace : slowest;
                from = end;
            }

            return slowest;
        }
    }

    public async Task<string?> PrepareAsync(LoadClient client)
    {
        var problem = await MasterData.SendAsync(client, city);
        begun = Stopwatch.GetTimestamp();
        return problem;
    }

    public async Task<bool> RoundAsync(LoadClient client)
    {
        var number = Interlocked.Increment(ref next) - 1;
        if (number >= plan.Patients)
        {
            return false;
        }

        var bundle = bundles[client.Number];
        city.Fill(client.Records, plan.First + number);
        bundle.ResetWrittenCount();
        client.Records.WriteTransaction(bundle, plan.KeepIds ? TransactionForm.Put : TransactionForm.Post);
        var sent = false;
        for (var tries = 1; !sent && tries <= MostTries; tries++)
        {
            sent = await client.SendAsync(FamilyOf(client.Records.Count), HttpMethod.Post, "", bundle.WrittenMemory);
            if (!sent && !client.IsThrottled)
            {
                break;
            }

            if (!sent)
            {
                await client.WaitAsAskedAsync();
            }
        }

        Note(client.Records.Count, bundle.WrittenCount, sent);
        return true;
    }

    // The time of a transaction is that of its entries: bundles are told apart by size.
    private static string FamilyOf(int entries) => entries switch
    {
        <= 100 => "bundle of 1 to 100",
        <= 200 => "bundle of 101 to 200",
        <= 400 => "bundle of 201 to 400",
        _ => "bundle over 400",
    };

    private void Note(int entries, int bytes, bool sent)
    {
        lock (gate)
        {
            LargestBundle = Math.Max(LargestBundle, entries);
            if (!sent)
            {
                Failed++;
                return;
            }

            Patients++;
            Bytes += bytes;
            Resources += entries;
            if (Resources / Block > blockEnds.Count)
            {
                blockEnds.Add(Stopwatch.GetTimestamp());
            }
        }
    }
}
