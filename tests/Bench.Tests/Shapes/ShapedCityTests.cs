using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Kangqiao.Bench.Shapes;
using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Validation;

namespace Kangqiao.Bench.Tests.Shapes;

public sealed partial class ShapedCityTests
{
    private static readonly ShapedCity City = new(1);

    // dom-6 wishes for a narrative in each resource; Synthea's have none either.
    private static readonly Validator Validator = new(new ValidationOptions { BestPractice = BestPractice.Ignore });

    [Fact]
    public void The_same_seed_gives_the_same_bytes_on_every_machine()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var resource in City.MasterData().Resources.Concat(City.Patients(20).SelectMany(p => p.Resources)))
        {
            hash.AppendData(resource.Json.Span);
        }

        // Numbers measured before and after a change of this are not about the same records: change it knowingly.
        Convert.ToHexStringLower(hash.GetHashAndReset()).ShouldBe("6d96d5c38950417a1f5698bcbef672b6075a32b72055b48371a2378211bcf279");
    }

    [Fact]
    public void A_patient_is_the_same_whether_made_alone_or_after_others()
    {
        var alone = new ShapedPatient();
        City.Fill(alone, 7);
        var eighth = City.Patients(8).Last();

        Json(eighth).ShouldBe(Json(alone));
    }

    [Fact]
    public void One_patient_in_a_thousand_is_very_ill_and_has_a_bundle_as_large_as_the_published_ones()
    {
        var ill = City.Patients(1, first: 777).Single();
        ill.Resources.Count().ShouldBeInRange(1_800, 2_600);
        City.Patients(1, first: 776).Single().Resources.Count().ShouldBeLessThan(700);
        foreach (var resource in ill.Resources)
        {
            Findings(resource.Json).ShouldBeEmpty();
        }
    }

    [Fact]
    public void Another_seed_gives_other_people() => new ShapedCity(2).Patients(1).Single().Id.ShouldNotBe(City.Patients(1).Single().Id);

    [Fact]
    public void Every_resource_and_transaction_is_valid_R4()
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var records in City.Patients(60).Prepend<ShapedRecords>(City.MasterData()))
        {
            foreach (var resource in records.Resources)
            {
                Findings(resource.Json).ShouldBeEmpty();
            }

            foreach (var form in Enum.GetValues<TransactionForm>())
            {
                output.ResetWrittenCount();
                records.WriteTransaction(output, form);
                Findings(output.WrittenMemory).ShouldBeEmpty();
            }
        }
    }

    [Fact]
    public void The_mix_and_sizes_are_those_of_Synthea()
    {
        var resources = City.Patients(300).SelectMany(p => p.Resources.Select(r => (r.Type.Name, r.Json.Length))).ToList();
        var shares = resources.GroupBy(r => r.Name).ToDictionary(g => g.Key, g => 100.0 * g.Count() / resources.Count);

        resources.Average(r => r.Length).ShouldBeInRange(1300, 1500);
        shares["Observation"].ShouldBeInRange(43, 49);
        shares["Claim"].ShouldBeInRange(10, 12.5);
        shares["Encounter"].ShouldBeInRange(8, 10);
        shares["ExplanationOfBenefit"].ShouldBe(shares["Encounter"]);
        shares["Immunization"].ShouldBeInRange(8, 10);
        shares["Procedure"].ShouldBeInRange(3, 5);
    }

    [Fact]
    public void The_most_frequent_code_is_about_one_in_twenty_observations()
    {
        var codes = City.Patients(300)
            .SelectMany(p => p.Resources.Where(r => r.Type == ShapeType.Observation).Select(r => Code().Match(Text(r.Json)).Groups["it"].Value))
            .GroupBy(c => c)
            .Select(g => g.Count())
            .OrderDescending()
            .ToList();

        (100.0 * codes[0] / codes.Sum()).ShouldBeInRange(4, 6.5);
        codes.Count.ShouldBeGreaterThan(200);
    }

    [Theory]
    [InlineData("Post")]
    [InlineData("Put")]
    public void Every_reference_of_a_transaction_is_in_it_or_is_master_data(string form)
    {
        var master = City.MasterData().Resources.Select(r => $"{r.Type.Name}/{r.Id}").ToHashSet();
        foreach (var patient in City.Patients(20))
        {
            var output = new ArrayBufferWriter<byte>();
            patient.WriteTransaction(output, Enum.Parse<TransactionForm>(form));
            var text = Text(output.WrittenMemory);
            var known = FullUrl().Matches(text).Select(m => m.Groups["it"].Value.Replace(ShapedRecords.PutBase, "")).ToHashSet();
            foreach (var reference in Reference().Matches(text).Select(m => m.Groups["it"].Value))
            {
                (known.Contains(reference) || master.Contains(reference)).ShouldBeTrue(reference);
            }
        }
    }

    [Fact]
    public void Resident_numbers_are_well_formed_and_nobodys()
    {
        var numbers = City.Patients(50).Select(p => ResidentNumber().Match(Text(p[0].Json)).Groups["it"].Value).ToList();

        foreach (var number in numbers)
        {
            // GB 11643: the weighted sum of all 18 places leaves 1 when divided by 11; regions 99 are not given out.
            number[..2].ShouldBe("99");
            number.Select((c, i) => (c == 'X' ? 10 : c - '0') * ((1 << (17 - i)) % 11)).Sum().ShouldSatisfyAllConditions(s => (s % 11).ShouldBe(1));
        }
    }

    private static IReadOnlyList<Finding> Findings(ReadOnlyMemory<byte> json)
    {
        var findings = new FindingList();
        Validator.Validate(FhirDocument.Read(json, findings), findings);
        return findings.Items;
    }

    private static string Json(ShapedRecords records) => string.Concat(records.Resources.Select(r => Text(r.Json)));

    private static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);

    [GeneratedRegex("\"code\":\\{\"coding\":\\[\\{\"system\":\"[^\"]*\",\"code\":\"(?<it>[^\"]*)\"", RegexOptions.None, 1000)]
    private static partial Regex Code();

    [GeneratedRegex("\"fullUrl\":\"(?<it>[^\"]*)\"", RegexOptions.None, 1000)]
    private static partial Regex FullUrl();

    [GeneratedRegex("\"reference\":\"(?<it>[^\"#]*)\"", RegexOptions.None, 1000)]
    private static partial Regex Reference();

    [GeneratedRegex("2.16.156.10011.1.3\",\"value\":\"(?<it>[0-9X]{18})\"", RegexOptions.None, 1000)]
    private static partial Regex ResidentNumber();
}
