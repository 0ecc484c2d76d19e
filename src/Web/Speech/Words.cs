using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;

namespace Kangqiao.Web.Speech;

/// <summary>What the pages say in one language: every text by its key, and numbers and times as they are written there.</summary>
public sealed class Words
{
    private static readonly FrozenDictionary<string, Words> Spoken = Language.All.ToFrozenDictionary(l => l.Code, l => new Words(l));

    private readonly FrozenDictionary<string, string> texts;

    private Words(Language language)
    {
        Language = language;
        using var stream = typeof(Words).Assembly.GetManifestResourceStream($"words/{language.Code}.json")
            ?? throw new InvalidOperationException($"The texts of {language.Code} are not in the assembly.");
        texts = JsonSerializer.Deserialize<Dictionary<string, string>>(stream)!.ToFrozenDictionary(StringComparer.Ordinal);
        Times = new Times(this);
    }

    public Language Language { get; }

    public bool IsEnglish => Language == Language.English;

    public Times Times { get; }

    public IEnumerable<string> Keys => texts.Keys;

    /// <exception cref="KeyNotFoundException">There is no such text: a test reads all sources for keys, so this is a key made of data.</exception>
    public string this[string key] => texts.TryGetValue(key, out var text) ? text : throw new KeyNotFoundException($"{Language.Code} has no text '{key}'.");

    public static Words In(Language language) => Spoken[language.Code];

    /// <summary>A text with places filled.</summary>
    public string Say(string key, params object?[] particulars) => string.Format(CultureInfo.InvariantCulture, this[key], particulars);

    /// <summary>The text, or the fallback where data leads to a key that nobody wrote.</summary>
    public string Or(string key, string fallback) => texts.GetValueOrDefault(key, fallback);

    /// <summary>In groups of three, as both languages write digits.</summary>
    public static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A probability in per cent, one decimal.</summary>
    public static string Percent(double probability) => (100 * probability).ToString("0.0", CultureInfo.InvariantCulture) + "%";

    /// <summary>A part of a whole in per cent, one decimal; a dash where there is no whole.</summary>
    public static string Share(long part, long whole) =>
        whole == 0 ? "–" : (100.0 * part / whole).ToString("0.0", CultureInfo.InvariantCulture) + "%";
}
