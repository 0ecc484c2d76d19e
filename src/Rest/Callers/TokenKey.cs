using System.Security.Cryptography;
using Kangqiao.Kernel;

namespace Kangqiao.Rest.Callers;

/// <summary>The secret that tokens are signed with: a file in the data folder, made at first need, readable by its owner only.</summary>
public static class TokenKey
{
    private const string FileName = "token.key";
    private const int Bytes = 32;

    /// <param name="name">File of the key; the tokens' own where it is not said.</param>
    public static Outcome<byte[]> In(string dataFolder, string name = FileName)
    {
        var folder = Path.Combine(dataFolder, "keys");
        var file = Path.Combine(folder, name);
        try
        {
            Directory.CreateDirectory(folder);
            if (!File.Exists(file))
            {
                Make(folder, file);
            }

            var key = File.ReadAllBytes(file);
            return key.Length == Bytes ? key : Problems.BadKeyFile(file, $"it has {key.Length} bytes instead of {Bytes}");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Problems.BadKeyFile(file, fault.Message);
        }
    }

    // Written aside and moved, so that a server and a token command that start together never see half a key, nor two keys.
    private static void Make(string folder, string file)
    {
        var draft = Path.Combine(folder, Path.GetRandomFileName());
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(draft, options))
        {
            stream.Write(RandomNumberGenerator.GetBytes(Bytes));
            stream.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(draft, file, overwrite: false);
        }
        catch (IOException) when (File.Exists(file))
        {
            File.Delete(draft);
        }
    }
}
