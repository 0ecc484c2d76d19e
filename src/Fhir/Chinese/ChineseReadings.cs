using System.Text;
using Kangqiao.Fhir.Text;

namespace Kangqiao.Fhir.Chinese;

/// <summary>
/// Search keys of Chinese names: 「张三」 is found as 张三, as zhangsan and as zs. Surnames are read as surnames
/// (单 shan, 尉迟 yuchi), characters of several readings give a few alternatives, and ü is written v and, as passports
/// do, yu (GB/T 28039-2011).
/// </summary>
public sealed class ChineseReadings
{
    /// <summary>The most alternative readings of one name; each may have a second spelling for ü.</summary>
    public const int MaxReadings = 4;

    /// <summary>Characters beyond this many do not enter the keys, which are then keys of the name's beginning.</summary>
    public const int MaxCharacters = 64;

    private const int NoSyllable = -1;

    private ChineseReadings()
    {
    }

    public static ChineseReadings Instance { get; } = new();

    /// <summary>
    /// Adds the keys of a name, each once: its characters, its full readings, its initials. A name without a Chinese
    /// character adds nothing. A character nobody knows how to read ends the reading there: keys are compared by their
    /// beginning, and a true beginning still finds the person.
    /// </summary>
    /// <param name="name">Family and given name; spaces, middle dots and other punctuation do not count.</param>
    /// <param name="keys">Takes keys in the form of <see cref="SearchText.Compact"/>: ask with that form.</param>
    /// <param name="startsWithSurname">False for a given name by itself.</param>
    public void Append(ReadOnlySpan<char> name, ICollection<string> keys, bool startsWithSurname = true)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (!HasIdeograph(name))
        {
            return;
        }

        // Four times the limit leaves room for the spaces and dots between.
        var characters = SearchText.Compact(name.Length > MaxCharacters * 4 ? name[..(MaxCharacters * 4)] : name);
        Span<Rune> runes = stackalloc Rune[MaxCharacters];
        var count = 0;
        foreach (var rune in characters.EnumerateRunes())
        {
            if (count == MaxCharacters)
            {
                break;
            }

            runes[count++] = rune;
        }

