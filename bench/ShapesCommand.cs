using System.Buffers;
using System.Diagnostics;
using Kangqiao.Bench.Shapes;

namespace Kangqiao.Bench;

/// <summary>Writes shaped records to files, or tells what they are like.</summary>
internal static class ShapesCommand
{
    public static int Run(Options options)
    {
        var city = new ShapedCity(options.Seed());
        var patients = options.Number("patients", 1000);
        var directory = options.Text("out");
        if (directory is null)
        {
            Describe(city, patients);
            return 0;
        }

        Directory.CreateDirectory(directory);
        switch (options.Text("form", "ndjson"))
        {
            case "ndjson":
                WriteNdjson(city, patients, directory);
                return 0;
            case "post":
                WriteTransactions(city, patients, directory, TransactionForm.Post);
                return 0;
            case "put":
                WriteTransactions(city, patients, directory, TransactionForm.Put);
                return 0;
            default:
                Usage.Print();
                return 2;
        }
    }

    private static void Describe(ShapedCity city, long patients)
    {
        var byType = new Dictionary<string, (long Count, long Bytes)>();
        var total = (Count: 0L, Bytes: 0L);
        var watch = Stopwatch.StartNew();
        foreach (var patient in city.Patients(patients))
        {
            total = (total.Count + patient.Count, total.Bytes + patient.Bytes);
        }

        var making = watch.Elapsed.TotalSeconds;
        foreach (var patient in city.Patients(patients))
        {
            foreach (var resource in patient.Resources)
            {
                var (count, bytes) = byType.GetValueOrDefault(resource.Type.Name);
                byType[resource.Type.Name] = (count + 1, bytes + resource.Json.Length);
            }
        }

        Console.WriteLine("| type | share | mean bytes |\n|---|--:|--:|");
        foreach (var (type, (count, bytes)) in byType.OrderByDescending(t => t.Value.Count))
        {
            Console.WriteLine($"| {type} | {100.0 * count / total.Count:F2} % | {bytes / count:N0} |");
        }

        Console.WriteLine($"| **all {total.Count:N0}** | {total.Count / patients:N0} a patient | {total.Bytes / total.Count:N0} |");
        Console.WriteLine();
        Console.WriteLine($"{total.Count / making:N0} resources/s, {total.Bytes / making / 1e6:N0} MB/s");
    }

    /// <summary>One file a type, as bulk export writes them.</summary>
    private static void WriteNdjson(ShapedCity city, long patients, string directory)
    {
        var files = new Dictionary<string, Stream>();
        try
        {
            WriteLines(city.MasterData(), directory, files);
            foreach (var patient in city.Patients(patients))
            {
                WriteLines(patient, directory, files);
            }
        }
        finally
        {
            foreach (var file in files.Values)
            {
                file.Dispose();
            }
        }
    }

    private static void WriteLines(ShapedRecords records, string directory, Dictionary<string, Stream> files)
    {
        foreach (var resource in records.Resources)
        {
            if (!files.TryGetValue(resource.Type.Name, out var file))
            {
                file = new BufferedStream(File.Create(Path.Combine(directory, resource.Type.Name + ".ndjson")), 1 << 20);
                files.Add(resource.Type.Name, file);
            }

            file.Write(resource.Json.Span);
            file.Write("\n"u8);
        }
    }

    /// <summary>One transaction a patient; the master data first, always with its ids, because the patients refer to them.</summary>
    private static void WriteTransactions(ShapedCity city, long patients, string directory, TransactionForm form)
    {
        var output = new ArrayBufferWriter<byte>(1 << 20);
        city.MasterData().WriteTransaction(output, TransactionForm.Put);
        File.WriteAllBytes(Path.Combine(directory, "0-master.json"), output.WrittenSpan);
        foreach (var patient in city.Patients(patients))
        {
            output.ResetWrittenCount();
            patient.WriteTransaction(output, form);
            File.WriteAllBytes(Path.Combine(directory, $"{patient.Number:D9}.json"), output.WrittenSpan);
        }
    }
}
