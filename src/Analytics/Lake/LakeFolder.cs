using System.Globalization;
using System.Runtime.InteropServices;

namespace Kangqiao.Analytics.Lake;

/// <summary>The lake's folder: its lock, its staging place, its snapshots and the link to the current one.</summary>
internal sealed partial class LakeFolder : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    private readonly FileStream held;

    private LakeFolder(string path, FileStream held)
    {
        Path = path;
        this.held = held;
        Staging = System.IO.Path.Combine(path, "staging");
    }

    public string Path { get; }

    /// <summary>Empty when the lock is taken.</summary>
    public string Staging { get; }

    /// <summary>Null while another process has it.</summary>
    public static LakeFolder? Take(string path)
    {
        Directory.CreateDirectory(System.IO.Path.Combine(path, LakeSnapshot.Snapshots));
        try
        {
            var folder = new LakeFolder(path, new FileStream(System.IO.Path.Combine(path, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            if (Directory.Exists(folder.Staging))
            {
                Directory.Delete(folder.Staging, recursive: true);
            }

            Directory.CreateDirectory(folder.Staging);
            return folder;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>An empty folder for the snapshot.</summary>
    public string Begin(LakeSnapshot snapshot)
    {
        var folder = snapshot.FolderIn(Path);
        if (Directory.Exists(folder))
        {
            // Of a refresh that was cut before it counted.
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        return folder;
    }

    /// <summary>From here on it is the lake: one rename.</summary>
    public void Publish(LakeSnapshot snapshot)
    {
        var folder = snapshot.FolderIn(Path);
        snapshot.Write(folder);
        var next = System.IO.Path.Combine(Path, ".next");
        File.Delete(next);
        File.CreateSymbolicLink(next, System.IO.Path.Combine(LakeSnapshot.Snapshots, System.IO.Path.GetFileName(folder)));
        if (Rename(next, System.IO.Path.Combine(Path, LakeSnapshot.Current)) != 0)
        {
            throw new IOException($"the link to the new state cannot be set ({Marshal.GetLastPInvokeError().ToString(CultureInfo.InvariantCulture)}).");
        }
    }

    /// <summary>The same file under another name.</summary>
    public static void Keep(string file, string name)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(name)!);
        if (Link(file, name) != 0)
        {
            File.Copy(file, name);
        }
    }

    /// <summary>Removes states that nobody has a reason to read any more.</summary>
    public void Sweep(LakeSnapshot current, DateTimeOffset now)
    {
        foreach (var folder in Directory.GetDirectories(System.IO.Path.Combine(Path, LakeSnapshot.Snapshots)))
        {
            if (folder != current.FolderIn(Path) && Directory.GetLastWriteTimeUtc(folder) < now.UtcDateTime - Grace)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    public void Dispose()
    {
        Directory.Delete(Staging, recursive: true);
        held.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "rename", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Rename(string from, string to);

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string from, string to);
}
