namespace Kangqiao.Fhir.Units;

public sealed class UcumTests
{
    [Theory]
    [InlineData("mg/dL", "g.m-3")]
    [InlineData("mmol/L", "m-3")]
    [InlineData("mm[Hg]", "g.m-1.s-2")]
    [InlineData("kg/m2", "g.m-2")]
    [InlineData("10*9/L", "m-3")]
    [InlineData("Cel", "K")]
    [InlineData("m[iU]/mL", "[iU].m-3")]
    [InlineData("[IU]/L", "[iU].m-3")]
    [InlineData("%", "1")]
    [InlineData("{score}", "1")]
    [InlineData("mL/min/{1.73_m2}", "m3.s-1")]
    [InlineData("[in_i'H2O]", "g.m-1.s-2")]
    [InlineData("[m/s2/Hz^(1/2)]", "m2.s-3")]
    [InlineData("B[10.nV]", "C-1.g.m2.s-2")]
    [InlineData("/min", "s-1")]
    public void A_code_has_its_dimension(string code, string canonical) => Ucum.Parse(code)!.Dimension.Canonical.ShouldBe(canonical);

    [Theory]
    [InlineData("1", "mg/dL", "10", "mg/L")]
    [InlineData("5.5", "mmol/L", "0.0055", "mol/L")]
    [InlineData("120", "mm[Hg]", "12", "cm[Hg]")]
    [InlineData("37", "Cel", "98.6", "[degF]")]
    [InlineData("37.0", "Cel", "310.15", "K")]
    [InlineData("180", "cm", "1.80", "m")]
    [InlineData("4.5", "10*12/L", "4.5", "10*6/uL")]
    [InlineData("4.5", "10^12/L", "4500000", "/uL")]
    [InlineData("15", "m[iU]/L", "15", "u[IU]/mL")]
    [InlineData("1", "kat/L", "60000000", "U/L")]
    [InlineData("1", "d", "86400", "s")]
    [InlineData("0", "Cel", "32", "[degF]")]
    [InlineData("7", "[pH]", "0.1", "umol/L")]
    [InlineData("-1.50", "[lb_av]", "-680.388555", "g")]
    [InlineData("79228162514264337593543950335", "mg", "79228162514264337593543.950335", "kg")]
    [InlineData("0.0000000000000000000000000001", "u", "0.0000000000000000000000001", "mu")]
    public void Quantities_of_one_size_share_a_canonical_key(string a, string unitA, string b, string unitB)
    {
        Ucum.TryCanonical(Number(a), unitA, out var first).ShouldBeTrue();
        Ucum.TryCanonical(Number(b), unitB, out var second).ShouldBeTrue();
        second.ShouldBe(first);
        second.Value.ShouldBe(first.Value);
    }

    [Theory]
    [InlineData("6.3", "mm", "cm", "0.63")]
    [InlineData("100", "mg/dL", "g/L", "1")]
    [InlineData("1", "[ft_us]", "m", "0.3048006096012192024384048768")]
    [InlineData("98.6", "[degF]", "Cel", "37")]
    [InlineData("37.5", "Cel", "[degF]", "99.5")]
    [InlineData("80", "[degRe]", "Cel", "100")]
    [InlineData("25", "Cel", "mK", "298150")]
    [InlineData("1", "atm", "mm[Hg]", "760.00210017851817404479380748")]
    [InlineData("1", "[lb_av]", "kg", "0.45359237")]
    [InlineData("1", "cal_IT", "J", "4.1868")]
    [InlineData("100", "%[slope]", "deg", "45")]
    [InlineData("2", "10.Cel", "Cel", "20")]
    [InlineData("60", "dB[SPL]", "mPa", "20")]
    [InlineData("3", "[hp'_X]", "1", "0.001")]
    [InlineData("1.50", "mg", "mg", "1.50")]
    [InlineData("1", "mol", "1", "602213670000000000000000")]
    [InlineData("1", "[Ch]", "mm", "0.3333333333333333333333333333")]
    public void A_value_converts(string value, string from, string to, string expected)
    {
        Ucum.TryConvert(Number(value), from, to, out var result).ShouldBeTrue();
        Math.Abs(result - Number(expected)).ShouldBeLessThanOrEqualTo(Math.Abs(Number(expected)) * 1e-14m);
        if (Ucum.Parse(from)!.Special is SpecialScale.None or SpecialScale.Celsius or SpecialScale.Fahrenheit or SpecialScale.Reaumur
            && Ucum.Parse(to)!.Dimension.Canonical != "g.m-1.s-2")
        {
            result.ToString(System.Globalization.CultureInfo.InvariantCulture).ShouldBe(expected);
        }
    }

    [Theory]
    [InlineData("[iU]", "1")]
    [InlineData("[iU]", "[arb'U]")]
    [InlineData("[iU]/mL", "U/mL")]
    [InlineData("[iU]/mL", "/mL")]
    [InlineData("[CFU]/mL", "[PFU]/mL")]
    [InlineData("m", "s")]
    [InlineData("mol/L", "g/L")]
    [InlineData("Hz", "rad/s")]
    public void What_measures_different_things_does_not_convert(string from, string to)
    {
        Ucum.TryConvert(1m, from, to, out _).ShouldBeFalse();
        Ucum.Parse(from)!.IsCommensurableWith(Ucum.Parse(to)!).ShouldBeFalse();
    }

