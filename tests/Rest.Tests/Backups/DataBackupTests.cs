using Kangqiao.Host.Backups;
using Kangqiao.Host.Commands;
using Kangqiao.Rest.Callers;

namespace Kangqiao.Rest.Tests.Backups;

public sealed class DataBackupTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("kangqiao-backup-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task A_server_goes_on_elsewhere_with_its_records_its_keys_and_its_other_files()
    {
        var copy = Path.Combine(root, "copy");
        await using var server = await OwnServer.StartAsync();
        for (var i = 0; i < 20; i++)
        {
            await server.PutAsync(Sample.Patient($"Name{i}", $"p{i}"));
        }

        Directory.CreateDirectory(Path.Combine(server.Folder, "raw", "2026"));
        await File.WriteAllTextAsync(Path.Combine(server.Folder, "raw", "2026", "message.hl7"), "MSH|", Cancel);
        await server.DoneAsync(await server.SendAsync("GET", "$export"));

        // Beside the running server, as another process would.
        var made = (await MakeAsync(server.Folder, copy)).ShouldNotBeNull();
        await server.PutAsync(Sample.Patient(id: "later"));

        made.Records.ShouldBe(60, "each of the 20 has its resident: a Person and a composed Patient");
        made.Files.Select(f => f.Path).ShouldContain("data/keys/token.key");
        made.Files.Select(f => f.Path).ShouldContain("data/keys/subscription.key");
        made.Files.Select(f => f.Path).ShouldContain("data/raw/2026/message.hl7");
        made.Files.ShouldAllBe(f => !f.Path.StartsWith("data/work/", StringComparison.Ordinal) && !f.Path.StartsWith("data/records", StringComparison.Ordinal));

        var place = Path.Combine(root, "restored");
        (await DataBackup.RestoreAsync(RecordStores.Maker(place, null, TimeProvider.System), await LedgerAsync(place), "sqlite", place, copy, Cancel)).Problem.ShouldBeNull();
        await using var restored = await OwnServer.StartAsync(folder: place);
        restored.Http.DefaultRequestHeaders.Authorization = new("Bearer", server.Token(Roles.System));
        (await restored.SendAsync("GET", "Patient/p7")).Text.ShouldContain("Name7", customMessage: "the tokens of before are good, for the key came too");
        (await restored.SendAsync("GET", "Patient/later")).Status.ShouldBe(404);
        (await restored.SendAsync("GET", "Patient?_summary=count")).Json["total"]!.GetValue<int>().ShouldBe(20);
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(Path.Combine(place, "keys", "token.key")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Theory]
    [InlineData("data/keys/token.key", "HST012")]
    [InlineData("records/records.sqlite", "HST012")]
    [InlineData("manifest.json", "STO028")]
    public async Task A_backup_that_is_not_as_it_was_made_is_not_restored(string file, string code)
    {
        await using var server = await OwnServer.StartAsync();
        await server.PutAsync(Sample.Patient(id: "p1"));
        var copy = Path.Combine(root, "copy");
        await MakeAsync(server.Folder, copy);
        var bytes = await File.ReadAllBytesAsync(Path.Combine(copy, file), Cancel);
        bytes[bytes.Length / 2] ^= 0x81;
        await File.WriteAllBytesAsync(Path.Combine(copy, file), bytes, Cancel);
        var place = Path.Combine(root, "restored");

        (await DataBackup.RestoreAsync(RecordStores.Maker(place, null, TimeProvider.System), await LedgerAsync(place), "sqlite", place, copy, Cancel)).Problem.ShouldNotBeNull().Code.ShouldBe(code);

        Directory.Exists(place).ShouldBeFalse("nothing was touched");
    }

    [Fact]
    public async Task Nothing_is_written_over_and_a_backup_goes_back_to_what_it_came_from()
    {
        await using var server = await OwnServer.StartAsync();
        await server.PutAsync(Sample.Patient(id: "p1"));
        var copy = Path.Combine(root, "copy");
        await MakeAsync(server.Folder, copy);

        (await DataBackup.MakeAsync(RecordStores.Maker(server.Folder, null, TimeProvider.System), await LedgerAsync(server.Folder), "sqlite", server.Folder, copy, TimeProvider.System, Cancel))
            .Problem.ShouldNotBeNull().Code.ShouldBe("STO027");
        (await DataBackup.RestoreAsync(RecordStores.Maker(server.Folder, null, TimeProvider.System), await LedgerAsync(server.Folder), "sqlite", server.Folder, copy, Cancel))
            .Problem.ShouldNotBeNull().Code.ShouldBe("STO029");
        (await DataBackup.RestoreAsync(RecordStores.Maker(root, null, TimeProvider.System), await LedgerAsync(root), "postgres", Path.Combine(root, "x"), copy, Cancel))
            .Problem.ShouldNotBeNull().Code.ShouldBe("HST011");
    }

    private static async Task<Kangqiao.Store.IStoreMaker> LedgerAsync(string data) =>
        (await RecordStores.LedgerAsync(data, null, TimeProvider.System, Cancel)).Value;

    private static async Task<BackupManifest?> MakeAsync(string data, string copy) =>
        (await DataBackup.MakeAsync(RecordStores.Maker(data, null, TimeProvider.System), await LedgerAsync(data), "sqlite", data, copy, TimeProvider.System, Cancel)).Value;
}
