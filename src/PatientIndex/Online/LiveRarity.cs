using System.Runtime.InteropServices;
using Kangqiao.PatientIndex.Learning;
using Kangqiao.PatientIndex.Rows;

namespace Kangqiao.PatientIndex.Online;

/// <summary>How rare values are in a table that changes: counts that follow its rows. For one thread at a time.</summary>
internal sealed class LiveRarity(PersonTable table) : Rarity
{
    private readonly Dictionary<string, int> partNumbers = new(StringComparer.Ordinal) { [""] = 0 };
    private readonly List<int> partRows = [0];
    private readonly Dictionary<int, int> births = [];
    private Parts[] ofNames = new Parts[1024];
    private int rows;

    private readonly record struct Parts(int First, int Rest, int FirstSound, int RestSound, bool IsHan);

    public void Count(in PersonRow row, int by)
    {
        if (row == default)
        {
            return;
        }

        rows += by;
        if (row.Birth != 0)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(births, row.Birth, out _) += by;
        }

        if (row.Name == 0)
        {
            return;
        }

        var parts = PartsOf(row.Name, isKept: true);
        partRows[parts.First] += by;
        partRows[parts.Rest] += by;
        if (parts.IsHan)
        {
            partRows[parts.FirstSound] += by;
            partRows[parts.RestSound] += by;
        }
    }

    public override float Name(int a, int b) => Math.Min(NameBits(a), NameBits(b));

    public override float Sound(int a, int b) => Math.Min(SoundBits(a), SoundBits(b));

    public override float Part(int a, int b) => Math.Min(PartBits(FirstOf(a)), PartBits(FirstOf(b)));

    public override float BirthDay(int day) => OfCount(births.GetValueOrDefault(day) - 1, rows, RarestBirth);

    public override float Number(int number) => OfCount(table.Numbers.Rows(number) - 1, rows, RarestNumber);

    public override float Phone(int phone) => OfCount(table.Phones.Rows(phone) - 1, rows, RarestPhone);

    public override float Address(int a, int b) => Math.Min(
        OfCount(table.Addresses.Rows(a) - 1, rows, RarestAddress), OfCount(table.Addresses.Rows(b) - 1, rows, RarestAddress));

    private float NameBits(int name)
    {
        var parts = PartsOf(name, isKept: false);
        return PartBits(parts.First) + (parts.Rest == 0 ? 0 : PartBits(parts.Rest));
    }

    private float SoundBits(int name)
    {
        var parts = PartsOf(name, isKept: false);
        return parts.IsHan ? PartBits(parts.FirstSound) + (parts.RestSound == 0 ? 0 : PartBits(parts.RestSound)) : NameBits(name);
    }

    private int FirstOf(int name)
    {
        var parts = PartsOf(name, isKept: false);
        return parts.IsHan ? parts.FirstSound : parts.First;
    }

    /// <param name="part">-1 for a part that no row has.</param>
    private float PartBits(int part) => OfCount(part < 0 ? 0 : partRows[part] - 1, rows, RarestPart);

    /// <param name="isKept">The name is in the table to stay; else it may be a guest's, whose parts are not remembered.</param>
    private Parts PartsOf(int name, bool isKept)
    {
        if (name < ofNames.Length && ofNames[name] != default)
        {
            return ofNames[name];
        }

        var form = table.Names[name]!;
        var (first, rest) = NameParts.Written(form);
        var (firstSound, restSound) = form.IsHan ? NameParts.Spoken(form) : ("", "");
        var parts = new Parts(NumberOf(first, isKept), NumberOf(rest, isKept), NumberOf(firstSound, isKept), NumberOf(restSound, isKept), form.IsHan);
        if (isKept)
        {
            if (name >= ofNames.Length)
            {
                Array.Resize(ref ofNames, Math.Max(name + 1, ofNames.Length * 2));
            }

            ofNames[name] = parts;
        }

        return parts;
    }

    private int NumberOf(string part, bool isKept)
    {
        if (partNumbers.TryGetValue(part, out var number) || !isKept)
        {
            return part.Length == 0 ? 0 : number == 0 ? -1 : number;
        }

        number = partRows.Count;
        partNumbers.Add(part, number);
        partRows.Add(0);
        return number;
    }
}

/// <summary>What the weights know before data has taught them: nothing is held to say more than it says on the average.</summary>
internal sealed class CautiousRarity(Rarity counted, double[][] strangers) : Rarity
{
    public override float Name(int a, int b) => Least(counted.Name(a, b), Comparing.Comparison.Name, (int)Comparing.NameLevel.Exact);

    public override float Sound(int a, int b) => Least(counted.Sound(a, b), Comparing.Comparison.Name, (int)Comparing.NameLevel.Sound);

    public override float Part(int a, int b) => Least(counted.Part(a, b), Comparing.Comparison.Name, (int)Comparing.NameLevel.Partial);

    public override float BirthDay(int day) => Least(counted.BirthDay(day), Comparing.Comparison.Birth, (int)Comparing.BirthLevel.Exact);

    public override float Number(int number) => Least(counted.Number(number), Comparing.Comparison.Number, (int)Comparing.NumberLevel.Exact);

    public override float Phone(int phone) => Least(counted.Phone(phone), Comparing.Comparison.Phone, (int)Comparing.PhoneLevel.Exact);

    public override float Address(int a, int b) => Least(counted.Address(a, b), Comparing.Comparison.Address, (int)Comparing.AddressLevel.Same);

    private float Least(float bits, Comparing.Comparison comparison, int level) => Math.Min(bits, (float)-Math.Log2(strangers[(int)comparison][level]));
}
