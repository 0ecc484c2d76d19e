using Kangqiao.Facts;
using Kangqiao.Facts.Making;
using Kangqiao.Facts.Reading;

// Writes src/Fhir/Facts/r4.facts from the published definitions; with --check only says whether it is up to date.
if (ProjectFolder.Find() is not { } root)
{
    Console.Error.WriteLine("Kangqiao.slnx was not found above this program.");
    return 2;
}

var target = ProjectFolder.FactsFile(root);
var made = FactsMaking.Make(new PublishedFiles(ProjectFolder.NpmPackages(root)));
if (args.Contains("--check"))
{
    if (File.Exists(target) && File.ReadAllBytes(target).AsSpan().SequenceEqual(made))
    {
        return 0;
    }

    Console.Error.WriteLine($"{target} is not what the published definitions say: dotnet run --project tools/Facts");
    return 1;
}

File.WriteAllBytes(target, made);
Console.WriteLine($"{target}: {made.Length} bytes");
return 0;
