using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Kangqiao.Fhir.Findings;
using Kangqiao.Ingest.Csv;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Ingest.Tests.Csv;

/// <summary>How files come apart, whatever they are written in and however broken they are.</summary>
public sealed class CsvReadingTests
{
    private const string Header = "visit_no,visit_at,patient_id,name,complaint\n";

    static CsvReadingTests() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    private static IFormat Visits => TheDatasets.Format("csv/outpatient-visit");

    private static Encoding Gb18030 => Encoding.GetEncoding("GB18030");

    [Theory]
    [InlineData("utf-8", false)]
    [InlineData("utf-8", true)]
    [InlineData("GB18030", false)]
    [InlineData("GB18030", true)]
    public async Task Chinese_is_read_in_either_encoding_with_and_without_a_mark(string encoding, bool isMarked)
    {
        var text = (isMarked ? "\uFEFF" : "") + "门（急）诊号,就诊日期时间,本地患者编号,患者姓名,主诉\nM1,2026-03-05,P1,龘𠮷,发热\n";
        var unit = (await Visits.MapAsync(Encoding.GetEncoding(encoding).GetBytes(text))).ShouldHaveSingleItem();

        unit.Findings.ShouldBeEmpty();
        var patient = JsonNode.Parse(unit.Records.Single(r => r.Type == "Patient").Body.Span)!;
        ((string)patient["name"]![0]!["text"]!).ShouldBe("龘𠮷");
    }

    [Fact]
    public async Task Rows_that_could_be_read_both_ways_are_read_as_the_file_is_written()
    {
        // 联通 in GB18030 is sound UTF-8 too; the other rows tell. A header of ASCII tells nothing.
        var file = Gb18030.GetBytes(Header + "M1,2026-03-05,P1,联通,\nM2,2026-03-05,P2,张伟,发热咳嗽\n");
        var units = await Visits.MapAsync(file);

        TheDatasets.Told(units).ShouldContain("联通");
        units.ShouldAllBe(u => u.Findings.Count == 0);
    }

