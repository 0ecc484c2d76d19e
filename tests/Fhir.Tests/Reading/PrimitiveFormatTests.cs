using System.Text;
using Kangqiao.Fhir.Facts;
using Kangqiao.Fhir.Reading;

namespace Kangqiao.Fhir.Tests.Reading;

/// <summary>The lexical rules of datatypes.html#primitive, one line per type: what fits and what does not.</summary>
public sealed class PrimitiveFormatTests
{
    private const string Uuid = "urn:uuid:c757873d-ec9a-4326-a141-556f43239520";

    [Theory]
    [InlineData(PrimitiveKind.Integer, "0", "7", "-1", "2147483647", "-2147483648")]
    [InlineData(PrimitiveKind.UnsignedInt, "0", "2147483647")]
    [InlineData(PrimitiveKind.PositiveInt, "1", "2147483647")]
    [InlineData(PrimitiveKind.Decimal, "0", "1.00", "-1.10e-3", "1e2", "1E+300", "0.00000000000000000000000000001")]
    [InlineData(PrimitiveKind.Code, "a", "in progress", "<=", "男")]
    [InlineData(PrimitiveKind.Id, "a", "A-1.b", "0123456789012345678901234567890123456789012345678901234567890123")]
    [InlineData(PrimitiveKind.Uri, "http://x.cn", "urn:oid:2.16.156.10011.1.3", Uuid, "a", "urn:oid:1.2.36|4.0.1", "中")]
    [InlineData(PrimitiveKind.Url, "https://x.cn/a?b=c#d", "mailto:a@x.cn")]
    [InlineData(PrimitiveKind.Canonical, "http://x.cn/a|2.0", "#local", "urn:oid:1.2.3|1")]
    [InlineData(PrimitiveKind.Oid, "urn:oid:1.2", "urn:oid:2.16.156.0.10011", "urn:oid:0.0")]
    [InlineData(PrimitiveKind.Uuid, Uuid)]
    [InlineData(PrimitiveKind.Base64Binary, "QQ==", "QUI=", "QUJD", "QUJD\r\nQUJD", " QUJD ", "+/+/")]
    [InlineData(PrimitiveKind.Date, "1970", "1970-02", "2024-02-29", "0001-01-01", "9999-12-31", "2000-02-29")]
    [InlineData(PrimitiveKind.DateTime, "1970", "1970-02", "1970-02-03", "2026-03-05T08:30:00+08:00", "2026-03-05T08:30:00.1234567Z", "2016-12-31T23:59:60Z", "2026-01-01T00:00:00+14:00", "2026-01-01T00:00:00-13:59")]
    [InlineData(PrimitiveKind.Instant, "2026-03-05T08:30:00+08:00", "2026-03-05T08:30:00.001Z")]
    [InlineData(PrimitiveKind.Time, "00:00:00", "23:59:59", "23:59:60", "08:30:00.5")]
    public void What_fits_its_type(PrimitiveKind kind, params string[] texts)
    {
        foreach (var text in texts)
        {
            PrimitiveFormat.Check(kind, Encoding.UTF8.GetBytes(text)).ShouldBeNull($"{kind} {text}");
        }
    }

