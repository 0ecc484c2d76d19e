using Kangqiao.PatientIndex.Rows;

namespace Kangqiao.PatientIndex.Learning;

/// <summary>
/// How much it says, in bits, that two rows share a value: the rarer, the more. Counts leave out the two rows themselves, and
/// no value is held to be rarer than its kind can be.
/// </summary>
internal sealed class Frequencies
{
    private const double PriorRows = 100;
    private const double RarestPart = 1e-4, RarestBirth = 1 / 25000.0, RarestNumber = 1e-8, RarestPhone = 1e-6, RarestAddress = 1e-6;

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
            var (first, rest) = Parts(form);
            var (firstSound, restSound) = SoundParts(form);
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

    public float Name(int a, int b) => Math.Min(names[a], names[b]);

    public float Sound(int a, int b) => Math.Min(sounds[a], sounds[b]);

    /// <summary>Of the part that a hidden or single name shows.</summary>
    public float Part(int a, int b) => Math.Min(firstParts[a], firstParts[b]);

    public float BirthDay(int day) => births.TryGetValue(day, out var bits) ? bits : OfCount(0, RarestBirth);

    public float Number(int number) => numbers[number];

    public float Phone(int phone) => phones[phone];

    public float Address(int a, int b) => Math.Min(addresses[a], addresses[b]);

    private static (string First, string Others) Parts(NameForm form) =>
        form.IsHan ? (form.Text[..FirstLength(form.Text)], form.Text[FirstLength(form.Text)..])
        : form.Words.Length == 1 ? (form.Words[0], "") : (form.Words[^1], form.Words[0]);

    private static int FirstLength(string text) => char.IsHighSurrogate(text[0]) && text.Length > 1 ? 2 : 1;

    private static (string First, string Others) SoundParts(NameForm form)
    {
        if (!form.IsHan)
        {
            return Parts(form);
        }

        var rest = form.TurnedSound.Length == 0 ? 0 : FirstSoundLength(form);
        return ("\u0001" + form.Sound[..rest], rest == form.Sound.Length ? "" : "\u0001" + form.Sound[rest..]);
    }

    /// <summary>The turned sound begins with what follows the first syllable.</summary>
    private static int FirstSoundLength(NameForm form)
    {
        for (var length = 1; length < form.Sound.Length; length++)
        {
            if (form.TurnedSound.AsSpan().StartsWith(form.Sound.AsSpan(length)) && form.TurnedSound.AsSpan(form.Sound.Length - length).SequenceEqual(form.Sound.AsSpan(0, length)))
            {
                return length;
            }
        }

        return form.Sound.Length;
    }

    private void CountParts()
    {
        for (var i = 1; i < table.Names.Count; i++)
        {
            var form = table.Names[i]!;
            var rows = table.Names.Rows(i);
            var (first, rest) = Parts(form);
            CountPart(first, rows);
            CountPart(rest, rows);
            if (form.IsHan)
            {
                (first, rest) = SoundParts(form);
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

    private float OfCount(int count, double rarest) =>
        (float)-Math.Log2(Math.Max(rarest, (Math.Max(0, count - 2) + (PriorRows * rarest)) / (table.Count + PriorRows)));
}
