using Kangqiao.Codes;

// Writes content/terminology from the fact tables; with --check only says whether it is up to date.
if (ProjectFolder.Find() is not { } root)
{
    Console.Error.WriteLine("Kangqiao.slnx was not found above this program.");
    return 2;
}

var tables = args.FirstOrDefault(a => !a.StartsWith('-')) ?? Path.Combine(root, "..", "shared", "codes");
if (!Directory.Exists(tables))
{
    Console.Error.WriteLine($"The fact tables are not at {tables}: name their folder as the first argument.");
    return 2;
}

var target = Path.Combine(root, "content", "terminology");
var made = ContentFolder.Make(tables);
return args.Contains("--check") ? ContentFolder.Check(target, made) : ContentFolder.Write(target, made);
