using Kangqiao.Audit.Entries;
using Kangqiao.Audit.Index;
using Kangqiao.Audit.Trail;

namespace Kangqiao.Audit.Tests.Trail;

public sealed class AuditTrailTests
{
    [Fact]
    public async Task What_goes_in_comes_out()
    {
        await using var own = TestTrail.Start();
        var entry = new AuditEntry(AuditAction.Search, new AuditActor("clinician")
        {
            User = "u1", Client = "app", Institution = "AC001", Practitioner = "d1", Resident = "r1", Region = "511302", Purpose = "TREAT", Address = "2001:db8::1",
        })
        {
            Outcome = AuditOutcome.Refused,
            Right = "授权",
            Code = "RST019",
            Detail = "Observation?code=1234-5&patient=p1",
            Patients = ["018f3b2c-1234-7abc-8def-0123456789ab", "p1", "ABCDEF00-1234-7abc-8def-0123456789ab"],
            Records = [new("Observation", "o.1", 1, 1), new("Patient", "018f3b2c-1234-7abc-8def-0123456789ab", 12, 0), new("Organization", "x", 0)],
        };
        await own.AppendAsync(entry);
        var found = own.Trail.Index.Search(new AuditQuery { Patients = ["p1"] }).Entries.ShouldHaveSingleItem();
        found.At.ShouldBe(TestTrail.Begin);
        found.Entry.Actor.ShouldBe(entry.Actor);
        (found.Entry with { Actor = entry.Actor, Patients = entry.Patients, Records = entry.Records }).ShouldBe(entry);
        found.Entry.Patients.ShouldBe(entry.Patients);
        found.Entry.Records.ShouldBe(entry.Records);
        own.Trail.Index.Read(found.Place)!.Entry.Code.ShouldBe("RST019");
    }

