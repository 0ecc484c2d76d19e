using System.Globalization;

namespace Kangqiao.Bench;

/// <summary>The "--name value" pairs of a command line.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, string> values = [];

    /// <summary>Null if the arguments are not such pairs.</summary>
    public static Options? Parse(ReadOnlySpan<string> args)
    {
        var options = new Options();
        for (var i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length || !args[i].StartsWith("--", StringComparison.Ordinal))
            {
                return null;
            }

            options.values[args[i][2..]] = args[i + 1];
        }

        return options;
    }

    public string? Text(string name) => values.GetValueOrDefault(name);

    public string Text(string name, string otherwise) => values.GetValueOrDefault(name, otherwise);

    public long Number(string name, long otherwise) =>
        values.TryGetValue(name, out var text) ? long.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    public ulong Seed() => (ulong)Number("seed", 1);
}
