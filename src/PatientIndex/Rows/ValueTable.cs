namespace Kangqiao.PatientIndex.Rows;

/// <summary>The distinct values of one column: each is read once, and rows hold its number. Number 0 says nothing is known.</summary>
internal sealed class ValueTable<TForm>
    where TForm : class
{
    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);
    private readonly List<TForm?> forms = [null];
    private readonly List<int> counts = [0];

    public int Count => forms.Count;

    public TForm? this[int number] => forms[number];

    /// <summary>Rows that have the value.</summary>
    public int Rows(int number) => counts[number];

    /// <summary>The number of a raw text already met.</summary>
    public bool TryMet(string raw, out int number) => numbers.TryGetValue(raw, out number);

    /// <summary>Remembers a raw text as the value with a key; rows of other texts with the same key share its number.</summary>
    public int Add(string raw, string? key, TForm? form)
    {
        var number = 0;
        if (form is not null && key is not null && !numbers.TryGetValue("\0" + key, out number))
        {
            number = forms.Count;
            forms.Add(form);
            counts.Add(0);
            numbers.Add("\0" + key, number);
        }

        numbers[raw] = number;
        return number;
    }

    public void CountRow(int number) => counts[number]++;
}
