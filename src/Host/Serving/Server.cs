using System.IO.Compression;
using System.Net;
using Kangqiao.Access.Roles;
using Kangqiao.Analytics.Lake;
using Kangqiao.Audit;
using Kangqiao.Audit.Http;
using Kangqiao.Fhir.Validation;
using Kangqiao.Identity;
using Kangqiao.Host.Commands;
using Kangqiao.Ingest;
using Kangqiao.Ingest.Http;
using Kangqiao.Ingest.Hl7v2.Mllp;
using Kangqiao.Kernel;
using Kangqiao.PatientIndex;
using Kangqiao.PatientIndex.Http;
using Kangqiao.Rest;
using Kangqiao.Rest.Callers;
using Kangqiao.Standard.Sensitivity;
using Kangqiao.Store;
using Kangqiao.Terminology;
using Kangqiao.Web;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Logging.Console;

namespace Kangqiao.Host.Serving;

/// <summary>Where a server listens and where its data lies.</summary>
internal sealed record ServerOptions(string Url, string DataFolder)
{
    /// <summary>Connection string of PostgreSQL for the records; null for SQLite in the data folder.</summary>
    public string? Store { get; init; }

    public RestOptions Rest { get; init; } = RestOptions.Default;

    /// <summary>The lake is kept up to date.</summary>
    public bool HasLake { get; init; }

    /// <summary>Where HL7 v2 over MLLP is listened for.</summary>
    public MllpListening Mllp { get; init; } = MllpListening.Nowhere;

    /// <summary>What the door keeps and takes; null for the usual.</summary>
    public DoorOptions? Door { get; init; }

    /// <summary>How people and systems sign in; null for the usual.</summary>
    public IdentityOptions? Identity { get; init; }

    /// <summary>How the audit trail is kept; null for the usual.</summary>
    public AuditOptions? Audit { get; init; }

    public WebOptions Web { get; init; } = new();
}

/// <summary>The platform's rooms joined into one running server. Stops when it is disposed of.</summary>
internal sealed class Server : IAsyncDisposable
{
    /// <summary>Folder of the data folder for files that can be made again.</summary>
    internal const string WorkName = "work";

    private readonly WebApplication application;
    private readonly IRecordStore store;
    private readonly PersonIndex persons;
    private readonly DoorMaking door;
    private readonly AuditMaking audit;
    private readonly RunningServer running;
    private readonly IReadOnlyList<MllpServer> mllp;

    private Server(
        WebApplication application, IRecordStore store, PersonIndex persons, DoorMaking door, AuditMaking audit, IdentityRoom identity, RunningServer running, IReadOnlyList<MllpServer> mllp)
    {
        this.audit = audit;
        Identity = identity;
        this.mllp = mllp;
        this.application = application;
        this.store = store;
        this.persons = persons;
        this.door = door;
        this.running = running;
    }

    /// <summary>Where people and systems sign in.</summary>
    public IdentityRoom Identity { get; }

    /// <summary>The addresses it listens on; with port 0 asked, the port that was given.</summary>
    public ICollection<string> Urls => application.Urls;

    public Door Door => door.Door;

    /// <summary>All that it answers.</summary>
    internal IReadOnlyList<Endpoint> Endpoints => application.Services.GetRequiredService<EndpointDataSource>().Endpoints;

    /// <summary>Where MLLP is listened for.</summary>
    public IReadOnlyList<IPEndPoint> MllpEndpoints => [.. mllp.Select(m => m.Endpoint)];

    /// <summary>Opens the data folder and listens.</summary>
    public static async Task<Outcome<Server>> StartAsync(ServerOptions options, TimeProvider time, CancellationToken cancel)
    {
        if (!TerminologyFollower.Shipped().Try(out var shipped, out var problem)
            || !LakeFollower.Shipped().Try(out var tables, out problem)
            || !AccessContent.Sensitivity().Try(out var sensitivity, out problem)
            || !AccessContent.Roles(sensitivity).Try(out var roles, out problem)
            || !TokenKey.In(options.DataFolder).Try(out var key, out problem)
            || !TokenKey.In(options.DataFolder, "subscription.key").Try(out var signing, out problem)
            || !TokenKey.In(options.DataFolder, "pages.key").Try(out var pages, out problem)
            || !(await RecordStores.Maker(options.DataFolder, options.Store, time).OpenAsync(cancel)).Try(out var store, out problem))
        {
            return problem;
        }

        var terminology = new TerminologyStore(shipped);
        var service = new TerminologyService(terminology, time);
        var validator = new Validator(new ValidationOptions { Terminology = service, Time = time, BestPractice = BestPractice.Ignore });
        var log = LoggerFactory.Create(Log).CreateLogger("Kangqiao.Door");
        if (!(await PersonMaking.OpenAsync(store, validator, time, log, cancel)).Try(out var persons, out problem))
        {
            await store.DisposeAsync();
            return problem;
        }

        if (!AuditMaking.Open(options.Audit ?? new AuditOptions(options.DataFolder), persons.Store, time, log).Try(out var audit, out problem))
        {
            await persons.DisposeAsync();
            await store.DisposeAsync();
            return problem;
        }

        if (!(await DoorMaking.OpenAsync(DoorAudit.With(options.Door ?? new DoorOptions(options.DataFolder), audit.Trail), options.Store, persons, validator, service, time, log, cancel))
            .Try(out var door, out problem))
        {
            await audit.DisposeAsync();
            await persons.DisposeAsync();
            await store.DisposeAsync();
            return problem;
        }

        var taking = new MllpDoor(door.Door, time);
        var tokens = new BearerTokens(key, time);
        if (!IdentityMaking.Open(options.Identity ?? new IdentityOptions(options.DataFolder), door, audit, persons, tokens, time, log).Try(out var identity, out problem))
        {
            await door.DisposeAsync();
            await audit.DisposeAsync();
            await persons.DisposeAsync();
            await store.DisposeAsync();
            return problem;
        }

        var built = Build(With(options, signing), persons, terminology, service, validator, tokens, sensitivity, roles, door, audit, identity, taking, tables, pages, time, log);
        try
        {
            await built.StartAsync(cancel);
        }
        catch (IOException fault)
        {
            await built.DisposeAsync();
            await identity.DisposeAsync();
            await door.DisposeAsync();
            await audit.DisposeAsync();
            await persons.DisposeAsync();
            await store.DisposeAsync();
            return new Problem("HST005", ProblemKind.Unavailable, $"{options.Url} cannot be listened on: {fault.Message}");
        }

        if (!options.Mllp.Start(taking, time).Try(out var listening, out problem))
        {
            await built.StopAsync(cancel);
            await built.DisposeAsync();
            await identity.DisposeAsync();
            await door.DisposeAsync();
            await audit.DisposeAsync();
            await persons.DisposeAsync();
            await store.DisposeAsync();
            return problem;
        }

        return new Server(built, store, persons, door, audit, identity, RunningServer.Tell(options.DataFolder, built.Urls.First()), listening);
    }

