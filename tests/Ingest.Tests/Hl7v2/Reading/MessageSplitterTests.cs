using System.Text;
using Kangqiao.Ingest.Hl7v2;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Tests.Hl7v2.Reading;

public sealed class MessageSplitterTests
{
    private static readonly Hl7Format Format = new();

    [Fact]
    public async Task A_file_of_messages_comes_apart_into_them()
    {
        var units = await Split("MSH|^~\\&|a\rPID|1\rMSH|^~\\&|b\r\nPID|2\r\n\r\nMSH|^~\\&|c");

        units.ShouldBe(["MSH|^~\\&|a\rPID|1", "MSH|^~\\&|b\r\nPID|2", "MSH|^~\\&|c"]);
    }

    [Fact]
    public async Task Blocks_of_MLLP_in_a_file_are_unwrapped()
    {
        (await Split("\u000bMSH|^~\\&|a\rPID|1\r\u001c\r\u000bMSH|^~\\&|b\r\u001c\r")).ShouldBe(["MSH|^~\\&|a\rPID|1", "MSH|^~\\&|b"]);
    }

    [Fact]
    public async Task A_batch_that_counts_right_is_its_messages()
    {
        (await Split("FHS|^~\\&|HIS\rBHS|^~\\&|HIS\rMSH|^~\\&|a\rMSH|^~\\&|b\rBTS|2\rFTS|1\r")).ShouldBe(["MSH|^~\\&|a", "MSH|^~\\&|b"]);
    }

    [Theory]
    [InlineData("BHS|^~\\&|HIS\rMSH|^~\\&|a\rBTS|3\r", "HL7028", "BTS-1 says 3, but 1 came")]
    [InlineData("FHS|^~\\&|HIS\rBHS|^~\\&|HIS\rMSH|^~\\&|a\rBTS|1\rFTS|2", "HL7028", "FTS-1 says 2, but 1 came")]
    [InlineData("BHS|^~\\&|HIS\rMSH|^~\\&|a\r", "HL7029", "BTS")]
    public async Task A_batch_that_counts_otherwise_or_was_cut_off_says_so(string text, string code, string words)
    {
        var last = new RawUnit(0, default);
        await foreach (var unit in Format.SplitAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), TestContext.Current.CancellationToken))
        {
            last = unit;
        }

        var mapped = Format.Map(last, Samples.Names).ShouldHaveSingleItem();
        mapped.Records.ShouldBeEmpty();
        var finding = mapped.Findings.ShouldHaveSingleItem();
        finding.Kind.Code.ShouldBe(code);
        finding.English.ShouldContain(words);
    }

    [Fact]
    public async Task What_stands_before_the_first_message_is_kept_and_refused()
    {
        var units = await Split("hello\rMSH|^~\\&|a");

        units.ShouldBe(["hello", "MSH|^~\\&|a"]);
        Samples.Map("hello"u8.ToArray()).Codes().ShouldBe(["HL7001"]);
    }

    [Fact]
    public async Task Reads_of_any_size_give_the_same_messages()
    {
        const string Text = "FHS|^~\\&\r\nBHS|^~\\&\r\nMSH|^~\\&|a\r\nPID|1\r\nZZ\r\nMSH|^~\\&|b\r\nBTS|2\r\nFTS|1\r\n";
        foreach (var size in (int[])[1, 2, 3, 5, 7, 100])
        {
            (await Split(Text, size)).ShouldBe(["MSH|^~\\&|a\r\nPID|1\r\nZZ", "MSH|^~\\&|b"]);
        }
    }

    private static async Task<List<string>> Split(string text, int size = int.MaxValue)
    {
        var units = new List<string>();
        await foreach (var unit in Format.SplitAsync(new Drip(Encoding.UTF8.GetBytes(text), size), TestContext.Current.CancellationToken))
        {
            unit.Index.ShouldBe(units.Count);
            units.Add(Encoding.UTF8.GetString(unit.Bytes.Span));
        }

        return units;
    }

    private sealed class Drip(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, size)], cancellationToken);
    }
}
