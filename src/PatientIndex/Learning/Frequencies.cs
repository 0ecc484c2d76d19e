using Kangqiao.PatientIndex.Rows;

namespace Kangqiao.PatientIndex.Learning;

/// <summary>How rare the values of a table are, counted once over rows that do not change.</summary>
internal sealed class Frequencies : Rarity
{
    private readonly PersonTable table;
    private readonly float[] names;
    private readonly float[] sounds;
    private readonly float[] firstParts;
    private readonly float[] numbers;
    private readonly float[] phones;
    private readonly float[] addresses;
    private readonly Dictionary<int, float> births = [];
    private readonly Dictionary<string, int> parts = new(StringComparer.Ordinal);

    public Frequencies(PersonTable table)
    {
        this.table = table;
        CountParts();
        names = new float[table.Names.Count];
        sounds = new float[table.Names.Count];
        firstParts = new float[table.Names.Count];
        for (var i = 1; i < names.Length; i++)
        {
            var form = table.Names[i]!;
            var (first, rest) = NameParts.Written(form);
            var (firstSound, restSound) = NameParts.Spoken(form);
            firstParts[i] = PartBits(form.IsHan ? firstSound : first);
            names[i] = PartBits(first) + (rest.Length == 0 ? 0 : PartBits(rest));
            sounds[i] = form.IsHan ? PartBits(firstSound) + (restSound.Length == 0 ? 0 : PartBits(restSound)) : names[i];
        }

        numbers = Bits(table.Numbers, RarestNumber);
        phones = Bits(table.Phones, RarestPhone);
        addresses = Bits(table.Addresses, RarestAddress);
        var days = new Dictionary<int, int>();
        for (var i = 0; i < table.Count; i++)
        {
            System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(days, table[i].Birth, out _)++;
        }

        foreach (var (day, count) in days)
        {
            births[day] = OfCount(count, RarestBirth);
        }
    }

    public override float Name(int a, int b) => Math.Min(names[a], names[b]);

    public override float Sound(int a, int b) => Math.Min(sounds[a], sounds[b]);

    public override float Part(int a, int b) => Math.Min(firstParts[a], firstParts[b]);

    public override float BirthDay(int day) => births.TryGetValue(day, out var bits) ? bits : OfCount(0, RarestBirth);

    public override float Number(int number) => numbers[number];

    public override float Phone(int phone) => phones[phone];

    public override float Address(int a, int b) => Math.Min(addresses[a], addresses[b]);

    private void CountParts()
    {
        for (var i = 1; i < table.Names.Count; i++)
        {
            var form = table.Names[i]!;
            var rows = table.Names.Rows(i);
            var (first, rest) = NameParts.Written(form);
            CountPart(first, rows);
            CountPart(rest, rows);
            if (form.IsHan)
            {
                (first, rest) = NameParts.Spoken(form);
                CountPart(first, rows);
                CountPart(rest, rows);
            }
        }
    }

    private void CountPart(string part, int rows)
    {
        if (part.Length > 0)
        {
            System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(parts, part, out _) += rows;
        }
    }

    private float PartBits(string part) => OfCount(parts.GetValueOrDefault(part), RarestPart);

    private float[] Bits<TForm>(ValueTable<TForm> values, double rarest)
        where TForm : class
    {
        var bits = new float[values.Count];
        for (var i = 1; i < bits.Length; i++)
        {
            bits[i] = OfCount(values.Rows(i), rarest);
        }

        return bits;
    }

    // Both rows of a pair are counted.
    private float OfCount(int count, double rarest) => OfCount(count - 2, table.Count, rarest);
}