    [Theory]
    [InlineData("1000000", "mol", "1")]
    [InlineData("1", "[m_e]", "kg")]
    [InlineData("79228162514264337593543950335", "kg", "g")]
    [InlineData("-1", "1", "[pH]")]
    [InlineData("-1", "mol/L", "[pH]")]
    [InlineData("400", "Np", "1")]
    [InlineData("400000000", "B", "1")]
    public void A_result_that_no_decimal_holds_is_refused(string value, string from, string to) =>
        Ucum.TryConvert(Number(value), from, to, out _).ShouldBeFalse();

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("m/")]
    [InlineData("/")]
    [InlineData("m//s")]
    [InlineData("m..s")]
    [InlineData("(m")]
    [InlineData("m)")]
    [InlineData("()")]
    [InlineData("{a")]
    [InlineData("{a{b}}")]
    [InlineData("rad2{錠}")]
    [InlineData("m s")]
    [InlineData("kmin")]
    [InlineData("0")]
    [InlineData("1/0")]
    [InlineData("m99999999999")]
    [InlineData("10*9999")]
    [InlineData("Cel/min")]
    [InlineData("Cel2")]
    [InlineData("1/Cel")]
    [InlineData("-3")]
    [InlineData("+")]
    [InlineData("MMOL/L")]
    [InlineData("[")]
    [InlineData("]")]
    public void What_is_no_unit_is_null_and_has_a_reason(string code)
    {
        Ucum.Parse(code).ShouldBeNull();
        Ucum.Check(code).Problem!.Code.ShouldStartWith("UCUM");
        Ucum.TryCanonical(1m, code, out _).ShouldBeFalse();
    }

    [Fact]
    public void Long_and_deep_codes_are_refused()
    {
        Ucum.Parse(string.Join('.', Enumerable.Repeat("m", 200))).ShouldBeNull();
        Ucum.Parse(new string('(', 100) + "m" + new string(')', 100)).ShouldBeNull();
        Ucum.Parse(string.Join('.', Enumerable.Repeat("[pi]99", 36))).ShouldBeNull();
        Ucum.Parse(null).ShouldBeNull();
    }

    [Theory]
    [InlineData("m", "m", "m2")]
    [InlineData("mg/dL", "dL", "mg")]
    [InlineData("cm", "m", "cm.m")]
    [InlineData("1", "kg", "kg")]
    [InlineData("Cel", "1", "Cel")]
    [InlineData("m", "Cel", null)]
    [InlineData("m", "nonsense", null)]
    [InlineData("10*3", "10*-3", "1")]
    public void Units_multiply(string left, string right, string? product) => Ucum.Multiply(left, right).ShouldBe(product);

    [Theory]
    [InlineData("g", "m3", "g/m3")]
    [InlineData("m", "m", "1")]
    [InlineData("1", "s", "1/s")]
    [InlineData("m", "m.s", "/s")]
    [InlineData("mmol/(8.h)", "kg", "mmol/8/h/kg")]
    [InlineData("m", "m/s", "s")]
    [InlineData("[degF]", "s", null)]
    public void Units_divide(string left, string right, string? quotient) => Ucum.Divide(left, right).ShouldBe(quotient);

    [Fact]
    public void Every_unit_of_the_table_has_a_dimension_and_a_positive_size()
    {
        UcumAtoms.All.Count.ShouldBe(311);
        foreach (var atom in UcumAtoms.All.Values)
        {
            Ucum.Parse(atom.Code).ShouldNotBeNull(atom.Code).Factor.ShouldBeGreaterThan(0, atom.Code);
            Ucum.TryCanonical(1m, atom.Code, out _).ShouldBeTrue(atom.Code);
            (Ucum.Parse("k" + atom.Code) is not null).ShouldBe(atom.TakesPrefix, atom.Code);
        }
    }

    [Fact]
    public void Canonical_keys_keep_twelve_digits_and_no_trailing_zero()
    {
        Ucum.TryCanonical(1.00m, "mg/dL", out var key).ShouldBeTrue();
        key.ShouldBe(new CanonicalQuantity(1, 1, "g.m-3"));
        key.Value.ShouldBe(10);
        Ucum.TryCanonical(0.1234567890125m, "g", out key);
        key.Significand.ShouldBe(123456789013);
        Ucum.TryCanonical(-0.99999999999999m, "g", out key);
        key.ShouldBe(new CanonicalQuantity(-1, 0, "g"));
        Ucum.TryCanonical(0.000m, "mmol/L", out key);
        key.ShouldBe(new CanonicalQuantity(0, 0, "m-3"));
    }

    [Fact]
    public void A_seen_unit_is_canonicalised_without_allocation()
    {
        decimal[] values = [5.5m, 37.2m, 120m, 7.4m];
        string[] units = ["mmol/L", "Cel", "mm[Hg]", "[pH]"];
        for (var warm = 0; warm < 100; warm++)
        {
            Ucum.TryCanonical(values[warm % 4], units[warm % 4], out _);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 3000; i++)
        {
            Ucum.TryCanonical(values[i % 4], units[i % 4], out _);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(200);
    }

    [Fact]
    public void Bytes_are_read_as_characters_are()
    {
        Ucum.TryCanonical(5.5m, "mmol/L"u8, out var bytes).ShouldBeTrue();
        Ucum.TryCanonical(5.5m, "mmol/L", out var characters).ShouldBeTrue();
        bytes.ShouldBe(characters);
        Ucum.TryCanonical(1m, [0xFF, 0x80], out _).ShouldBeFalse();
        Ucum.TryCanonical(1m, new byte[5000], out _).ShouldBeFalse();
    }

    private static decimal Number(string text) => decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
