namespace Kangqiao.Bench;

internal static class Usage
{
    private const string Text = """
        Kangqiao.Bench COMMAND [--name value]…

          shapes  [--patients 1000] [--seed 1] [--out DIR [--form ndjson|post|put]]
                  makes Synthea-shaped records; without --out it tells their mix, sizes and the speed of making
          check   [--patients 300] [--seed 1]
                  reads (and validates) shaped records; exit 1 if anything is wrong with one
        """;

    public static void Print() => Console.Error.WriteLine(Text);

    public static int Unknown(string command)
    {
        Console.Error.WriteLine($"Unknown command {command}.");
        Print();
        return 2;
    }
}
