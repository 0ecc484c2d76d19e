using System.Globalization;

namespace Kangqiao.City.Content;

/// <summary>A table of content: tab-separated, # for comments, the first other line its header, "-" for nothing.</summary>
internal sealed class Table
{
    private readonly Dictionary<string, int> columns = new(StringComparer.Ordinal);
    private readonly List<(int Line, string[] Cells)> rows = [];

    private Table(string file) => File = file;

    public string File { get; }

    public IEnumerable<Row> Rows => rows.Select(r => new Row(this, r.Line, r.Cells));

    /// <exception cref="TableException">There is no such table, or a line of it has not as many cells as the header.</exception>
    public static Table Read(string folder, string name)
    {
        var table = new Table(name + ".tsv");
        var path = Path.Combine(folder, table.File);
        if (!System.IO.File.Exists(path))
        {
            throw new TableException(Problems.NoTable(path));
        }

        var number = 0;
        foreach (var line in System.IO.File.ReadLines(path))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var cells = line.Split('\t');
            if (table.columns.Count == 0)
            {
                for (var i = 0; i < cells.Length; i++)
                {
                    table.columns[cells[i]] = i;
                }
            }
            else if (cells.Length != table.columns.Count)
            {
                throw new TableException(Problems.Table(table.File, number, $"{cells.Length} cells instead of {table.columns.Count}."));
            }
            else
            {
                table.rows.Add((number, cells));
            }
        }

        return table;
    }

    /// <summary>One line; what it cannot give is named with its file and line.</summary>
    internal readonly struct Row(Table table, int line, string[] cells)
    {
        public bool Has(string column) => cells[At(column)] != "-";

        public string Text(string column) => cells[At(column)];

        public string? TextOrNull(string column) => Has(column) ? Text(column) : null;

        public string[] List(string column) => Has(column) ? Text(column).Split(',') : [];

        public double Number(string column) => Parse(column, Text(column));

        public double NumberOr(string column, double otherwise) => Has(column) ? Number(column) : otherwise;

        public int Whole(string column) => (int)Number(column);

        /// <summary>A list of "name:number".</summary>
        public (string Name, double Number)[] Pairs(string column)
        {
            var list = List(column);
            var pairs = new (string, double)[list.Length];
            for (var i = 0; i < list.Length; i++)
            {
                var colon = list[i].LastIndexOf(':');
                pairs[i] = colon < 0 ? throw Wrong(column, list[i]) : (list[i][..colon], Parse(column, list[i][(colon + 1)..]));
            }

            return pairs;
        }

        /// <summary>What another table calls by this name.</summary>
        public T Look<T>(string column, string name, IReadOnlyDictionary<string, T> from) =>
            from.TryGetValue(name, out var found) ? found : throw Wrong(column, name);

        public TableException Wrong(string column, string value) =>
            new(Problems.Table(table.File, line, $"{column} cannot be '{value}'."));

        private double Parse(string column, string text) =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw Wrong(column, text);

        private int At(string column) =>
            table.columns.TryGetValue(column, out var at) ? at : throw new TableException(Problems.Table(table.File, 1, $"There is no column {column}."));
    }
}
