using Kangqiao.Bench.Kills;

namespace Kangqiao.Bench.Tests.Kills;

/// <summary>The hundred kills of bench/kills.log, but five.</summary>
public sealed class KillsTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Five_kills_under_load_lose_nothing_acknowledged_and_leave_no_half_transaction(bool withPostgres)
    {
        Assert.SkipUnless(!withPostgres || KilledPostgres.IsThere, "PostgreSQL 15 is not installed here.");

        // .../tests/Bench.Tests/bin/Debug/net10.0 → .../src/Host/bin/Debug/net10.0
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var program = Path.Combine(
            output.Parent!.Parent!.Parent!.Parent!.Parent!.FullName, "src", "Host", "bin", output.Parent.Name, output.Name, "kangqiao");
        Assert.SkipUnless(File.Exists(program), "The server was not built beside these tests.");
        var lines = new List<string>();
        var gate = new Lock();

        var broken = await KillsRun.RunAsync(
            new(program, 5, 1, withPostgres),
            line =>
            {
                lock (gate)
                {
                    lines.Add(line);
                }
            },
            TestContext.Current.CancellationToken);

        broken.ShouldBe(0, string.Join('\n', lines));
        lines.Count.ShouldBe(6);
    }
}
