using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Kangqiao.Kernel;

namespace Kangqiao.Analytics.Sandbox;

/// <summary>
/// Asks SQL that somebody outside the code wrote, in processes of their own: what it costs too much or breaks is its process, never the
/// server. Processes that answered well are asked again.
/// </summary>
public sealed class SqlSandbox : IDisposable
{
    private const int SpareMegabytes = 512;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly string program;
    private readonly string[] arguments;
    private readonly TimeProvider time;
    private readonly ConcurrentBag<Process> idle = [];
    private readonly SemaphoreSlim places;
    private bool isDisposed;

    /// <param name="program">An executable that becomes a <see cref="SqlChild"/> when given the arguments.</param>
    /// <param name="atOnce">Questions at the same time; others wait.</param>
    public SqlSandbox(string program, string[] arguments, TimeProvider time, int atOnce = 2)
    {
        this.program = program;
        this.arguments = arguments;
        this.time = time;
        places = new SemaphoreSlim(atOnce);
    }

    public async Task<Outcome<SqlAnswer>> AskAsync(SqlQuestion question, CancellationToken cancel)
    {
        await places.WaitAsync(cancel);
        try
        {
            if (!Take().Try(out var process, out var problem))
            {
                return problem;
            }

            return await AskAsync(process, question, cancel);
        }
        finally
        {
            places.Release();
        }
    }

    public void Dispose()
    {
        isDisposed = true;
        while (idle.TryTake(out var process))
        {
            Stop(process);
        }

        places.Dispose();
    }

    private async Task<Outcome<SqlAnswer>> AskAsync(Process process, SqlQuestion question, CancellationToken cancel)
    {
        var isGood = false;
        try
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var talking = TalkAsync(process, question, over.Token);
            var watching = WatchAsync(process, question, over.Token);
            if (await Task.WhenAny(talking, watching) == watching && await watching is { } problem)
            {
                Stop(process);
                await Task.WhenAny(talking);
                return problem;
            }

            var answer = await talking;
            await over.CancelAsync();
            isGood = answer.IsSuccess || answer.Problem!.Code != "SQL006";
            return answer;
        }
        finally
        {
            if (isGood && !isDisposed)
            {
                idle.Add(process);
            }
            else
            {
                Stop(process);
            }
        }
    }

    private static async Task<Outcome<SqlAnswer>> TalkAsync(Process process, SqlQuestion question, CancellationToken cancel)
    {
        try
        {
            await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(question).AsMemory(), cancel);
            await process.StandardInput.FlushAsync(cancel);
            IReadOnlyList<SqlColumn>? columns = null;
            var rows = new List<JsonElement>();
            while (await process.StandardOutput.ReadLineAsync(cancel) is { } line)
            {
                if (line.StartsWith('{'))
                {
                    var end = JsonSerializer.Deserialize<SqlEnd>(line)!;
                    return end.Problem is { } problem ? problem : new SqlAnswer(columns ?? [], rows);
                }

                if (columns is null)
                {
                    columns = JsonSerializer.Deserialize<IReadOnlyList<SqlColumn>>(line)!;
                }
                else
                {
                    rows.Add(JsonElement.Parse(line));
                }
            }
        }
        catch (IOException)
        {
            // It is gone: said below.
        }

        await process.WaitForExitAsync(cancel);
        return SandboxProblems.Ended(process.ExitCode);
    }

    /// <summary>Why the question has to be ended; returns only then.</summary>
    private async Task<Problem?> WatchAsync(Process process, SqlQuestion question, CancellationToken cancel)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            await Task.Delay(Look, time, cancel);
            if (time.GetElapsedTime(began) > question.Time)
            {
                return SandboxProblems.TooLong(question.Time);
            }

            if (ResidentMegabytes(process.Id) > question.MemoryMegabytes + SpareMegabytes)
            {
                return SandboxProblems.TooMuchMemory(question.MemoryMegabytes);
            }
        }
    }

    private static long ResidentMegabytes(int id)
    {
        try
        {
            // proc(5): the second number of statm is the resident pages.
            var pages = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/statm")).Split(' ')[1];
            return long.Parse(pages, CultureInfo.InvariantCulture) * Environment.SystemPageSize / (1024 * 1024);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private Outcome<Process> Take()
    {
        while (idle.TryTake(out var waiting))
        {
            if (!waiting.HasExited)
            {
                return waiting;
            }

            waiting.Dispose();
        }

        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
            UseShellExecute = false,
        };

        // Keys and passwords of the server's environment are nothing to it.
        var kept = start.Environment.Where(e => e.Key is "PATH" or "DOTNET_ROOT" or "LD_LIBRARY_PATH" or "TMPDIR").ToList();
        start.Environment.Clear();
        kept.ForEach(e => start.Environment[e.Key] = e.Value);
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x10000000";
        try
        {
            return Process.Start(start) is { } process ? process : SandboxProblems.NotStarted(program);
        }
        catch (System.ComponentModel.Win32Exception fault)
        {
            return SandboxProblems.NotStarted(fault.Message);
        }
    }

    private static void Stop(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It had ended.
        }

        process.Dispose();
    }
}