    [Fact]
    public async Task A_row_in_another_encoding_than_the_file_is_found_and_the_others_come_in()
    {
        byte[] file = [.. Encoding.UTF8.GetBytes(Header + "M1,2026-03-05,P1,张伟,\n"), .. Gb18030.GetBytes("M2,2026-03-05,P2,王芳,\n"), .. "M3,2026-03-05,P3,李四,\n"u8];
        var units = await Visits.MapAsync(file);

        units.Select(u => u.Records.Count > 0).ShouldBe([true, false, true]);
        units[1].Findings.ShouldHaveSingleItem().Kind.ShouldBe(CsvFindings.Charset);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public async Task Fields_in_quotation_marks_hold_separators_marks_and_line_breaks(string newLine)
    {
        var file = Header.Replace("\n", newLine, StringComparison.Ordinal) + $"M1,2026-03-05,P1,张伟,\"头痛, \"\"剧烈\"\"{newLine}三天\"{newLine}M2,2026-03-05,P2,王芳,咳嗽";
        var units = await TheDatasets.MapAsync("outpatient-visit", file);

        units.Count.ShouldBe(2);
        units.ShouldAllBe(u => u.Findings.Count == 0);
        Encoding.UTF8.GetString(units[0].Records[0].Body.Span).ShouldContain($"头痛, \\\"剧烈\\\"{newLine.Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}三天");
    }

    [Theory]
    [InlineData(';')]
    [InlineData('\t')]
    public async Task Semicolons_and_tabs_separate_too(char separator) =>
        (await TheDatasets.MapAsync("outpatient-visit", (Header + "M1,2026-03-05,P1,张伟,发热\n").Replace(',', separator)))
            .ShouldHaveSingleItem().Findings.ShouldBeEmpty();

    [Fact]
    public async Task A_quotation_mark_that_nobody_closes_costs_its_own_row_and_no_other()
    {
        var units = await TheDatasets.MapAsync("outpatient-visit", Header + "M1,2026-03-05,P1,\"张伟,发热\nM2,2026-03-05,P2,王芳,\"说\"\"痛\"\"\"\nM3,2026-03-05,P3,赵六,\n");

        units.Count.ShouldBe(3);
        units[0].Findings.ShouldHaveSingleItem().Kind.ShouldBe(CsvFindings.UnclosedQuote);
        units.Skip(1).ShouldAllBe(u => u.Findings.Count == 0 && u.Records.Count > 0);
    }

    [Fact]
    public async Task A_mark_that_is_open_until_the_end_is_given_up_after_a_bounded_length()
    {
        var rows = string.Concat(Enumerable.Range(2, 30_000).Select(i => $"M{i},2026-03-05,P{i},某人,发热咳嗽三天\n"));
        var units = await TheDatasets.MapAsync("outpatient-visit", Header + "M1,2026-03-05,P1,\"张伟,\n" + rows);

        units.Count.ShouldBe(30_001);
        units.Count(u => u.Findings.Count > 0).ShouldBe(1);
    }

    [Fact]
    public async Task A_mark_inside_a_field_is_read_as_text_and_told()
    {
        var unit = (await TheDatasets.MapAsync("outpatient-visit", Header + "M1,2026-03-05,P1,张伟,5\"管\n")).ShouldHaveSingleItem();

        unit.Findings.ShouldHaveSingleItem().Kind.ShouldBe(CsvFindings.StrayQuote);
        Encoding.UTF8.GetString(unit.Records[0].Body.Span).ShouldContain("5\\\"管");
    }

    [Theory]
    [InlineData("M1,2026-03-05,P1,张伟\n")]
    [InlineData("M1,2026-03-05,P1,张伟,发热,咳嗽\n")]
    public async Task A_row_of_another_length_than_the_header_is_refused(string row) =>
        (await TheDatasets.MapAsync("outpatient-visit", Header + row)).ShouldHaveSingleItem().Findings.ShouldHaveSingleItem().Kind.ShouldBe(CsvFindings.Ragged);

    [Fact]
    public async Task What_a_spreadsheet_leaves_at_the_end_is_no_row()
    {
        var units = await TheDatasets.MapAsync("outpatient-visit", "sep=,\n" + Header + "M1,2026-03-05,P1,张伟,发热,,,\n\n,,,,\n ,, ,,\n\u001A");

        units.ShouldHaveSingleItem().Findings.ShouldBeEmpty();
    }

    [Fact]
    public async Task NUL_bytes_are_a_finding() =>
        (await TheDatasets.MapAsync("outpatient-visit", Header + "M1,2026-03-05,P1,张\0伟,发热\n")).ShouldHaveSingleItem().Findings.ShouldHaveSingleItem().Kind.ShouldBe(CsvFindings.Nul);

    [Fact]
    public async Task A_million_columns_are_refused_as_one_in_header_and_row()
    {
        var wide = new string(',', 1_000_000);
        (await TheDatasets.MapAsync("outpatient-visit", wide + "\n1\n")).ShouldHaveSingleItem().Findings.ShouldHaveSingleItem().IsError.ShouldBeTrue();
        var units = await TheDatasets.MapAsync("outpatient-visit", Header + "M1" + wide + "x\nM2,2026-03-05,P2,王芳,\n");

        units.Count.ShouldBe(2);
        units[0].Findings.ShouldHaveSingleItem().Kind.ShouldBe(CsvFindings.TooManyColumns);
        units[1].Findings.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_row_without_end_is_cut_and_the_next_comes_in()
    {
        var units = await Visits.UnitsAsync(Encoding.UTF8.GetBytes(Header + "M1," + new string('x', 5_000_000) + "\nM2,2026-03-05,P2,王芳,\n"));

        units.Count.ShouldBe(2);
        units[0].Bytes.Length.ShouldBe(CsvOptions.Default.MaxRowBytes + 1);
        Visits.Map(units[0], TheDatasets.Hospital).Single().Findings.ShouldHaveSingleItem().Kind.ShouldBe(CsvFindings.TooLong);
        Visits.Map(units[1], TheDatasets.Hospital).Single().Findings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", "CSV001")]
    [InlineData("  \n\n", "CSV001")]
    [InlineData("a,b\n1,2\n", "CSV003")]
    [InlineData("visit_no,name\n1,2\n", "CSV004")]
    [InlineData("visit_no,visit_at,门（急）诊号\n1,2026-03-05,2\n", "CSV005")]
    [InlineData("\"visit_no,visit_at\n1,2026-03-05\n", "CSV010")]
    public async Task A_header_that_cannot_be_used_is_the_only_unit(string file, string code)
    {
        var unit = (await TheDatasets.MapAsync("outpatient-visit", file)).ShouldHaveSingleItem();

        unit.Source.ShouldBe("header");
        unit.Findings.ShouldHaveSingleItem().Kind.Code.ShouldBe(code);
    }

    [Fact]
    public async Task A_spreadsheet_and_UTF_16_are_told_apart_from_text()
    {
        foreach (var file in (byte[][])[Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes(Header)).ToArray(), [.. "PK\u0003\u0004"u8, 0, 0, 0, 8]])
        {
            (await Visits.MapAsync(file)).ShouldHaveSingleItem().Findings.ShouldHaveSingleItem().Kind.ShouldBe(CsvFindings.NotText);
        }
    }

    [Fact]
    public async Task A_header_alone_is_a_file_without_rows() => (await TheDatasets.MapAsync("outpatient-visit", Header)).ShouldBeEmpty();

    [Fact]
    public async Task Columns_that_are_not_known_are_told_once()
    {
        var units = await TheDatasets.MapAsync("outpatient-visit", "visit_no,visit_at,patient_id,天气\nM1,2026-03-05,P1,晴\nM2,2026-03-05,P2,雨\n");

        units.SelectMany(u => u.Findings).ShouldHaveSingleItem().Kind.ShouldBe(CsvFindings.UnknownColumns);
    }

    [Fact]
    public async Task However_the_stream_is_cut_the_rows_are_the_same()
    {
        var file = Encoding.UTF8.GetBytes(Header + string.Concat(Enumerable.Range(0, 3_000).Select(i => $"M{i},2026-03-05,P{i},\"张\"\"伟\n{i}\",\"{new string('痛', i % 90)}\"\r\n")));
        var whole = await Visits.UnitsAsync(file);
        foreach (var piece in (int[])[1, 7, 4096, 131_071])
        {
            var cut = new List<string>();
            await foreach (var unit in Visits.SplitAsync(new DrippingStream(file, piece), TestContext.Current.CancellationToken))
            {
                cut.Add(Encoding.UTF8.GetString(unit.Bytes.Span));
            }

            cut.ShouldBe(whole.Select(u => Encoding.UTF8.GetString(u.Bytes.Span)));
        }
    }

    [Fact]
    public async Task Whatever_bytes_come_there_is_an_answer_and_no_exception()
    {
        var random = new Random(20260305);
        var good = Encoding.UTF8.GetBytes(Header + "M1,2026-03-05,P1,\"张,伟\",发热\nM2,2026-03-05,P2,王芳,\"咳\n嗽\"\n");
        for (var round = 0; round < 3_000; round++)
        {
            var bytes = good.ToArray();
            for (var change = 0; change < 1 + (round % 12); change++)
            {
                bytes[random.Next(bytes.Length)] = round % 3 == 0 ? (byte)random.Next(256) : (byte)"\",\n\r\0\t;\uFEFF"[random.Next(7)];
            }

            foreach (var format in (IFormat[])[Visits, TheDatasets.Format("csv")])
            {
                var units = await format.MapAsync(bytes);
                units.ShouldAllBe(u => u.Records.Count > 0 || u.Findings.Any(f => f.IsError));
                units.SelectMany(u => u.Findings).ShouldAllBe(f => f.Severity < Severity.Fatal && f.English.Length > 0);
            }
        }
    }

    [Fact]
    public async Task A_long_stream_is_read_in_the_memory_of_a_few_rows()
    {
        var rows = 0L;
        await foreach (var unit in Visits.SplitAsync(new EndlessRows(Encoding.UTF8.GetBytes(Header), 400_000), TestContext.Current.CancellationToken))
        {
            rows++;
            unit.Bytes.Length.ShouldBeLessThan(200);

            // A row is a piece of the piece of the stream that was read, so that what went before can go.
            MemoryMarshal.TryGetArray(unit.Bytes, out var held).ShouldBeTrue();
            held.Array!.Length.ShouldBeLessThanOrEqualTo(512 * 1024);
        }

        rows.ShouldBe(400_000);
    }

    /// <summary>Gives few bytes at a time.</summary>
    private sealed class DrippingStream(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }

    /// <summary>A header and so many rows, made as they are read.</summary>
    private sealed class EndlessRows(byte[] header, int count) : MemoryStream
    {
        private static readonly byte[] Row = Encoding.UTF8.GetBytes("M1,2026-03-05,P1,张伟,头痛三天\n");
        private ReadOnlyMemory<byte> left = header;
        private int given;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (left.IsEmpty)
            {
                if (given++ == count)
                {
                    return new(0);
                }

                left = Row;
            }

            var size = Math.Min(left.Length, buffer.Length);
            left[..size].CopyTo(buffer);
            left = left[size..];
            return new(size);
        }
    }
}
