using System.Globalization;

namespace Kangqiao.Host.Commands;

/// <summary>How far something is, on one line of standard error; silent where that is not a terminal.</summary>
internal sealed class ProgressLine(string what, int of) : IProgress<int>
{
    private int lastPercent = -1;

    public void Report(int value)
    {
        var percent = of == 0 ? 100 : (int)(100L * value / of);
        if (percent == lastPercent || Console.IsErrorRedirected)
        {
            return;
        }

        lastPercent = percent;
        var full = new string('█', percent / 4).PadRight(25, '·');
        Console.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{full} {percent,3}% {value} {what}"));
    }
}
