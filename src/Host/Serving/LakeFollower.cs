using Kangqiao.Analytics.Lake;
using Kangqiao.Kernel;
using Kangqiao.Store;

namespace Kangqiao.Host.Serving;

/// <summary>
/// Keeps the lake up to date while the server serves. Who wants it made from zero beside a server leaves a word in its folder
/// (<see cref="AskRebuild"/>).
/// </summary>
internal sealed partial class LakeFollower(IRecordStore store, LakePlace place, TimeProvider time, ILogger<LakeFollower> log) : BackgroundService
{
    private const string Word = "rebuild";

    /// <summary>Refreshes begin at least so far apart: rows are at most this and one refresh's length behind.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>The tables that ship with the program.</summary>
    public static Outcome<IReadOnlyList<LakeTable>> Shipped() => LakeTable.Load(Path.Combine(AppContext.BaseDirectory, "content", "views"));

    public static string FolderIn(string dataFolder) => Path.Combine(dataFolder, "lake");

    /// <summary>Leaves the word; it is taken away when the lake is made.</summary>
    /// <returns>The file that stands for it.</returns>
    public static string AskRebuild(string dataFolder)
    {
        Directory.CreateDirectory(FolderIn(dataFolder));
        var file = Path.Combine(FolderIn(dataFolder), Word);
        File.WriteAllBytes(file, []);
        return file;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var refresh = new LakeRefresh(store, place.Tables, place.Folder, time);
        var word = Path.Combine(place.Folder, Word);
        var began = time.GetTimestamp();
        var isFirst = true;
        while (true)
        {
            await Task.Delay(Look, time, stoppingToken);
            var fromZero = File.Exists(word);
            if (!fromZero && !isFirst && time.GetElapsedTime(began) < Pace)
            {
                continue;
            }

            (began, isFirst) = (time.GetTimestamp(), false);
            try
            {
                if (!(await refresh.RunAsync(fromZero, stoppingToken)).Try(out _, out var problem))
                {
                    LogProblem(problem.Code, problem.Message);
                }
                else if (fromZero)
                {
                    File.Delete(word);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // The edge of a loop that must not end: logged, and tried again.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                LogFault(fault);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The lake was not refreshed: {Code} {Message}")]
    private partial void LogProblem(string code, string message);

    [LoggerMessage(2, LogLevel.Error, "A refresh of the lake failed in a way that was not expected")]
    private partial void LogFault(Exception fault);
}

/// <summary>Where the lake is and what is in it.</summary>
internal sealed record LakePlace(string Folder, IReadOnlyList<LakeTable> Tables);
