namespace Kangqiao.PatientIndex.Rows;

/// <summary>The distinct values of one column: each is read once, and rows hold its number. Number 0 says nothing is known.</summary>
internal sealed class ValueTable<TForm>
    where TForm : class
{
    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);
    private readonly List<TForm?> forms = [null];
    private readonly List<int> counts = [0];
    private List<string>? guests;
    private int guestsFrom;

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
            guests?.Add("\0" + key);
        }

        numbers[raw] = number;
        guests?.Add(raw);
        return number;
    }

    public void CountRow(int number) => counts[number]++;

    public void UncountRow(int number) => counts[number]--;

    /// <summary>From here on values are guests, until <see cref="DismissGuests"/>: a question must not make the table grow.</summary>
    public void ReceiveGuests() => (guests, guestsFrom) = ([], forms.Count);

    /// <summary>Forgets the values met since <see cref="ReceiveGuests"/>; their numbers are given again.</summary>
    public void DismissGuests()
    {
        foreach (var text in guests!)
        {
            numbers.Remove(text);
        }

        forms.RemoveRange(guestsFrom, forms.Count - guestsFrom);
        counts.RemoveRange(guestsFrom, counts.Count - guestsFrom);
        guests = null;
    }
}
