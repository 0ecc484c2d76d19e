using System.Collections.Frozen;
using Kangqiao.Kernel;

namespace Kangqiao.Ingest.Csv.Content;

/// <summary>The data sets of content/datasets, read, checked and compiled once.</summary>
public sealed class CsvContent
{
    private readonly FrozenDictionary<string, Dataset> datasets;

    internal CsvContent(IReadOnlyList<Dataset> all)
    {
        All = all;
        datasets = all.ToFrozenDictionary(d => d.Name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Their names, sorted.</summary>
    public IEnumerable<string> Names => All.Select(d => d.Name);

    internal IReadOnlyList<Dataset> All { get; }

    /// <summary>Reads the folder of data sets; the first thing that is wrong is named with its file and line.</summary>
    /// <param name="folder">content/datasets.</param>
    /// <param name="codes">content/terminology/codesystem, whose tables are the value domains.</param>
    public static Outcome<CsvContent> Load(string folder, string codes) => new DatasetReader(folder, new CodeTables(codes)).Read();

    internal Dataset? Find(string name) => datasets.GetValueOrDefault(name);

    /// <summary>The one data set whose required columns all stand in a header and which knows most of it; null for none or several.</summary>
    internal Dataset? Recognise(IReadOnlyList<string> headings)
    {
        Dataset? best = null;
        var most = 0;
        var isTie = false;
        foreach (var dataset in All)
        {
            var known = headings.Select(dataset.ColumnOf).OfType<Column>().Select(c => c.Index).ToHashSet();
            if (known.Count == 0 || dataset.Columns.Any(c => c.IsRequired && !known.Contains(c.Index)) || known.Count < most)
            {
                continue;
            }

            isTie = known.Count == most;
            (best, most) = (dataset, known.Count);
        }

        return isTie ? null : best;
    }
}
