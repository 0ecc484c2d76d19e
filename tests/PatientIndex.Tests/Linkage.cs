using Kangqiao.PatientIndex.Model;
using Kangqiao.PatientIndex.Offline;
using Kangqiao.PatientIndex.Rows;
using Shouldly;
using Xunit;

namespace Kangqiao.PatientIndex.Tests;

/// <summary>The general model at work on a few rows or on a public set.</summary>
internal static class Linkage
{
    private static readonly string Root = FindRoot();

    public static MatchModel Model { get; } =
        MatchModel.Parse(File.ReadAllBytes(Path.Combine(Root, "content", "matching", "general", "model.json"))).Value;

    /// <summary>A file of ../shared/conformance/linkage; the test is skipped where it is absent.</summary>
    public static string Shared(string file)
    {
        var path = Path.Combine(Root, "..", "shared", "conformance", "linkage", file);
        Assert.SkipUnless(File.Exists(path), "The labelled rows are not here.");
        return path;
    }

    /// <summary>Links the rows among others that have nothing to do with them, so that there is something to learn from.</summary>
    public static LinkResult Among(Crowd crowd, params PersonValues[] rows)
    {
        var run = new LinkRun(Model);
        foreach (var row in rows)
        {
            run.Add(row);
        }

        foreach (var row in crowd.Rows)
        {
            run.Add(row);
        }

        return run.Finish();
    }

    public static Decision Between(this LinkResult result, int left, int right)
    {
        foreach (var pair in result.Pairs)
        {
            if (pair.Left == Math.Min(left, right) && pair.Right == Math.Max(left, right))
            {
                return pair.Decision;
            }
        }

        return Decision.None;
    }

    public static (LinkResult Result, List<string> Ids) Run(string path)
    {
        var run = new LinkRun(Model);
        var ids = new List<string>();
        PersonFile.Read(path, Model, (id, values) =>
        {
            ids.Add(id);
            run.Add(values);
        }).Problem.ShouldBeNull();
        return (run.Finish(), ids);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Kangqiao.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("The tests run outside the project.");
    }
}
