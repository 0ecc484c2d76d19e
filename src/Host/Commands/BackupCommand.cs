using System.CommandLine;
using Kangqiao.Host.Backups;

namespace Kangqiao.Host.Commands;

/// <summary><c>backup DIR</c> and <c>restore DIR</c>: everything a server keeps, and its return. A backup is made beside a running server.</summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "A new or empty folder" };
        var data = DataFolder.Option();
        var store = RecordStores.Option();
        var command = new Command("backup", "Copy the records and the data folder, keys included, consistently and with hashes, beside a running server.") { folder, data, store };
        command.SetAction((parsed, cancel) => RunAsync(
            parsed.GetRequiredValue(folder), parsed.GetRequiredValue(data), parsed.GetValue(store), isRestore: false, cancel));
        return command;
    }

    public static Command CreateRestore()
    {
        var folder = new Argument<string>("DIR") { Description = "A folder that backup has made" };
        var data = DataFolder.Option();
        var store = RecordStores.Option();
        var command = new Command("restore", "Bring a backup back into an empty data folder, after looking at every file's hash.") { folder, data, store };
        command.SetAction((parsed, cancel) => RunAsync(
            parsed.GetRequiredValue(folder), parsed.GetRequiredValue(data), parsed.GetValue(store), isRestore: true, cancel));
        return command;
    }

    private static async Task<int> RunAsync(string folder, string data, string? store, bool isRestore, CancellationToken cancel)
    {
        var maker = RecordStores.Maker(data, store, TimeProvider.System);
        if (!(await RecordStores.LedgerAsync(data, store, TimeProvider.System, cancel)).Try(out var ledger, out var refused))
        {
            await Console.Error.WriteLineAsync(refused.Message);
            return ExitCode.Failure;
        }

        var kind = store is null ? "sqlite" : "postgres";
        var done = isRestore
            ? await DataBackup.RestoreAsync(maker, ledger, kind, data, folder, cancel)
            : await DataBackup.MakeAsync(maker, ledger, kind, data, folder, TimeProvider.System, cancel);
        if (!done.Try(out var manifest, out var problem))
        {
            await Console.Error.WriteLineAsync(problem.Message);
            return ExitCode.Failure;
        }

        await Console.Error.WriteLineAsync(DataBackup.Tell(manifest));
        return ExitCode.Yes;
    }
}
