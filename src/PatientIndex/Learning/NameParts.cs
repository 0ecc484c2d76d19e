using Kangqiao.PatientIndex.Rows;

namespace Kangqiao.PatientIndex.Learning;

/// <summary>A name in its two parts, as rarity is counted: family and given name, written or spoken.</summary>
internal static class NameParts
{
    public static (string First, string Others) Written(NameForm form) =>
        form.IsHan ? (form.Text[..FirstLength(form.Text)], form.Text[FirstLength(form.Text)..])
        : form.Words.Length == 1 ? (form.Words[0], "") : (form.Words[^1], form.Words[0]);

    private static int FirstLength(string text) => char.IsHighSurrogate(text[0]) && text.Length > 1 ? 2 : 1;

    public static (string First, string Others) Spoken(NameForm form)
    {
        if (!form.IsHan)
        {
            return Written(form);
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
}
