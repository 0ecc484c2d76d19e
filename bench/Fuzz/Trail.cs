using System.IO.MemoryMappedFiles;

namespace Kangqiao.Bench.Fuzz;

/// <summary>The number of the case at hand, in memory shared with a file, so that it outlives a process that dies of it.</summary>
internal sealed class Trail : IDisposable
{
    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;

    public Trail(string path)
    {
        file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, sizeof(long));
        view = file.CreateViewAccessor();
    }

    public static string NewFile()
    {
        var path = Path.GetTempFileName();
        File.WriteAllBytes(path, new byte[sizeof(long)]);
        return path;
    }

    public static long Last(string path) => BitConverter.ToInt64(File.ReadAllBytes(path));

    public void Leave(long number) => view.Write(0, number);

    public void Dispose()
    {
        view.Dispose();
        file.Dispose();
    }
}
