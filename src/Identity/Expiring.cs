using System.Globalization;
using Kangqiao.Ledger;

namespace Kangqiao.Identity;

/// <summary>Documents of the ledger that are of use for a time only: labelled with the hour of their end, and forgotten after it.</summary>
internal static class Expiring
{
    private const char Label = 'x';
    private const int Most = 500;
    private const int HoursBack = 72;

    public static readonly IReadOnlyList<string> Kinds = ["Assertion", "SignInCode", "Session", "PhoneCode"];

    public static LedgerPage Page<T>(LedgerKey key, T value, DateTimeOffset end, params IEnumerable<LedgerLabel> labels) =>
        LedgerPage.Of(key, value, [.. labels, new LedgerLabel(Label, Hour(end))]);

    /// <summary>Forgets what ended before the hour that is now.</summary>
    public static async Task ForgetAsync(LedgerStore ledger, DateTimeOffset now, CancellationToken cancel)
    {
        foreach (var kind in Kinds)
        {
            for (var back = 1; back <= HoursBack; back++)
            {
                while ((await ledger.FindAsync(kind, [new(Label, Hour(now.AddHours(-back)))], Most, null, cancel)).Try(out var found, out _) && found.Documents.Count > 0
                    && (await ledger.PurgeAsync([.. found.Documents.Select(d => d.Key)], cancel)).IsSuccess)
                {
                    // The next ones of that hour.
                }
            }
        }
    }

    private static string Hour(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMddHH", CultureInfo.InvariantCulture);
}
