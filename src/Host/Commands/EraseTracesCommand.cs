using System.CommandLine;
using System.Globalization;
using Kangqiao.Store.Postgres;

namespace Kangqiao.Host.Commands;

/// <summary>
/// <c>erase-traces</c>: writes PostgreSQL's tables of records anew, so that their files hold nothing of what was purged. SQLite
/// overwrites what a purge frees by itself.
/// </summary>
internal static class EraseTracesCommand
{
    public static Command Create()
    {
        var store = RecordStores.Option();
        var command = new Command(
            "erase-traces",
            "Write PostgreSQL's tables anew so that nothing of purged records is left in their files. Nobody reads or writes records meanwhile.")
        {
            store,
        };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(store), cancel));
        return command;
    }

    private static async Task<int> RunAsync(string? connection, CancellationToken cancel)
    {
        if (connection is null)
        {
            await Console.Error.WriteLineAsync("Nothing to do: without --store the records are in SQLite, which overwrites what a purge frees.");
            return ExitCode.Yes;
        }

        if (!(await new PostgresStoreMaker(new PostgresStoreOptions(connection), TimeProvider.System).EraseTracesAsync(cancel)).Try(out var tables, out var problem))
        {
            await Console.Error.WriteLineAsync(problem.Message);
            return ExitCode.Failure;
        }

        await Console.Error.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{tables} tables were written anew. Write-ahead logs, their archive and backups keep what they hold until they are gone."));
        return ExitCode.Yes;
    }
}
