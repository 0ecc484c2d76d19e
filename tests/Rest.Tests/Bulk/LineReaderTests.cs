using System.Text;
using Kangqiao.Rest.Bulk;

namespace Kangqiao.Rest.Tests.Bulk;

public sealed class LineReaderTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a\nbb\n\nccc", new[] { "a", "bb", "", "ccc" })]
    [InlineData("a\n", new[] { "a" })]
    [InlineData("", new string[0])]
    [InlineData("\n", new[] { "" })]
    public async Task Lines_come_as_they_are(string text, string[] lines) => (await ReadAsync(text, 100)).ShouldBe(lines);

    [Fact]
    public async Task Whatever_the_sizes_no_byte_is_lost_and_every_place_can_be_gone_on_from()
    {
        var random = new Random(5);
        for (var round = 0; round < 20; round++)
        {
            var lines = Enumerable.Range(0, 50).Select(_ => new string((char)('a' + random.Next(26)), random.Next(random.Next(2) == 0 ? 30 : 60_000))).ToArray();
            var bytes = Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n");
            var position = 0L;
            var found = new List<string>();
            while (position < bytes.Length)
            {
                // A new reader after a few lines, as after a restart.
                var reader = new LineReader(new MemoryStream(bytes, (int)position, bytes.Length - (int)position), position, 100_000);
                for (var i = random.Next(1, 9); i > 0 && await reader.NextAsync(Cancel) is { } line; i--)
                {
                    found.Add(Encoding.UTF8.GetString(line.Span));
                    position = reader.Position;
                }
            }

            found.ShouldBe(lines);
        }
    }

    [Theory]
    [InlineData(500_000)]
    [InlineData(101)]
    public async Task A_line_beyond_the_bound_is_left_out_and_the_next_is_whole(int length)
    {
        var text = "before\n" + new string('x', length) + "\nafter\n";
        (await ReadAsync(text, 100)).ShouldBe(["before", "(too long)", "after"]);
    }

    private static async Task<string[]> ReadAsync(string text, int most)
    {
        var reader = new LineReader(new MemoryStream(Encoding.UTF8.GetBytes(text)), 0, most);
        var lines = new List<string>();
        while (await reader.NextAsync(Cancel) is { } line)
        {
            lines.Add(reader.IsTooLong ? "(too long)" : Encoding.UTF8.GetString(line.Span));
        }

        reader.Position.ShouldBe(Encoding.UTF8.GetByteCount(text));
        return [.. lines];
    }
}
