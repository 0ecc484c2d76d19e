using System.Text;
using Kangqiao.Fhir.Chinese;
using Kangqiao.Kernel;
using Kangqiao.Standard.Making;
using Kangqiao.Terminology;

namespace Kangqiao.Ingest.Codes;

/// <summary>A national code that one of a sender's own may mean.</summary>
/// <param name="Score">From 0 to 1.</param>
/// <param name="Why">name, pinyin, or others: what senders have made of codes of the same name.</param>
/// <param name="Votes">Senders that mapped it so.</param>
internal sealed record Suggestion(string System, string Table, string Code, string? Display, double Score, string Why, int Votes);

/// <summary>
/// Looks for national codes by name: in the tables of the elements that the code came in, else in all; by characters, by sound, and by
/// what other senders have made of the same name.
/// </summary>
internal sealed class Suggestions(TerminologyService terminology, CodeMaps maps, Workshop shop) : IDisposable
{
    private const double Least = 0.35;

    /// <summary>By letters much is a little alike: only what sounds nearly the same counts.</summary>
    private const double LeastBySound = 0.6;

    /// <summary>Sound is a weaker witness than characters.</summary>
    private const double BySound = 0.9;

    /// <summary>Names of a table that are compared by sound; beyond that characters alone must do.</summary>
    private const int MostBySound = 3_000;

    private readonly SemaphoreSlim turn = new(1);

    public void Dispose() => turn.Dispose();

    public async ValueTask<Outcome<IReadOnlyList<Suggestion>>> ForAsync(LocalCode code, int most, CancellationToken cancel)
    {
        if (code.Display is not { Length: > 0 } name)
        {
            return Array.Empty<Suggestion>();
        }

        if (!(await maps.OthersAsync(code.Sender, name, cancel)).Try(out var others, out var problem))
        {
            return problem;
        }

        var found = others.Select(o => new Suggestion(
            o.Entry.TargetSystem, terminology.TitleOf(o.Entry.TargetSystem), o.Entry.TargetCode, o.Entry.TargetDisplay, 1 - (1.0 / (o.Votes + 1.0)), "others", o.Votes)).ToList();
        var tables = code.Places.SelectMany(p => shop.Domains?.TablesOf(p) ?? []).Distinct(StringComparer.Ordinal).ToArray();
        await turn.WaitAsync(cancel);
        try
        {
            // One at a time: a search of all tables takes a tenth of a second of one core.
            found.AddRange(await Task.Run(() => ByName(name, tables), cancel));
        }
        finally
        {
            turn.Release();
        }

        return found.GroupBy(s => (s.System, s.Code)).Select(g => g.OrderByDescending(s => s.Score).First())
            .OrderByDescending(s => s.Score).ThenBy(s => s.System, StringComparer.Ordinal).ThenBy(s => s.Code, StringComparer.Ordinal).Take(most).ToArray();
    }

    private List<Suggestion> ByName(string name, string[] tables)
    {
        var plain = Similarity.Plain(name);
        var pairs = Similarity.Pairs(plain);
        var sound = SoundOf(plain);
        var soundPairs = Similarity.Pairs(sound);
        var found = new List<Suggestion>();
        foreach (var table in tables.Length > 0 ? tables : terminology.NationalTables())
        {
            var codes = terminology.CodesOf(table);

            // In the whole of the tables something always sounds alike.
            var bySound = tables.Length > 0 && codes.Count <= MostBySound && sound.Length > 1;
            foreach (var (code, display) in codes)
            {
                if (display is null)
                {
                    continue;
                }

                var other = Similarity.Plain(display);
                var score = Similarity.Of(pairs, other);
                var why = "name";
                if (score < Least && bySound && BySound * Similarity.Of(soundPairs, SoundOf(other)) is var heard && heard > score)
                {
                    (score, why) = (heard, "pinyin");
                }

                if (score >= (why == "pinyin" ? LeastBySound : Least))
                {
                    found.Add(new Suggestion(terminology.UrlOf(table), terminology.TitleOf(table), code, display, Math.Round(score, 3), why, 0));
                }
            }
        }

        return found;
    }

    /// <summary>The commonest reading of each character, without tones; letters stand for themselves.</summary>
    private static string SoundOf(string plain)
    {
        var sound = new StringBuilder(plain.Length * 3);
        foreach (var rune in plain.EnumerateRunes())
        {
            sound.Append(ChineseReadings.Syllable(rune) ?? (rune.IsAscii ? rune.ToString() : ""));
        }

        return sound.ToString();
    }
}
