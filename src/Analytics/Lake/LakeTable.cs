using System.Security.Cryptography;
using Kangqiao.Analytics.Rows;
using Kangqiao.Analytics.Views;
using Kangqiao.Fhir.Findings;
using Kangqiao.Kernel;

namespace Kangqiao.Analytics.Lake;

/// <summary>
/// A table of the lake: a view over all records of its type. Its column <c>id</c> is the record's key; its column <c>day</c>, where it has
/// one, is a DATE and says in which month's files a row lies.
/// </summary>
/// <param name="Name">The view's name.</param>
/// <param name="Mark">Changes when the view does; the table is then made anew.</param>
public sealed record LakeTable(string Name, View View, string Mark)
{
    internal bool HasDay { get; } = View.Columns.Any(c => c.Name == "day");

    /// <summary>Every view of a folder (content/views). Any finding refuses: a table that is half understood shows wrong numbers.</summary>
    public static Outcome<IReadOnlyList<LakeTable>> Load(string folder)
    {
        var tables = new List<LakeTable>();
        foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal) : Enumerable.Empty<string>())
        {
            var bytes = File.ReadAllBytes(file);
            if (!Read(Path.GetFileName(file), bytes).Try(out var table, out var problem))
            {
                return problem;
            }

            if (tables.Exists(t => t.Name == table.Name))
            {
                return LakeProblems.BadView(Path.GetFileName(file), $"there is another view named {table.Name}.");
            }

            tables.Add(table);
        }

        return tables;
    }

    /// <param name="file">For the message.</param>
    public static Outcome<LakeTable> Read(string file, ReadOnlySpan<byte> json)
    {
        var findings = new FindingList();
        var view = View.Read(json, findings);
        if (view is null || findings.Count > 0)
        {
            var first = findings.Items[0];
            return LakeProblems.BadView($"{file}({first.Line},{first.Column})", $"{first.Kind.Code} {first.Path}: {first.English}");
        }

        return view.Name is not { } name ? LakeProblems.BadView(file, "a table needs a name.")
            : view.Columns[0] is not { Name: "id", IsCollection: false } ? LakeProblems.BadView(file, "the first column has to be id, the record's key.")
            : view.Columns.FirstOrDefault(c => c.Name == "day") is { } day && SqlTypes.Of(day).Kind != Duck.DuckKind.Date ? LakeProblems.BadView(file, "the column day has to be a DATE (tag ansi/type).")
            : view.Columns.Any(c => c.Name == "month") ? LakeProblems.BadView(file, "the column month is the lake's own.")
            : new LakeTable(name, view, Convert.ToHexStringLower(SHA256.HashData(json))[..16]);
    }
}

/// <summary>Every way the lake can be refused.</summary>
internal static class LakeProblems
{
    public static Problem BadView(string place, string what) => new("LAK001", ProblemKind.Invalid, $"{place}: {what}");

    public static Problem Busy() => new("LAK002", ProblemKind.Conflict, "The lake is being refreshed by another process.");

    public static Problem Broken(string what) => new("LAK003", ProblemKind.Unavailable, $"The lake cannot be written: {what}");
}
