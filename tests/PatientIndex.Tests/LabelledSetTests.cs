using Kangqiao.PatientIndex.Model;
using Shouldly;
using Xunit;

namespace Kangqiao.PatientIndex.Tests;

/// <summary>Public rows whose truth is known, linked blind with the one general model.</summary>
public sealed class LabelledSetTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("febrl1.csv", 0.99)]
    [InlineData("febrl2.csv", 0.99)]
    [InlineData("cn-records.csv", 0.995)]
    public void Labelled_rows_are_linked_as_well_as_promised(string file, double leastF1)
    {
        var path = Linkage.Shared(file);
        var (result, ids) = Linkage.Run(path);
        var person = file.StartsWith("cn", StringComparison.Ordinal) ? Truth(Linkage.Shared("cn-truth.csv")) : ids.ToDictionary(id => id, id => id.Split('-')[1], StringComparer.Ordinal);

        var all = Pairs(person.Values.GroupBy(p => p, StringComparer.Ordinal).Select(group => group.Count()));
        var linked = result.Pairs.Where(pair => pair.Decision == Decision.Link).ToList();
        var right = linked.Count(pair => string.Equals(person[ids[pair.Left]], person[ids[pair.Right]], StringComparison.Ordinal));
        var (precision, recall) = ((double)right / linked.Count, (double)right / all);
        var f1 = 2 * precision * recall / (precision + recall);
        var closed = result.ClusterOf.Select((cluster, row) => (cluster, person: person[ids[row]])).GroupBy(row => row.cluster).ToList();
        var closedPrecision = Pairs(closed.SelectMany(cluster => cluster.GroupBy(row => row.person, StringComparer.Ordinal)).Select(group => group.Count()))
            / (double)Pairs(closed.Select(cluster => cluster.Count()));
        output.WriteLine($"{file}: {all} pairs, precision {precision:0.0000}, recall {recall:0.0000}, F1 {f1:0.0000}, clusters' precision {closedPrecision:0.0000}");

        f1.ShouldBeGreaterThanOrEqualTo(leastF1);
        closedPrecision.ShouldBeGreaterThanOrEqualTo(0.998);
    }

    private static long Pairs(IEnumerable<int> sizes) => sizes.Sum(n => n * (n - 1L) / 2);

    private static Dictionary<string, string> Truth(string path) =>
        File.ReadLines(path).Skip(1).Select(line => line.Split(',')).ToDictionary(cells => cells[0], cells => cells[1], StringComparer.Ordinal);
}