        var read = new Reader(ReadingTable.Instance, runes[..count], keys);
        Add(keys, count == MaxCharacters ? Beginning(characters) : characters);
        read.AddAll(startsWithSurname);
    }

    /// <summary>The commonest reading of one character without tone ("zhang"; ü as v), or null if it has none.</summary>
    public static string? Syllable(Rune character)
    {
        var readings = ReadingTable.Instance.Of(character);
        return readings.IsEmpty ? null : ReadingTable.Instance.Syllable(readings[0]);
    }

    /// <summary>True if any character is Chinese: the cheap question before everything else.</summary>
    public static bool HasIdeograph(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            // Unified ideographs, compatibility ideographs, and the surrogates of planes 2 and 3.
            if (c is (>= '\u3400' and <= '\u9FFF') or '\u3007' or (>= '\uF900' and <= '\uFAFF') or (>= '\uD840' and <= '\uD8BF'))
            {
                return true;
            }
        }

        return false;
    }

    private static string Beginning(string characters)
    {
        var units = 0;
        var count = 0;
        foreach (var rune in characters.EnumerateRunes())
        {
            if (count++ == MaxCharacters)
            {
                break;
            }

            units += rune.Utf16SequenceLength;
        }

        return characters[..units];
    }

    private static void Add(ICollection<string> keys, string key)
    {
        if (key.Length > 0 && !keys.Contains(key))
        {
            keys.Add(key);
        }
    }

    /// <summary>One name being read: the first reading of every character, then single departures from it until there are enough.</summary>
    private readonly ref struct Reader(ReadingTable table, ReadOnlySpan<Rune> name, ICollection<string> keys)
    {
        private readonly ReadOnlySpan<Rune> name = name;

        public void AddAll(bool startsWithSurname)
        {
            Span<int> syllables = stackalloc int[MaxCharacters];
            var known = 0;
            while (known < name.Length && (!IsChinese(name[known]) || !table.Of(name[known]).IsEmpty))
            {
                var readings = table.Of(name[known]);
                syllables[known++] = readings.IsEmpty ? NoSyllable : readings[0];
            }

            syllables = syllables[..known];
            ReadOnlySpan<ushort[]> single = default;
            ReadOnlySpan<ushort[]> compound = default;
            if (startsWithSurname && known > 0 && name[0].IsBmp)
            {
                single = table.Surname((char)name[0].Value);
                compound = known > 1 && name[1].IsBmp ? table.Surname((char)name[0].Value, (char)name[1].Value) : default;
            }

            var surname = compound.IsEmpty ? single : compound;
            var given = surname.IsEmpty ? 0 : surname[0].Length;
            if (!surname.IsEmpty)
            {
                Put(surname[0], syllables);
            }

            var left = MaxReadings;
            Write(syllables, ref left);
            WriteDepartures(syllables, given, ref left);
            for (var i = 1; i < surname.Length && left > 0; i++)
            {
                Put(surname[i], syllables);
                Write(syllables, ref left);
            }

            // 「单于」 may also be a person of the family 单.
            if (!compound.IsEmpty && left > 0)
            {
                syllables[0] = single.IsEmpty ? table.Of(name[0])[0] : single[0][0];
                syllables[1] = table.Of(name[1])[0];
                Write(syllables, ref left);
            }
        }

        private void WriteDepartures(Span<int> syllables, int from, ref int left)
        {
            for (var reading = 1; left > 0; reading++)
            {
                var any = false;
                for (var i = from; i < syllables.Length && left > 0; i++)
                {
                    var readings = table.Of(name[i]);
                    if (reading < readings.Length)
                    {
                        any = true;
                        var first = syllables[i];
                        syllables[i] = readings[reading];
                        Write(syllables, ref left);
                        syllables[i] = first;
                    }
                }

                if (!any)
                {
                    return;
                }
            }
        }

        private void Write(ReadOnlySpan<int> syllables, ref int left)
        {
            left--;
            Span<char> initials = stackalloc char[MaxCharacters * 2];
            var full = new ValueText(stackalloc char[MaxCharacters * 6]);
            var passport = new ValueText(stackalloc char[MaxCharacters * 6]);
            var first = new ValueText(initials);
            var inWord = false;
            for (var i = 0; i < syllables.Length; i++)
            {
                if (syllables[i] == NoSyllable)
                {
                    full.Put(name[i]);
                    passport.Put(name[i]);
                    if (!inWord || Rune.IsDigit(name[i]))
                    {
                        first.Put(name[i]);
                    }

                    inWord = true;
                    continue;
                }

                inWord = false;
                var syllable = table.Syllable((ushort)syllables[i]);
                first.Put(syllable[0]);
                foreach (var c in syllable)
                {
                    full.Put(c);
                    if (c == 'v')
                    {
                        passport.Put('y');
                    }

                    passport.Put(c == 'v' ? 'u' : c);
                }
            }

            Add(keys, full.ToString());
            Add(keys, passport.ToString());
            Add(keys, first.ToString());
        }

        private static void Put(ushort[] surname, Span<int> syllables)
        {
            for (var i = 0; i < surname.Length; i++)
            {
                syllables[i] = surname[i];
            }
        }

        private static bool IsChinese(Rune rune)
        {
            Span<char> units = stackalloc char[2];
            return HasIdeograph(units[..rune.EncodeToUtf16(units)]);
        }
    }

    /// <summary>A short text on the stack; long enough by construction (a syllable has at most six letters).</summary>
    private ref struct ValueText(Span<char> buffer)
    {
        private readonly Span<char> buffer = buffer;
        private int length;

        public void Put(char c) => buffer[length++] = c;

        public void Put(Rune rune) => length += rune.EncodeToUtf16(buffer[length..]);

        public override readonly string ToString() => new(buffer[..length]);
    }
}
