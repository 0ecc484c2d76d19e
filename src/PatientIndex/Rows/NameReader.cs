using System.Globalization;
using System.Text;
using Kangqiao.Fhir.Chinese;
using Kangqiao.PatientIndex.Model;

namespace Kangqiao.PatientIndex.Rows;

/// <summary>Brings names as systems hold them, with titles, remarks, spaces and masks, into the form in which they are compared.</summary>
internal sealed class NameReader(NameHabits habits)
{
    private const int LongestName = 60;
    private const char Mask = '*';

    private readonly Dictionary<string, int> syllables = new(StringComparer.Ordinal);

    /// <summary>Null where there is no name, or one that stands for none (测试, 无名氏).</summary>
    public NameForm? Read(in PersonValues values)
    {
        var whole = values.Name.Length > 0 ? values.Name
            : string.Concat(values.Surname, ChineseReadings.HasIdeograph(values.Surname) ? "" : " ", values.Given);
        var text = Cut(whole.Normalize(NormalizationForm.FormKC).Trim());
        if (text.Length == 0 || habits.Placeholders.Contains(text))
        {
            return null;
        }

        return ChineseReadings.HasIdeograph(text) ? Chinese(text)
            : values.Name.Length > 0 ? Other(text)
            : Other(string.Concat(values.Given, " ", values.Surname).Normalize(NormalizationForm.FormKC));
    }

    /// <summary>Without remarks in brackets and what follows a name: a title, a number that tells namesakes apart.</summary>
    private string Cut(string name)
    {
        if (name.Length > LongestName)
        {
            name = name[..LongestName];
        }

        var bracket = name.AsSpan().IndexOfAny("([{【〔");
        if (bracket > 0)
        {
            name = name[..bracket];
        }

        var again = true;
        while (again)
        {
            again = false;
            var end = name.Length;
            while (end > 1 && (char.IsAsciiDigit(name[end - 1]) || char.IsWhiteSpace(name[end - 1]) || name[end - 1] is '.' or '-' or '_' or '#'))
            {
                end--;
            }

            // The number of a newborn says which of twins it is.
            if (end < name.Length && !IsOfNewborn(name.AsSpan(0, end)))
            {
                name = name[..end];
            }

            foreach (var title in habits.Titles)
            {
                if (name.Length > title.Length + (ChineseReadings.HasIdeograph(name) ? 1 : 3) && name.EndsWith(title, StringComparison.OrdinalIgnoreCase))
                {
                    name = name[..^title.Length].TrimEnd();
                    again = true;
                }
            }
        }

        return name;
    }

    private bool IsOfNewborn(ReadOnlySpan<char> name)
    {
        foreach (var ending in habits.Newborns)
        {
            if (name.Length > ending.Length + 1 && name.EndsWith(ending, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private NameForm? Chinese(string name)
    {
        var kind = NameKind.Ordinary;
        var ordinal = "";
        var body = name;
        var trimmed = name.TrimEnd(habits.Ordinals);
        foreach (var ending in habits.Newborns)
        {
            if (trimmed.Length > ending.Length + 1 && trimmed.EndsWith(ending, StringComparison.Ordinal))
            {
                kind = NameKind.Newborn;
                ordinal = name[trimmed.Length..];
                body = trimmed[..^ending.Length];
                break;
            }
        }

        var text = new StringBuilder(body.Length);
        foreach (var c in body)
        {
            if (text.Length > 0 && habits.Masks.Contains(c) && kind == NameKind.Ordinary)
            {
                text.Append(Mask);
            }
            else if (char.IsLetter(c) || char.IsSurrogate(c))
            {
                text.Append(char.ToLowerInvariant(c));
            }
        }

        if (text.Length == 0)
        {
            return null;
        }

        var whole = text.ToString();
        if (whole.Contains(Mask, StringComparison.Ordinal))
        {
            kind = NameKind.Masked;
        }

        var readings = new List<int>(whole.Length);
        var sound = new StringBuilder(16);
        var firstSound = 0;
        foreach (var rune in whole.EnumerateRunes())
        {
            var syllable = ChineseReadings.Syllable(rune) ?? rune.ToString();
            sound.Append(syllable);
            firstSound = readings.Count == 0 ? sound.Length : firstSound;
            readings.Add(Number(syllable));
        }

        var spoken = sound.ToString();
        return new()
        {
            Text = whole,
            Kind = kind,
            IsHan = true,
            Readings = [.. readings],
            Sound = spoken,
            TurnedSound = string.Concat(spoken.AsSpan(firstSound), spoken.AsSpan(0, firstSound)),
            Ordinal = ordinal,
        };
    }

    private NameForm? Other(string name)
    {
        var words = new List<string>(4);
        var word = new StringBuilder(16);
        foreach (var c in name.Normalize(NormalizationForm.FormD))
        {
            if (char.IsLetter(c))
            {
                word.Append(char.ToLowerInvariant(c));
            }
            else if (CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark && c is not ('\'' or '’' or '·') && word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }

        if (word.Length > 0)
        {
            words.Add(word.ToString());
        }

        if (words.Count == 0 || habits.Placeholders.Contains(string.Concat(words)))
        {
            return null;
        }

        return new()
        {
            Text = string.Join(' ', words),
            Kind = NameKind.Ordinary,
            Words = [.. words],
            Sound = string.Concat(words),
            TurnedSound = words.Count > 1 ? string.Concat(words[^1], string.Concat(words.Take(words.Count - 1))) : "",
        };
    }

    private int Number(string syllable)
    {
        if (!syllables.TryGetValue(syllable, out var number))
        {
            number = syllables.Count + 1;
            syllables.Add(syllable, number);
        }

        return number;
    }
}
