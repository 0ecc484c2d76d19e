using Kangqiao.Analytics.Sandbox;
using Xunit.Runner.InProc.SystemConsole;

return args is [SqlChild.Command]
    ? SqlChild.Run(Console.OpenStandardInput(), Console.OpenStandardOutput())
    : await ConsoleRunner.Run(args);
