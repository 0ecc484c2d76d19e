using System.Globalization;
using System.Security.Cryptography;

namespace Kangqiao.Audit.Trail;

/// <summary>
/// Names of the trail's parts: the instant of their opening (UTC) and eight random digits, so that they sort by time and no two processes
/// take the same. A part lies in the folder of its month (Asia/Shanghai): <c>audit/2026-11/20261122T104600123-1f2e3d4c.kqa</c>.
/// </summary>
internal static class SegmentName
{
    public const string Extension = ".kqa";
    public const string HeadExtension = ".head";
    public const string RunExtension = ".run";
    public const string LockExtension = ".lock";
    public const string AnchorExtension = ".anchors";

    private static readonly System.Buffers.SearchValues<char> Hex = System.Buffers.SearchValues.Create("0123456789abcdef");
    private const string Instant = "yyyyMMdd'T'HHmmssfff";
    private const int InstantLength = 18;
    private const int Length = InstantLength + 1 + 8;
    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);

    public static string New(DateTimeOffset now) =>
        $"{now.UtcDateTime.ToString(Instant, CultureInfo.InvariantCulture)}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";

    public static bool IsName(string text) => text.Length == Length && OpenedAt(text) is not null && text.AsSpan(InstantLength + 1).IndexOfAnyExcept(Hex) < 0;

    /// <summary>Null where it is no name.</summary>
    public static DateTimeOffset? OpenedAt(string name) =>
        name.Length > InstantLength && name[InstantLength] == '-'
        && DateTimeOffset.TryParseExact(name.AsSpan(0, InstantLength), Instant, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            ? at
            : null;

    public static string MonthOf(DateTimeOffset instant) => instant.ToOffset(Shanghai).ToString("yyyy-MM", CultureInfo.InvariantCulture);

    public static string FolderOf(string root, string name) => Path.Combine(root, MonthOf(OpenedAt(name)!.Value));

    public static string FileOf(string root, string name, string extension = Extension) => Path.Combine(FolderOf(root, name), name + extension);

    /// <summary>All parts that lie in a trail's folder, oldest first.</summary>
    public static IReadOnlyList<string> All(string root) => !Directory.Exists(root) ? []
        : [.. Directory.EnumerateFiles(root, "*" + Extension, SearchOption.AllDirectories).Select(f => Path.GetFileNameWithoutExtension(f)).Where(IsName).Order(StringComparer.Ordinal)];
}
