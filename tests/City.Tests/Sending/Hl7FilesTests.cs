using System.Text;

namespace Kangqiao.City.Tests.Sending;

public sealed class Hl7FilesTests
{
    private static readonly Encoding Strict = Encoding.GetEncoding("utf-8", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);

    private static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding("GB18030", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!;

    [Fact]
    public async Task Every_message_is_in_the_charset_it_says_but_those_spoilt_on_purpose()
    {
        var city = await Cities.Of(600, 1);
        var expected = city.Truth("mistakes").Where(m => m[2] == "HL7007").Select(m => m[1]).Order(StringComparer.Ordinal);
        var spoilt = new List<string>();
        var charsets = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (_, bytes) in Messages(city))
        {
            var header = Encoding.Latin1.GetString(bytes).Split('\r')[0].Split('|');
            if (header.Length < 18)
            {
                continue;
            }

            charsets.Add(header[17]);
            try
            {
                (header[17] == "UNICODE UTF-8" ? Strict : Gb18030).GetString(bytes).ShouldNotContain("\uFFFD");
            }
            catch (DecoderFallbackException)
            {
                spoilt.Add(header[9]);
            }
        }

        charsets.Order(StringComparer.Ordinal).ShouldBe(["GB 18030-2000", "UNICODE UTF-8"]);
        // Bytes of UTF-8 may by accident make sense as GB18030: those cannot be told here.
        spoilt.ShouldBeSubsetOf(expected);
    }

    [Fact]
    public async Task A_control_id_comes_twice_only_where_the_message_was_sent_twice()
    {
        var city = await Cities.Of(600, 1);
        var planted = city.Truth("mistakes").Where(m => m[2] == "unchanged").Select(m => (m[0], m[1])).ToHashSet();
        var twice = Messages(city)
            .Select(m => (m.Institution, Id: Encoding.Latin1.GetString(m.Bytes).Split('\r')[0].Split('|')[9]))
            .GroupBy(m => m).Where(g => g.Count() > 1).Select(g => g.Key);

        twice.ShouldBeSubsetOf(planted);
    }

    [Fact]
    public async Task Every_patient_in_a_message_is_in_truth()
    {
        var city = await Cities.Of(600, 1);
        var patients = city.Truth("records").Where(r => r[1] == "Patient").Select(r => (r[0], r[2])).ToHashSet();
        var seen = 0;
        foreach (var (institution, bytes) in Messages(city))
        {
            var pid = Encoding.Latin1.GetString(bytes).Split('\r').FirstOrDefault(s => s.StartsWith("PID|", StringComparison.Ordinal))?.Split('|')[3] ?? "";
            var header = Encoding.Latin1.GetString(bytes).Split('\r')[0].Split('|');
            if (pid.Length > 0 && header[9][0] != 'X')
            {
                patients.ShouldContain((institution, pid.Split('~')[0].Split('^')[0]));
                seen++;
            }
        }

        seen.ShouldBeGreaterThan(1000);
    }

    private static IEnumerable<(string Institution, byte[] Bytes)> Messages(MemorySink city)
    {
        foreach (var path in city.Paths.Where(p => p.EndsWith(".hl7", StringComparison.Ordinal)))
        {
            var rest = city[path].ToArray();
            while (rest.Length > 0)
            {
                var next = rest.AsSpan(1).IndexOf("\rMSH|"u8);
                var end = next < 0 ? rest.Length : next + 2;
                yield return (path[..path.IndexOf('/')], rest[..end]);
                rest = rest[end..];
            }
        }
    }
}
