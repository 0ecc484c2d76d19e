namespace Kangqiao.Fhir.Units;

public sealed class UnitProblemsTests
{
    [Theory]
    [InlineData("mmHg", "mm[Hg]")]
    [InlineData("cmH2O", "cm[H2O]")]
    [InlineData("℃", "Cel")]
    [InlineData("°C", "Cel")]
    [InlineData("×10^9/L", "10*9/L")]
    [InlineData("x10^12/L", "10*12/L")]
    [InlineData("10⁹/L", "10*9/L")]
    [InlineData("次/分", "/min")]
    [InlineData("次/min", "/min")]
    [InlineData("lbs", "[lb_av]")]
    [InlineData("μmol/L", "umol/L")]
    [InlineData("µg", "ug")]
    [InlineData("IU", "[iU]")]
    [InlineData("mIU/L", "m[iU]/L")]
    [InlineData("uIU/mL", "u[iU]/mL")]
    [InlineData("mcg", "ug")]
    [InlineData("mEq/L", "meq/L")]
    [InlineData("mOsm/kg", "mosm/kg")]
    [InlineData("kg/m²", "kg/m2")]
    [InlineData("kg/m^2", "kg/m2")]
    [InlineData("MMOL/L", "mmol/L")]
    [InlineData("mg/12h", "mg/(12.h)")]
    [InlineData("bpm", "/min")]
    [InlineData("毫克", "mg")]
    [InlineData("岁", "a")]
    [InlineData("个/HP", "/[HPF]")]
    [InlineData("cells/uL", "{cells}/uL")]
    [InlineData("mg / dL", "mg/dL")]
    [InlineData("ML/MIN", "mL/min")]
    [InlineData("mL/min/1.73m2", "mL/min/{1.73_m2}")]
    [InlineData("mL/2.5kg", null)]
    [InlineData("foo", null)]
    [InlineData("单位", null)]
    [InlineData("分", null)]
    public void A_usual_mistake_is_told_its_right_spelling(string code, string? right)
    {
        var problem = Ucum.Check(code).Problem.ShouldNotBeNull();
        if (right is null)
        {
            problem.Message.ShouldNotContain("Write");
        }
        else
        {
            Ucum.Parse(right).ShouldNotBeNull();
            problem.Message.ShouldEndWith($"Write \"{right}\".");
        }
    }

    [Theory]
    [InlineData("umol")]
    [InlineData("ug/l")]
    [InlineData("10^9/L")]
    public void A_right_code_has_no_problem(string code) => Ucum.Check(code).IsSuccess.ShouldBeTrue();

    [Fact]
    public void The_wrong_part_is_named() => Ucum.Check("mg/foo2").Problem!.Message.ShouldBe("\"foo\" is not a UCUM unit.");
}
