using Kangqiao.PatientIndex.Comparing;
using Kangqiao.PatientIndex.Rows;

namespace Kangqiao.PatientIndex.Blocking;

/// <summary>Ways in which two rows of one person can be expected to share a key.</summary>
internal enum Rule
{
    Number,
    SoundAndBirth,
    Phone,
    BirthAndHouse,
    SoundAndHouse,
    NumberHead,
    NumberTail,
    WordAndBirth,
    WordAndHouse,
    SoundAndYear,
    BirthAndSex,
}

/// <summary>Keys of a row for one rule; 0 keys where what the rule needs is not known. At most four.</summary>
internal static class BlockingKeys
{
    public const int Rules = (int)Rule.BirthAndSex + 1;
    public const int MostKeys = 4;

    /// <summary>Rows beyond which a key says too little to compare all that share it.</summary>
    public static int LargestBlock(Rule rule) => rule switch
    {
        Rule.Number => 400,
        Rule.BirthAndSex => 12,
        Rule.SoundAndYear => 40,
        Rule.WordAndBirth => 60,
        _ => 100,
    };

    public static int Of(Rule rule, PersonTable table, in PersonRow row, Span<ulong> keys)
    {
        var seed = (ulong)rule + 1;
        var name = table.Names[row.Name];
        var number = table.Numbers[row.Number];
        switch (rule)
        {
            case Rule.Number when number is not null:
                return One(keys, Mix(seed, (uint)row.Number));
            case Rule.SoundAndBirth when name is not null && row.Birth != 0:
                return Sounds(keys, name, Mix(seed, (uint)row.Birth));
            case Rule.Phone when row.Phone != 0:
                return One(keys, Mix(seed, (uint)row.Phone));
            case Rule.BirthAndHouse when row.Birth != 0 && House(table, row) is > 0 and var house:
                return One(keys, Mix(Mix(seed, house), (uint)row.Birth));
            case Rule.SoundAndHouse when name is not null && House(table, row) is > 0 and var home:
                return Sounds(keys, name, Mix(seed, home));
            case Rule.NumberHead when number is not null && number.Text.Length >= 6:
                // Of a resident number the region and the day; of others the greater half with the day.
                return One(keys, number.IsResident || number.Text.Length == 18
                    ? Hash(seed, number.Text.AsSpan(0, 14))
                    : Mix(Hash(seed, number.Text.AsSpan(0, number.Text.Length / 2)), (uint)row.Birth));
            case Rule.NumberTail when number is not null && number.Text.Length >= 6:
                return One(keys, Mix(Hash(seed, number.Text.AsSpan(number.Text.Length - (number.Text.Length / 2))), (uint)(row.Birth / 10000)));
            case Rule.WordAndBirth when name is { IsHan: false } && row.Birth != 0:
                return Words(keys, name, Mix(seed, (uint)row.Birth));
            case Rule.WordAndHouse when name is { IsHan: false } && House(table, row) is > 0 and var place:
                return Words(keys, name, Mix(seed, place));
            case Rule.SoundAndYear when name is not null && row.Birth != 0:
                return Sounds(keys, name, Mix(seed, (uint)(row.Birth / 10000)));
            case Rule.BirthAndSex when row.Birth % 100 != 0:
                return One(keys, Mix(seed, ((ulong)(uint)row.Birth << 8) | row.Sex));
            default:
                return 0;
        }
    }

    private static int One(Span<ulong> keys, ulong key)
    {
        keys[0] = key;
        return 1;
    }

    /// <summary>The reading as it stands and with its parts exchanged.</summary>
    private static int Sounds(Span<ulong> keys, NameForm name, ulong seed)
    {
        keys[0] = Hash(seed, name.Sound);
        if (name.TurnedSound.Length == 0)
        {
            return 1;
        }

        keys[1] = Hash(seed, name.TurnedSound);
        return 2;
    }

    /// <summary>The beginning of each word: a slip is rarer there.</summary>
    private static int Words(Span<ulong> keys, NameForm name, ulong seed)
    {
        var count = 0;
        foreach (var word in name.Words)
        {
            if (count < MostKeys)
            {
                keys[count++] = Hash(seed, word.AsSpan(0, Math.Min(3, word.Length)));
            }
        }

        return count;
    }

    private static ulong House(PersonTable table, in PersonRow row) => table.Addresses[row.Address]?.House ?? 0;

    private static ulong Hash(ulong seed, ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            seed = (seed ^ c) * 0x100000001B3UL;
        }

        return Mix(seed, (uint)text.Length);
    }

    private static ulong Mix(ulong a, ulong b)
    {
        var h = (a ^ b ^ (a << 23)) * 0x9E3779B97F4A7C15UL;
        h ^= h >> 29;
        h = (h + b) * 0xBF58476D1CE4E5B9UL;
        return h ^ (h >> 32);
    }
}
