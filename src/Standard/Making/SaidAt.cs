namespace Kangqiao.Standard.Making;

/// <summary>
/// When a version was said and whether it is a mere mention, in the bits that the store keeps with it: seconds since 2000 in 31
/// bits, and the sign.
/// </summary>
public static class SaidAt
{
    private static readonly DateTimeOffset Epoch = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static int Flags(DateTimeOffset? said, bool isMention)
    {
        var seconds = said is { } at ? (int)Math.Clamp((at - Epoch).TotalSeconds, 1, int.MaxValue) : 0;
        return isMention ? seconds | int.MinValue : seconds;
    }

    public static bool IsMention(int flags) => flags < 0;

    /// <summary>0 where nothing was said of the time.</summary>
    public static int Seconds(int flags) => flags & int.MaxValue;

    /// <summary>The instant; null where nothing was said of the time.</summary>
    public static DateTimeOffset? Instant(int flags) => Seconds(flags) is > 0 and var seconds ? Epoch.AddSeconds(seconds) : null;
}
