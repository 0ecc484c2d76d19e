using Kangqiao.Bench;
using Kangqiao.Bench.Audit;
using Kangqiao.Bench.City;
using Kangqiao.Bench.Fuzz;
using Kangqiao.Bench.Ingest;
using Kangqiao.Bench.Kernel;
using Kangqiao.Bench.Kills;
using Kangqiao.Bench.Load;
using Kangqiao.Bench.Load.Floors;
using Kangqiao.Bench.Persons;
using Kangqiao.Bench.Views;

if (args.Length == 0 || args[0] is "--help" or "-h")
{
    Usage.Print();
    return args.Length == 0 ? 2 : 0;
}

if (args[0] == "load")
{
    return args is [_, "floors", ..] ? await FloorsCommand.RunAsync(args[2..]) : await LoadCommand.RunAsync(args[1..]);
}

if (args[0] == "ingest" && args.ElementAtOrDefault(1) == "mllp")
{
    return Options.Parse(args.AsSpan(2)) is { } asked ? await MllpCommand.RunAsync(asked) : Usage.Unknown("ingest mllp");
}

if (args[0] == "ingest")
{
    return IngestCommand.Run(args[1..]);
}

var options = Options.Parse(args.AsSpan(1));
if (options is null)
{
    Usage.Print();
    return 2;
}

if (args[0] == "match")
{
    return MatchCommand.Run((int)options.Number("residents", 1_000_000), (int)options.Number("records", 2), (int)options.Number("queries", 20_000), options.Seed());
}

if (args[0] == "kills")
{
    return await KillsCommand.RunAsync(options);
}

if (args[0] == "audit")
{
    return await AuditCommand.RunAsync(options);
}

if (args[0] == "city")
{
    return await CityCommand.RunAsync(options);
}

return args[0] switch
{
    "shapes" => ShapesCommand.Run(options),
    "kernel" => KernelCommand.Run(options),
    "views" => ViewsCommand.Run(options),
    FactsCold.ChildCommand => FactsCold.RunHere(),
    "fuzz" => FuzzCommand.Run(options),
    FuzzCommand.ChildCommand => FuzzCommand.RunHere(options),
    "memory" => MemoryCommand.Run(options),
    "check" => CheckCommand.Run(options),
    _ => Usage.Unknown(args[0]),
};