    [Theory]
    [InlineData(PrimitiveKind.Integer, "-0", "1.0", "1e2", "2147483648", "-2147483649", "99999999999999999999999")]
    [InlineData(PrimitiveKind.UnsignedInt, "-1", "2147483648", "1.0")]
    [InlineData(PrimitiveKind.PositiveInt, "0", "-1", "2147483648")]
    [InlineData(PrimitiveKind.Decimal, "1e301", "1e-301", "1E99999999999999999999")]
    [InlineData(PrimitiveKind.Code, " a", "a ", "a  b", "a\tb", " ", "a\nb")]
    [InlineData(PrimitiveKind.Id, "a_b", "a b", "中", "01234567890123456789012345678901234567890123456789012345678901234", "a/b")]
    [InlineData(PrimitiveKind.Uri, "http://x cn", " http://x.cn", "urn:oid:x", "urn:uuid:1", "a\n")]
    [InlineData(PrimitiveKind.Url, "http://x.cn/a b")]
    [InlineData(PrimitiveKind.Canonical, "http://x.cn /a|2.0", "urn:oid:X.Y.Z|1")]
    [InlineData(PrimitiveKind.Oid, "1.2.3", "urn:oid:3.1", "urn:oid:1", "urn:oid:1.", "urn:oid:1.02", "urn:oid:1..2", "urn:oid:")]
    [InlineData(PrimitiveKind.Uuid, "c757873d-ec9a-4326-a141-556f43239520", "urn:uuid:c757873d", "urn:uuid:g757873d-ec9a-4326-a141-556f43239520", "urn:uuid:c757873dec9a-4326-a141-556f432395200")]
    [InlineData(PrimitiveKind.Base64Binary, "QQ", "QQ=", "Q===", "====", " ", "QQ==QQ==", "QU_D", "QUJDQ", "QQ=a")]
    [InlineData(PrimitiveKind.Date, "70", "1970-1", "1970-13", "1970-00", "1970-02-29", "1900-02-29", "2026-04-31", "2026-01-00", "0000", "1970-01-01T00:00:00Z", "19700101", "1970/01/01", "１９７０")]
    [InlineData(PrimitiveKind.DateTime, "2026-03-05T08:30", "2026-03-05T08:30:00", "2026-03T08:30:00Z", "2026-03-05 08:30:00Z", "2026-03-05T24:00:00Z", "2026-03-05T08:60:00Z", "2026-03-05T08:30:61Z", "2026-03-05T08:30:00.Z", "2026-03-05T08:30:00+14:01", "2026-03-05T08:30:00+15:00", "2026-03-05T08:30:00+0800", "2026-03-05T08:30:00z", "2026-03-05t08:30:00Z", "2026-02-30T08:30:00Z", "T08:30:00Z", "2026-03-05T")]
    [InlineData(PrimitiveKind.Instant, "2026-03-05", "2026", "2026-03-05T08:30:00", "2026-03-05T08:30Z")]
    [InlineData(PrimitiveKind.Time, "8:30:00", "24:00:00", "08:30", "08:30:00Z", "08:30:00.", "08:30:61", "08:60:00", "08:30:00.5x")]
    public void What_does_not_fit_its_type(PrimitiveKind kind, params string[] texts)
    {
        foreach (var text in texts)
        {
            PrimitiveFormat.Check(kind, Encoding.UTF8.GetBytes(text)).ShouldNotBeNull($"{kind} {text}");
        }
    }

    [Fact]
    public void A_decimal_of_more_than_a_thousand_digits_is_refused()
    {
        PrimitiveFormat.Check(PrimitiveKind.Decimal, Encoding.UTF8.GetBytes(new string('1', 1000))).ShouldBeNull();
        PrimitiveFormat.Check(PrimitiveKind.Decimal, Encoding.UTF8.GetBytes(new string('1', 1001))).ShouldNotBeNull();
    }

    [Fact]
    public void A_format_is_asked_of_the_text_and_not_of_its_escapes()
    {
        Given.Patient("""
            "birthDate":"1970\u002d01"
            """).ShouldBeSound();
        Given.Patient("""
            "birthDate":"1970\n"
            """).Codes.ShouldBe(["FHR018"]);
    }

    [Fact]
    public void A_finding_about_a_format_shows_the_value_and_says_what_to_write_in_two_languages()
    {
        var finding = Given.Patient("\"birthDate\":\"1970-02-30\"").Findings.Items.ShouldHaveSingleItem();
        finding.English.ShouldBe("'1970-02-30' is not a valid date: write YYYY, YYYY-MM or YYYY-MM-DD, a day that exists");
        finding.Chinese.ShouldBe("“1970-02-30”不是有效的 date：应为 YYYY、YYYY-MM 或 YYYY-MM-DD，且日期存在");
    }
}
