using System.IO.Compression;
using Kangqiao.Fhir.Validation;
using Kangqiao.Host.Commands;
using Kangqiao.Kernel;
using Kangqiao.Rest;
using Kangqiao.Rest.Callers;
using Kangqiao.Store;
using Kangqiao.Terminology;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Logging.Console;

namespace Kangqiao.Host.Serving;

/// <summary>Where a server listens and where its data lies.</summary>
internal sealed record ServerOptions(string Url, string DataFolder)
{
    /// <summary>Connection string of PostgreSQL for the records; null for SQLite in the data folder.</summary>
    public string? Store { get; init; }

    public RestOptions Rest { get; init; } = RestOptions.Default;
}

/// <summary>The platform's rooms joined into one running server. Stops when it is disposed of.</summary>
internal sealed class Server : IAsyncDisposable
{
    /// <summary>Folder of the data folder for files that can be made again.</summary>
    internal const string WorkName = "work";

    private readonly WebApplication application;
    private readonly IRecordStore store;

    private Server(WebApplication application, IRecordStore store)
    {
        this.application = application;
        this.store = store;
    }

    /// <summary>The addresses it listens on; with port 0 asked, the port that was given.</summary>
    public ICollection<string> Urls => application.Urls;

    /// <summary>Opens the data folder and listens.</summary>
    public static async Task<Outcome<Server>> StartAsync(ServerOptions options, TimeProvider time, CancellationToken cancel)
    {
        if (!TerminologyFollower.Shipped().Try(out var shipped, out var problem)
            || !TokenKey.In(options.DataFolder).Try(out var key, out problem)
            || !(await RecordStores.Maker(options.DataFolder, options.Store, time).OpenAsync(cancel)).Try(out var store, out problem))
        {
            return problem;
        }

        var built = Build(options, store, new TerminologyStore(shipped), new BearerTokens(key, time), time);
        try
        {
            await built.StartAsync(cancel);
        }
        catch (IOException fault)
        {
            await built.DisposeAsync();
            await store.DisposeAsync();
            return new Problem("HST005", ProblemKind.Unavailable, $"{options.Url} cannot be listened on: {fault.Message}");
        }

        return new Server(built, store);
    }

    public Task WaitForShutdownAsync() => application.WaitForShutdownAsync();

    public async ValueTask DisposeAsync()
    {
        // First no more requests, then no more store.
        await application.StopAsync();
        await application.DisposeAsync();
        await store.DisposeAsync();
    }

    private static WebApplication Build(ServerOptions options, IRecordStore store, TerminologyStore terminology, BearerTokens tokens, TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(options.Url);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // The FHIR interface has a bound of its own and answers with an OperationOutcome; this one only ends what goes on after it.
            kestrel.Limits.MaxRequestBodySize = options.Rest.MostBodyBytes + (1024L * 1024);
        });

        // Standard output carries results only.
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var service = new TerminologyService(terminology, time);
        builder.Services
            .AddSingleton(store)
            .AddSingleton(terminology)
            .AddSingleton(service)
            .AddHostedService<TerminologyFollower>()
            .AddSingleton(time)
            .AddSingleton(tokens)
            .AddSingleton(new Validator(new ValidationOptions { Terminology = service, Time = time, BestPractice = BestPractice.Ignore }))
            .AddRest(options.Rest with { WorkFolder = Path.Combine(options.DataFolder, WorkName) })
            .AddResponseCompression(compression =>
            {
                compression.EnableForHttps = true;
                compression.MimeTypes = ["application/fhir+json", "application/fhir+xml", "application/json"];
            })
            .Configure<BrotliCompressionProviderOptions>(brotli => brotli.Level = CompressionLevel.Fastest)
            .Configure<GzipCompressionProviderOptions>(gzip => gzip.Level = CompressionLevel.Fastest);
        var built = builder.Build();
        built.UseResponseCompression();
        built.MapRest();
        built.MapGet("/healthz", () => "ok");
        built.MapGet("/readyz", async (HttpContext http) =>
            (await store.StatisticsAsync(http.RequestAborted)).IsSuccess ? Results.Text("ok") : Results.StatusCode(503));
        return built;
    }
}
