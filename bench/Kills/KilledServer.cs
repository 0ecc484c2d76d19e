using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Kangqiao.Bench.Kills;

/// <summary>The server as a process that is killed and started again over the same data.</summary>
internal sealed class KilledServer(string program, string data, string? store, int port) : IDisposable
{
    private readonly HttpClient probe = new() { Timeout = TimeSpan.FromSeconds(2) };
    private Process? process;

    public string Base { get; } = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/fhir");

    public int Pid => process!.Id;

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <returns>From the start of the process until it says that it is ready.</returns>
    /// <param name="more">Further words of the command line.</param>
    public async Task<TimeSpan> StartAsync(CancellationToken cancel, params string[] more)
    {
        var watch = Stopwatch.StartNew();
        process = Process.Start(Describe("serve", ["--url", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"), .. more]))!;
        await ReadyAsync(cancel);
        return watch.Elapsed;
    }

    /// <summary>Waits until it serves, as after its database came back.</summary>
    public async Task ReadyAsync(CancellationToken cancel)
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/readyz");
        while (true)
        {
            if (process!.HasExited)
            {
                throw new InvalidOperationException($"The server ended by itself with {process.ExitCode}.");
            }

            try
            {
                using var answer = await probe.GetAsync(address, cancel);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (Exception failure) when (failure is HttpRequestException || (failure is OperationCanceledException && !cancel.IsCancellationRequested))
            {
                // Not yet.
            }

            await Task.Delay(10, cancel);
        }
    }

    /// <summary>SIGKILL: it has no chance to say goodbye.</summary>
    public async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync();
    }

    public async Task<string> TokenAsync(CancellationToken cancel)
    {
        var description = Describe("token", "--role", "system", "--minutes", "1440");
        description.RedirectStandardOutput = true;
        using var asked = Process.Start(description)!;
        var token = await asked.StandardOutput.ReadToEndAsync(cancel);
        await asked.WaitForExitAsync(cancel);
        return token.Trim();
    }

    public void Dispose()
    {
        if (process is { HasExited: false })
        {
            process.Kill();
            process.WaitForExit();
        }

        process?.Dispose();
        process = null;
        probe.Dispose();
    }

    private ProcessStartInfo Describe(string command, params string[] arguments)
    {
        var description = new ProcessStartInfo(program) { UseShellExecute = false };
        foreach (var argument in (string[])[command, .. arguments, "--data", data])
        {
            description.ArgumentList.Add(argument);
        }

        if (store is not null && command == "serve")
        {
            description.ArgumentList.Add("--store");
            description.ArgumentList.Add(store);
        }

        return description;
    }
}
