using System.Text;

namespace Kangqiao.Bench.Fuzz;

/// <summary>Texts that have broken readers of JSON, dates, numbers, markup, paths and patterns.</summary>
internal static class Hostile
{
    /// <summary>Put in place of a JSON value.</summary>
    public static readonly byte[][] Values =
    [
        Of("null"), Of("true"), Of("[]"), Of("{}"), Of("\"\""), Of("\" \""), Of("[null]"), Of("[[]]"), Of("{\"\":\"\"}"), Of("-0"), Of("1e999999999"),
        Of("-1e-999999999"), Of("1" + new string('0', 5000)), Of("0." + new string('1', 5000)), Of("1e18446744073709551616"), Of("9223372036854775808"),
        Of("1.00"), Of("01"), Of("+1"), Of("NaN"), Of("Infinity"), Of("0x10"), Of("\"\\ud800\""), Of("\"\\udc00\\ud800\""), Of("\"\\u0000\""),
        Of("\"\\ud83d\\ude00\""), Of("\"\\x\""), Of("\"\\u12\""), Of("\"\t\""), Of("\"\u2028\u202e\u0301\""),
        [0x22, 0xFF, 0xFE, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22],
        [0x22, 0xE4, 0xB8, 0x22], Of("\"9999-12-31T23:59:60+14:00\""), Of("\"0000-00-00\""), Of("\"2024-02-30\""), Of("\"2015-02\""),
        Of("\"24:00:00\""), Of("\"0001-01-01T00:00:00+14:00\""), Of("\"9999-12-31T23:59:59-14:00\""), Of("\"2024-12-31T23:59:59.99999999999999999999Z\""),
        Of("\"urn:uuid:\""), Of("\"#\""), Of("\"Patient/\""), Of("\"Patient/1/_history/\""), Of("\"http://\""), Of("\"Patient?identifier=\""),
        Of("\"<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\"><script>x</script></div>\""), Of("\"<div>&#x110000;&bogus;\""),
        Of("\"<!DOCTYPE a [<!ENTITY b '&b;&b;'>]><a>&b;</a>\""), Of("\"mg/((((((((((((((((((\""), Of("\"10*999999999.10^-999999999.{x}m999\""),
        Of("\"AAAA====\""), Of("\"____\""), Of("{\"resourceType\":\"Patient\"}"), Of("{\"resourceType\":\"Bundle\",\"entry\":[]}"),
        Of("{\"reference\":\"#\"}"), Of("\"http://hl7.org/fhir/StructureDefinition/Patient\""), Of("\"http://hl7.org/fhir/StructureDefinition/bp|4.0.1\""),
    ];

    /// <summary>Put anywhere into an expression.</summary>
    public static readonly string[] Expression =
    [
        "repeat($this)", ".repeat(children())", ".descendants()", ".descendants().descendants()", ".aggregate($total + $this, 1)", ".matches('(a+)+$')",
        ".matches('(')", ".replaceMatches('a*', 'aaaaaaaaaa')", " | ", " and ", " implies ", "$this", "$total", "$index", "%resource", "%`vs-`", "%nothing",
        "(((", ")))", "''", "'\\u'", "`", "@2024-13-45", "@T25:61", "9223372036854775807", "99999999999999999999.9999999999", " / 0", " mod 0",
        ".power(99999)", ".exp()", ".sqrt()", ".log(0)", ".substring(-1)", ".skip(9999999999)", ".take(-1)", ".toString()", ".toInteger()", ".toQuantity('mg')",
        " 'kg' ", " 1 year", ".lowBoundary(99)", ".highBoundary(-1)", ".as(Patient)", ".ofType(Nothing)", " is System.String", ".type().name",
        ".resolve()", ".conformsTo('x')", ".memberOf('x')", ".trace('x')", ".iif(true, $this)", ".combine($this)", ".union($this)", ".select($this | $this)",
        ".where(true)", ".all(false)", ".join('')", ".split('')", ".toChars()", ".indexOf('')", ".defineVariable('a', $this)", "%a", ".encode('base64')",
        ".htmlChecks()", ".extension('x')", " ~ ", " !~ ", " in ", " contains ", " & ", " div ", "-", "+", "{}", "//", "/*", "中文", "\0",
    ];

    private static byte[] Of(string text) => Encoding.UTF8.GetBytes(text);
}
