using FsCheck;
using FsCheck.Fluent;

namespace Kangqiao.Fhir.Units;

public sealed class UcumPropertyTests
{
    private static readonly string[] Pieces =
    [
        "m", "g", "s", "mol", "L", "[iU]", "mm[Hg]", "Cel", "10*", "10^", "3", "-2", "+", "12", ".", "/", "(", ")", "{", "}", "[", "]", "{a}",
        "k", "u", "'", "''", "%", "[pi]", "99", "9999", "[m_e]", "度", "\0", " ", "^", "*", "0", "\uD800",
    ];

    /// <summary>Groups of units that convert into one another by a factor.</summary>
    private static readonly string[][] Families =
    [
        ["mg/dL", "g/L", "ug/mL", "ng/L", "kg/m3", "g%"],
        ["mm[Hg]", "kPa", "cm[H2O]", "bar", "atm", "[psi]"],
        ["m", "cm", "[in_i]", "[ft_i]", "[mi_i]", "nm"],
        ["d", "h", "min", "wk", "a", "mo", "ms"],
        ["U/L", "kat/L", "umol/min/mL", "mmol/s/dL"],
        ["K", "Cel", "[degF]", "[degRe]", "mK"],
        ["[iU]/L", "m[iU]/mL", "[IU]/dL"],
    ];

    private static readonly Gen<decimal> Values =
        from digits in Gen.Choose(-999_999_999, 999_999_999)
        from scale in Gen.Choose(0, 8)
        select new decimal(Math.Abs(digits), 0, 0, digits < 0, (byte)scale);

    private static readonly Gen<(string From, string To)> Pairs =
        from family in Gen.Elements(Families)
        from one in Gen.Elements(family)
        from other in Gen.Elements(family)
        select (one, other);

    [Fact]
    public void What_is_converted_there_comes_back() =>
        Prop.ForAll(Values.ToArbitrary(), Pairs.ToArbitrary(), (value, units) =>
        {
            var there = Ucum.TryConvert(value, units.From, units.To, out var middle);
            return there && Ucum.TryConvert(middle, units.To, units.From, out var back)
                && Math.Abs(back - value) <= Math.Max(Math.Abs(value), 1m) * 1e-12m;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_quantity_and_its_conversion_share_a_key() =>
        Prop.ForAll(Values.ToArbitrary(), Pairs.ToArbitrary(), (value, units) =>
        {
            Ucum.TryConvert(value, units.From, units.To, out var converted);
            Ucum.TryCanonical(value, units.From, out var first);
            Ucum.TryCanonical(converted, units.To, out var second);
            // A size may lie on the edge between two keys; then they are neighbours.
            return first == second || (first.Unit == second.Unit && Math.Abs(first.Value - second.Value) <= Math.Abs(first.Value) * 1e-11);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Keys_order_as_the_values_do() =>
        Prop.ForAll(Values.ToArbitrary(), Values.ToArbitrary(), (a, b) =>
        {
            Ucum.TryCanonical(a, "mmol/L", out var first);
            Ucum.TryCanonical(b, "mmol/L", out var second);
            return Math.Sign(first.CompareTo(second)) == Math.Sign(a.CompareTo(b));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_text_makes_a_door_throw()
    {
        var texts = Gen.Choose(0, 12).SelectMany(length => Gen.ArrayOf(Gen.Elements(Pieces), length)).Select(string.Concat);
        Prop.ForAll(texts.ToArbitrary(), texts.ToArbitrary(), Values.ToArbitrary(), Survives).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
        Prop.ForAll<string, string, decimal>(Survives).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    private static bool Survives(string first, string second, decimal value)
    {
        var unit = Ucum.Parse(first);
        var known = Ucum.Check(first).IsSuccess == (unit is not null);
        Ucum.TryConvert(value, first, second, out _);
        Ucum.TryCanonical(value, first, out var key);
        _ = key.Value;
        Ucum.Multiply(first, second);
        Ucum.Divide(first, second);
        return known && (unit is null || Ucum.Parse(unit.Dimension.Canonical)!.Dimension.Equals(unit.Dimension));
    }
}
