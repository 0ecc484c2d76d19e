using Kangqiao.Store.Tests.Sqlite;
using Xunit.Runner.InProc.SystemConsole;

return args is [CrashWriter.Command, var folder]
    ? await CrashWriter.RunAsync(folder)
    : await ConsoleRunner.Run(args);