    public Task WaitForShutdownAsync() => application.WaitForShutdownAsync();

    public async ValueTask DisposeAsync()
    {
        // First no more requests, then no more work, then no more store.
        running.Dispose();
        await Task.WhenAll(mllp.Select(m => m.DisposeAsync().AsTask()));
        await application.StopAsync();
        await application.DisposeAsync();
        await Identity.DisposeAsync();
        await door.DisposeAsync();
        await audit.DisposeAsync();
        await persons.DisposeAsync();
        await store.DisposeAsync();
    }

    private static ServerOptions With(ServerOptions options, byte[] signing) => options with
    {
        Rest = options.Rest with
        {
            SmartConfiguration = IdentityMaking.SmartConfiguration,
            OwnAddress = options.Url.TrimEnd('/') + "/fhir",
            WorkFolder = Path.Combine(options.DataFolder, WorkName),
            Subscriptions = options.Rest.Subscriptions with
            {
                Key = signing,
                TopicFolder = options.Rest.Subscriptions.TopicFolder ?? Path.Combine(AppContext.BaseDirectory, "content", "topics"),
            },
        },
    };

    private static void Log(ILoggingBuilder logging)
    {
        // Standard output carries results only.
        logging.ClearProviders();
        logging.AddSimpleConsole(console => console.SingleLine = true);
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.SetMinimumLevel(LogLevel.Warning);
    }

    private static WebApplication Build(
        ServerOptions options, PersonIndex persons, TerminologyStore terminology, TerminologyService service, Validator validator, BearerTokens tokens,
        SensitivityRules sensitivity, RoleBook roles, DoorMaking door, AuditMaking audit, IdentityRoom identity, MllpDoor taking, IReadOnlyList<LakeTable> tables,
        byte[] pages, TimeProvider time, ILogger log)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(options.Url);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;

            // The FHIR interface has a bound of its own and answers with an OperationOutcome; this one only ends what goes on after it.
            kestrel.Limits.MaxRequestBodySize = options.Rest.MostBodyBytes + (1024L * 1024);
        });

        Log(builder.Logging);
        builder.Services
            .AddSingleton(persons.Store)
            .AddSingleton(persons)
            .AddSingleton(terminology)
            .AddSingleton(service)
            .AddHostedService<TerminologyFollower>()
            .AddSingleton(time)
            .AddSingleton(tokens)
            .AddSingleton(audit.Trail)
            .AddSingleton(validator)
            .AddSingleton(sensitivity)
            .AddSingleton(roles)
            .AddRest(options.Rest)
            .AddWeb()
            .AddResponseCompression(compression =>
            {
                compression.EnableForHttps = true;
                compression.MimeTypes = ["application/fhir+json", "application/fhir+xml", "application/json", "text/html"];
            })
            .Configure<BrotliCompressionProviderOptions>(brotli => brotli.Level = CompressionLevel.Fastest)
            .Configure<GzipCompressionProviderOptions>(gzip => gzip.Level = CompressionLevel.Fastest);
        if (options.HasLake)
        {
            builder.Services
                .AddSingleton(new LakePlace(LakeFollower.FolderIn(options.DataFolder), tables))
                .AddHostedService<LakeFollower>();
        }

        var built = builder.Build();
        built.UseResponseCompression();
        built.UseDoorAudit(audit.Trail, tokens);
        built.MapRest();
        built.MapAudit(audit.Trail, audit.Watcher, AuditMaking.Neighbours(tokens, new PatientsOfPerson(persons.Store), door.Door.Senders));
        built.MapIdentity(identity, new IdentityMaking(tokens));
        built.MapDoor(door.Door, taking, http => WhoAsksAsync(http, tokens), log);
        built.MapPersonIndex(persons, async http => await tokens.OfAsync(http.Request) is { } caller
            ? new IndexCaller(caller.Role, caller.Institution, caller.Region, caller.Practitioner ?? "")
            : null);
        built.MapGet("/healthz", () => "ok");
        built.MapGet("/readyz", async (HttpContext http) =>
            (await persons.Store.StatisticsAsync(http.RequestAborted)).IsSuccess ? Results.Text("ok") : Results.StatusCode(503));
        built.MapWeb(door.Door, pages, options.Web);
        return built;
    }

    private static async ValueTask<DoorCaller?> WhoAsksAsync(HttpContext http, BearerTokens tokens) =>
        await tokens.OfAsync(http.Request) is { } caller ? new DoorCaller(caller.Role, caller.Institution) : null;
}
