namespace Kangqiao.City.Content;

/// <summary>content/city/rates.tsv by name.</summary>
internal sealed class Rates
{
    private readonly Dictionary<string, double> numbers;

    public Rates(string folder) => numbers = Table.Read(folder, "rates").Rows.ToDictionary(r => r.Text("what"), r => r.Number("number"), StringComparer.Ordinal);

    /// <exception cref="TableException">The table has no such rate.</exception>
    public double this[string what] =>
        numbers.TryGetValue(what, out var number) ? number : throw new TableException(Problems.Table("rates.tsv", 1, $"{what} is missing."));
}
