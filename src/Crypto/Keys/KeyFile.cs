using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kangqiao.Crypto.Hashing;
using Kangqiao.Kernel;

namespace Kangqiao.Crypto.Keys;

/// <summary>One key in one file of JSON, readable by its owner only. A file is written once and never changed.</summary>
internal static class KeyFile
{
    private const int LongestFile = 4096;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private sealed record Page(string Purpose, string Id, DateTimeOffset Made, string? After, string Material, string Check);

    public static string NameOf(KeyPurpose purpose, string id) => $"{NameOf(purpose)}-{id}.json";

    public static string NameOf(KeyPurpose purpose) => purpose switch
    {
        KeyPurpose.Seal => "seal",
        KeyPurpose.Find => "find",
        KeyPurpose.Mark => "mark",
        _ => "sign",
    };

    public static Outcome<RingKey> Read(string file)
    {
        try
        {
            if (new FileInfo(file).Length > LongestFile)
            {
                return Problems.BadKeyFile(file, "it is too long");
            }

            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & ~OwnerOnly & ~UnixFileMode.UserExecute) != 0)
            {
                return Problems.OpenKeyFile(file);
            }

            var page = JsonSerializer.Deserialize<Page>(File.ReadAllBytes(file), JsonSerializerOptions.Web);
            if (page is not { Id: not null, Material: not null, Check: not null }
                || !Enum.TryParse<KeyPurpose>(page.Purpose, ignoreCase: true, out var purpose)
                || page.Id.Length != 2 * RingKey.IdBytes || page.Id.Any(c => !char.IsAsciiHexDigitLower(c))
                || Path.GetFileName(file) != NameOf(purpose, page.Id))
            {
                return Problems.BadKeyFile(file, "it does not say what it should");
            }

            var key = new RingKey(purpose, page.Id, page.Made, page.After, Convert.FromBase64String(page.Material));
            return Check(key) == page.Check ? key : Problems.BadKeyFile(file, "it was changed");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException or FormatException)
        {
            return Problems.BadKeyFile(file, fault.Message);
        }
    }

    /// <summary>Written aside and moved, so that nobody reads half a key; durable when it returns.</summary>
    public static void Write(string folder, RingKey key)
    {
        var draft = Path.Combine(folder, "." + Path.GetRandomFileName());
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        var bytes = JsonSerializer.SerializeToUtf8Bytes(
            new Page(NameOf(key.Purpose), key.Id, key.MadeAt, key.After, Convert.ToBase64String(key.Material), Check(key)), JsonSerializerOptions.Web);
        using (var stream = new FileStream(draft, options))
        {
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }

        CryptographicOperations.ZeroMemory(bytes);
        File.Move(draft, Path.Combine(folder, NameOf(key.Purpose, key.Id)), overwrite: false);
    }

    // Against a slip of a hand or a bad disk; whoever can write the file can write this too.
    private static string Check(RingKey key) => Convert.ToHexStringLower(Sm3.Hash(
        [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{key.Purpose} {key.Id} {key.MadeAt.UtcTicks} {key.After} ")), .. key.Material])[..8]);
}
