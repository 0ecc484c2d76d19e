using System.CommandLine;
using Kangqiao.Analytics.Sandbox;
using Kangqiao.Host.Commands;

if (args is [SqlChild.Command])
{
    return SqlChild.Run(Console.OpenStandardInput(), Console.OpenStandardOutput());
}

// Standard output carries results only; exit codes are 0 yes, 1 no, 2 failure.
var root = new RootCommand("康桥 Kangqiao: a city's health records, in through one door and out as law and consent allow.")
{
    ServeCommand.Create(),
    LoadCommand.Create(),
    TokenCommand.Create(),
    BackupCommand.Create(),
    BackupCommand.CreateRestore(),
    ReindexCommand.Create(),
    AuditCommand.Create(),
    EraseTracesCommand.Create(),
    ValidateCommand.Create(),
    FhirPathCommand.Create(),
    ViewCommand.Create(),
    LakeCommand.Create(),
    CityCommand.Create(),
    DemoCommand.Create(),
    LinkCommand.Create(),
};

var parsed = root.Parse(args);
var exitCode = await parsed.InvokeAsync();

// The library answers 1 to a command line it cannot read; here 1 means "no", so that becomes a failure.
return parsed.Errors.Count > 0 ? ExitCode.Failure : exitCode;