    [Fact]
    public async Task A_read_takes_less_than_two_hundred_bytes_with_its_index()
    {
        await using var own = TestTrail.Start(o => o with { RunEntries = 1000 });
        const int Reads = 20_000;
        var entries = Enumerable.Range(0, Reads).Select(i => new AuditEntry(
            AuditAction.Read, new AuditActor("clinician") { User = $"user{i % 300}", Practitioner = $"018f3b2c-1234-7abc-8def-{i % 300:x12}", Institution = $"AC{i % 40:000}", Purpose = "TREAT", Address = $"10.1.{i % 7}.{i % 250}" })
        {
            Right = "treatment",
            Patients = [$"018f3b2c-1234-7abc-8def-{i % 5000:x12}"],
            Records = [new("Observation", $"018f3b2c-5678-7abc-8def-{i:x12}", 1, 0)],
        });
        foreach (var some in entries.Chunk(20))
        {
            (await own.Trail.AppendAsync(some)).ShouldBeNull();
        }

        own.Trail.Index.Count().ShouldBe(Reads + 1);
        await own.Trail.DisposeAsync();
        using var index = new TrailIndex(own.Options, isWorking: false);
        index.Work();
        var bytes = Directory.GetFiles(Path.Combine(own.Folder, "audit"), "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);
        (bytes / (double)Reads).ShouldBeLessThan(200);
    }

    [Fact]
    public async Task Callers_at_once_all_find_their_entries_again()
    {
        await using var own = TestTrail.Start(o => o with { RunEntries = 64 });
        await Parallel.ForAsync(0, 2000, async (i, _) => (await own.Trail.AppendAsync(TestTrail.Seen($"p{i % 100}", $"d{i % 7}"))).ShouldBeNull());
        for (var i = 0; i < 100; i++)
        {
            var page = own.Trail.Index.Search(new AuditQuery { Patients = [$"p{i}"], Limit = 100 });
            page.Entries.Count.ShouldBe(20);
            page.Total.ShouldBe(20);
        }

        own.Verify().Broken.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_entry_of_very_many_records_becomes_several()
    {
        await using var own = TestTrail.Start();
        var entry = TestTrail.Seen("p0") with
        {
            Action = AuditAction.Search,
            Patients = [.. Enumerable.Range(0, 30).Select(i => $"p{i}")],
            Records = [.. Enumerable.Range(0, 2500).Select(i => new AuditedRecord("Observation", $"o{i}", 1, i / 100))],
        };
        await own.AppendAsync(entry);
        var found = own.Trail.Index.Search(new AuditQuery { Patients = ["p11"] }).Entries.ShouldHaveSingleItem();
        found.Entry.Records.Count.ShouldBe(1000);
        found.Entry.Records.Count(r => found.Entry.Patients[r.Patient] == "p11").ShouldBe(100);
        own.Trail.Index.Search(new AuditQuery { Actor = "Practitioner/d1" }).Entries.Sum(e => e.Entry.Records.Count).ShouldBe(2500);
    }

    [Fact]
    public async Task Each_month_of_Shanghai_has_a_folder_and_parts_of_its_own()
    {
        await using var own = TestTrail.Start();
        own.Clock.Now = new DateTimeOffset(2026, 11, 30, 15, 59, 0, TimeSpan.Zero);
        await own.AppendAsync(TestTrail.Seen("p1"));
        own.Clock.Now = new DateTimeOffset(2026, 11, 30, 16, 1, 0, TimeSpan.Zero);
        await own.AppendAsync(TestTrail.Seen("p1"));
        own.Segments().Select(s => Path.GetFileName(Path.GetDirectoryName(s))).ShouldBe(["2026-11", "2026-12"]);
        own.Trail.Index.Search(new AuditQuery { Patients = ["p1"] }).Entries.Count.ShouldBe(2);
        own.Verify().Broken.ShouldBeEmpty();
    }

    [Fact]
    public async Task Time_does_not_go_back_in_the_trail_when_the_clock_does()
    {
        await using var own = TestTrail.Start();
        own.Clock.Now = TestTrail.Begin.AddHours(1);
        await own.AppendAsync(TestTrail.Seen("p1"));
        own.Clock.Now = TestTrail.Begin;
        await own.AppendAsync(TestTrail.Seen("p2"));
        own.Trail.Index.Search(new AuditQuery { Patients = ["p2"] }).Entries.Single().At.ShouldBe(TestTrail.Begin.AddHours(1));
    }

    [Fact]
    public async Task What_cannot_be_written_is_refused_and_later_it_can_again()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The folder is made unusable in the way of Unix");
        await using var own = TestTrail.Start();
        await own.AppendAsync(TestTrail.Seen("p1"));
        var folder = Path.Combine(own.Folder, "audit");

        // A new month asks for a new folder, and there is a file in its place.
        File.WriteAllText(Path.Combine(folder, "2026-12"), "");
        own.Clock.Now = new DateTimeOffset(2026, 12, 5, 0, 0, 0, TimeSpan.Zero);
        (await own.Trail.AppendAsync(TestTrail.Seen("p2")))!.Code.ShouldBe("AUD001");
        File.Delete(Path.Combine(folder, "2026-12"));
        await own.AppendAsync(TestTrail.Seen("p3"));
        own.Trail.Index.Search(new AuditQuery { Patients = ["p2"] }).Entries.ShouldBeEmpty();
        own.Trail.Index.Search(new AuditQuery { Patients = ["p3"] }).Entries.Count.ShouldBe(1);
        own.Verify().Broken.ShouldBeEmpty();
    }

    [Fact]
    public async Task Parts_whose_time_is_over_go_and_the_check_knows_that_they_went_by_right()
    {
        await using var own = TestTrail.Start(o => o with { KeepMonths = 6 });
        await own.AppendAsync(TestTrail.Seen("p1"));
        own.Clock.Now = TestTrail.Begin.AddMonths(6);
        await own.AppendAsync(TestTrail.Seen("p2"));
        var retention = new Retention(own.Trail, own.Ring, own.Clock);
        (await retention.RunAsync()).Value.ShouldBe(0);
        own.Clock.Now = TestTrail.Begin.AddMonths(7);
        await own.AppendAsync(TestTrail.Seen("p3"));
        (await retention.RunAsync()).Value.ShouldBe(1);
        own.Trail.Index.Search(new AuditQuery { Patients = ["p1"] }).Entries.ShouldBeEmpty();
        own.Trail.Index.Search(new AuditQuery { Patients = ["p2"] }).Entries.Count.ShouldBe(1);
        own.Trail.Index.Search(new AuditQuery { Actions = [AuditAction.Retire] }).Entries.Count.ShouldBe(1);
        var report = own.Verify();
        report.Broken.ShouldBeEmpty();
        report.Retired.ShouldBe(1);
    }
}
