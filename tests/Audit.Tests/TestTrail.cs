using Kangqiao.Audit.Entries;
using Kangqiao.Audit.Trail;
using Kangqiao.Crypto.Keys;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kangqiao.Audit.Tests;

/// <summary>A clock that is set by hand.</summary>
internal sealed class HandClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}

/// <summary>A trail in a folder of its own, which goes with the test.</summary>
internal sealed class TestTrail : IAsyncDisposable
{
    private TestTrail(string folder, AuditOptions options, HandClock clock, KeyRing ring)
    {
        Folder = folder;
        Options = options;
        Clock = clock;
        Ring = ring;
        Trail = Open();
    }

    public static readonly DateTimeOffset Begin = new(2026, 11, 22, 2, 0, 0, TimeSpan.Zero);

    public string Folder { get; }

    public AuditOptions Options { get; }

    public HandClock Clock { get; }

    public KeyRing Ring { get; }

    public AuditTrail Trail { get; private set; }

    public static TestTrail Start(Func<AuditOptions, AuditOptions>? with = null)
    {
        var folder = Directory.CreateTempSubdirectory("kq-audit-").FullName;
        var options = new AuditOptions(folder);
        var clock = new HandClock(Begin);
        return new(folder, with?.Invoke(options) ?? options, clock, KeyRing.Open(folder, clock).Value);
    }

    public static AuditEntry Seen(string patient, string by = "d1", string institution = "AC001") =>
        new(AuditAction.Read, new AuditActor("clinician") { Practitioner = by, Institution = institution, Purpose = "TREAT", Address = "10.0.0.1" })
        {
            Right = "treatment",
            Patients = [patient],
            Records = [new("Observation", "018f3b2c-1234-7abc-8def-0123456789ab", 3, 0)],
        };

    public async Task AppendAsync(params AuditEntry[] entries)
    {
        foreach (var entry in entries)
        {
            (await Trail.AppendAsync(entry)).ShouldBeNull();
        }
    }

    public async Task RestartAsync()
    {
        await Trail.DisposeAsync();
        Trail = Open();
    }

    /// <summary>What the check says of the folder as it is.</summary>
    public VerificationReport Verify() => new Verification(Options, Ring).Run(null, CancellationToken.None);

    public string[] Segments() => [.. Directory.GetFiles(Path.Combine(Folder, "audit"), "*.kqa", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    public async ValueTask DisposeAsync()
    {
        await Trail.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private AuditTrail Open() => AuditTrail.Open(Options, Ring, Clock, NullLogger.Instance).Value;
}
