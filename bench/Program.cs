using Kangqiao.Bench;
using Kangqiao.Bench.Kernel;

if (args.Length == 0 || args[0] is "--help" or "-h")
{
    Usage.Print();
    return args.Length == 0 ? 2 : 0;
}

var options = Options.Parse(args.AsSpan(1));
if (options is null)
{
    Usage.Print();
    return 2;
}

return args[0] switch
{
    "shapes" => ShapesCommand.Run(options),
    "kernel" => KernelCommand.Run(options),
    FactsCold.ChildCommand => FactsCold.Child(),
    "check" => CheckCommand.Run(options),
    _ => Usage.Unknown(args[0]),
};
