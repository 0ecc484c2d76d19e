using System.Text;
using Kangqiao.Ingest.Fhir;

namespace Kangqiao.Ingest.Tests.Fhir;

public sealed class FhirSplitterTests
{
    [Theory]
    [InlineData("{\"a\":1}\n{\"b\":2}\n", 2)]
    [InlineData("\uFEFF{\"a\":1}\r\n\r\n{\"b\":2}", 2)]
    [InlineData("{\n \"a\": 1,\n \"b\": 2\n}\n", 1)]
    [InlineData("{\"a\":\n{\"b\":2}\n{\"c\":3}\n", 3)]
    [InlineData("{\"a\":1}\n{broken\n{\"c\":3}\n", 3)]
    [InlineData("not json at all", 1)]
    [InlineData("  \n \n", 0)]
    [InlineData("", 0)]
    public async Task A_stream_is_lines_or_one_document(string text, int due) => (await SplitAsync(text)).Count.ShouldBe(due);

    [Fact]
    public async Task Lines_come_out_whole_however_the_stream_is_cut()
    {
        var text = string.Join('\n', Enumerable.Range(0, 5_000).Select(i => $"{{\"resourceType\":\"Basic\",\"id\":\"{i}\",\"x\":\"{new string('长', i % 300)}\"}}"));

        var units = await SplitAsync(text);

        string.Join('\n', units).ShouldBe(text);
    }

    private static async Task<List<string>> SplitAsync(string text)
    {
        var units = new List<string>();
        await foreach (var unit in new FhirFormat().SplitAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), TestContext.Current.CancellationToken))
        {
            unit.Index.ShouldBe(units.Count);
            units.Add(Encoding.UTF8.GetString(unit.Bytes.Span));
        }

        return units;
    }
}
