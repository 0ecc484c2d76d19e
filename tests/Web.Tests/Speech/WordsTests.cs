using System.Text.RegularExpressions;
using Kangqiao.Web.Speech;

namespace Kangqiao.Web.Tests.Speech;

public sealed partial class WordsTests
{
    private static readonly Words Chinese = Words.In(Language.Chinese);
    private static readonly Words English = Words.In(Language.English);

    [Fact]
    public void Both_languages_have_every_text() => English.Keys.Order(StringComparer.Ordinal).ShouldBe(Chinese.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Both_languages_fill_the_same_places()
    {
        foreach (var key in Chinese.Keys)
        {
            Places(Chinese[key]).ShouldBe(Places(English[key]), key);
        }

        static string Places(string text) => string.Concat(PlaceholderPattern().Matches(text).Select(m => m.Value).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void English_texts_hold_no_Chinese_and_Chinese_texts_hold_some()
    {
        foreach (var key in Chinese.Keys)
        {
            HanPattern().IsMatch(English[key]).ShouldBeFalse(key);
            (HanPattern().IsMatch(Chinese[key]) || !LettersPattern().IsMatch(Chinese[key])).ShouldBeTrue(key);
        }
    }

    [Fact]
    public void Every_text_that_a_page_names_is_there_and_every_text_is_named_somewhere()
    {
        var web = Path.Combine(Sources.Root(), "src", "Web");
        var sources = string.Join('\n', Directory.EnumerateFiles(web, "*", SearchOption.AllDirectories)
            .Where(f => f.EndsWith(".razor", StringComparison.Ordinal) || f.EndsWith(".cs", StringComparison.Ordinal))
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/node_modules/", StringComparison.Ordinal))
            .Select(File.ReadAllText));
        var whole = WholeKeyPattern().Matches(sources).Select(m => m.Groups["key"].Value).Where(k => !k.EndsWith('.')).ToHashSet(StringComparer.Ordinal);
        whole.Where(k => !Chinese.Keys.Contains(k)).ShouldBeEmpty();

        // A key made of a fixed beginning and data, such as "role." + role.
        var beginnings = BeginningPattern().Matches(sources).Select(m => m.Groups["key"].Value).ToHashSet(StringComparer.Ordinal);
        var written = LiteralPattern().Matches(sources).Select(m => m.Groups["key"].Value).ToHashSet(StringComparer.Ordinal);
        Chinese.Keys.Where(k => !written.Contains(k) && !beginnings.Any(b => k.StartsWith(b, StringComparison.Ordinal))).ShouldBeEmpty();
    }

    [Fact]
    public void Times_are_those_of_the_citys_clocks()
    {
        var instant = new DateTimeOffset(2026, 3, 4, 16, 5, 9, TimeSpan.Zero);
        Chinese.Times.Day(instant).ShouldBe("2026年3月5日");
        Chinese.Times.Second(instant).ShouldBe("2026年3月5日 00:05:09");
        English.Times.Minute(instant).ShouldBe("5 Mar 2026 00:05");
    }

    [Theory]
    [InlineData(20, "刚刚", "just now")]
    [InlineData(3 * 60, "3 分钟前", "3 min ago")]
    [InlineData((3 * 3600) + 5, "3 小时前", "3 h ago")]
    [InlineData(2 * 86400, "2 天前", "2 days ago")]
    [InlineData(40 * 86400, "2026年1月24日", "24 Jan 2026")]
    public void How_long_ago_is_said_until_the_day_says_more(int seconds, string chinese, string english)
    {
        var now = new DateTimeOffset(2026, 3, 5, 4, 0, 0, TimeSpan.Zero);
        Chinese.Times.Ago(now.AddSeconds(-seconds), now).ShouldBe(chinese);
        English.Times.Ago(now.AddSeconds(-seconds), now).ShouldBe(english);
    }

    [Theory]
    [InlineData("1958", "1958年", "1958")]
    [InlineData("1958-03", "1958年3月", "Mar 1958")]
    [InlineData("1958-03-05", "1958年3月5日", "5 Mar 1958")]
    [InlineData("2026-03-05T00:05:09+08:00", "2026年3月5日 00:05", "5 Mar 2026 00:05")]
    public void A_date_is_said_as_far_as_it_is_known(string date, string chinese, string english)
    {
        Chinese.Times.Partial(date).ShouldBe(chinese);
        English.Times.Partial(date).ShouldBe(english);
    }

    [GeneratedRegex(@"\{\d\}", RegexOptions.None, 1000)]
    private static partial Regex PlaceholderPattern();

    [GeneratedRegex(@"\p{IsCJKUnifiedIdeographs}", RegexOptions.None, 1000)]
    private static partial Regex HanPattern();

    [GeneratedRegex("[A-Za-z]{2}", RegexOptions.None, 1000)]
    private static partial Regex LettersPattern();

    // W["key"], W.Say("key", …), words["key"], words.Say("key", …), Words["key"].
    [GeneratedRegex(@"\b[Ww](ords)?(\[|\.Say\()""(?<key>[a-z0-9.-]+)""(?!\s*\+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex WholeKeyPattern();

    // W[isStrict ? "feed.strict" : "feed.lenient"], and keys in tables.
    [GeneratedRegex(@"""(?<key>[a-z0-9-]+(\.[a-z0-9-]+)*)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LiteralPattern();

    // W["role." + …], W[$"front.way.{key}"], and the beginning that a table of keys names.
    [GeneratedRegex(@"\b[Ww](ords)?(\[|\.Say\(|\.Or\()\$?""(?<key>[a-z0-9-]+\.([a-z0-9-]+\.)*)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex BeginningPattern();
}
