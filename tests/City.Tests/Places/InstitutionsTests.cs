using System.Text.RegularExpressions;
using Kangqiao.City.Places;

namespace Kangqiao.City.Tests.Places;

public sealed partial class InstitutionsTests
{
    [Theory]
    [InlineData(200)]
    [InlineData(5000)]
    [InlineData(2_000_000)]
    public void Every_inhabited_street_has_a_centre_and_every_district_a_hospital(int residents)
    {
        var city = Cities.Plan(residents);

        city.Map.Districts.Count.ShouldBe(11);
        city.Map.Townships.ShouldAllBe(t => city.Institutions.Exists(i => i.Township == t));
        city.Map.Districts.ShouldAllBe(d => city.Institutions.Exists(i => i.District == d && i.Kind.Name == "district-hospital"));
        city.Institutions.Select(i => i.Code).Distinct(StringComparer.Ordinal).Count().ShouldBe(city.Institutions.Count);
        city.Institutions.Select(i => i.Name).Distinct(StringComparer.Ordinal).Count().ShouldBe(city.Institutions.Count);
    }

    [Fact]
    public void A_full_city_joins_about_as_many_institutions_as_Guangzhou_did()
    {
        Cities.Plan(2_000_000).Institutions.Count.ShouldBeInRange(240, 310);
    }

    [Fact]
    public void Codes_of_institutions_pass_their_checks()
    {
        foreach (var institution in Cities.Plan(100_000).Institutions)
        {
            var code = institution.SocialCreditCode;
            code.Length.ShouldBe(18);
            code.ShouldBe(CheckedCodes.SocialCredit(code[..2], code[2..8], code[8..17]));
            institution.Ws218Code.Length.ShouldBe(22);
            Licence().IsMatch(institution.Licence).ShouldBeTrue(institution.Licence);
        }
    }

    [Theory]
    [InlineData("91", "440300", "708461136", "91440300708461136T")]
    [InlineData("91", "110000", "802100433", "91110000802100433B")]
    [InlineData("12", "451223", "499658564", "124512234996585640")]
    public void Published_social_credit_codes_come_out_as_published(string registrar, string division, string organisation, string code) =>
        CheckedCodes.SocialCredit(registrar, division, organisation).ShouldBe(code);

    [Theory]
    [InlineData("11010519491231002", 'X')]
    [InlineData("44052418800101001", '4')]
    public void Published_citizens_numbers_come_out_as_published(string first17, char check) => CheckedCodes.IdCheckDigit(first17).ShouldBe(check);

    // 医疗机构执业许可证登记号, as the Chongqing core profile has it.
    [GeneratedRegex(@"^[0-9A-Z]{8}-?[0-9A-Z]\d{8}[A-Z]\d{3}(1|2|3|9)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Licence();
}
