using Kangqiao.Terminology.Operations;

namespace Kangqiao.Terminology.Tests.Operations;

public sealed class SubsumesTests
{
    [Theory]
    [InlineData(Loaded.Icd10, "A00", "A00.000x001", Subsumption.Subsumes)]
    [InlineData(Loaded.Icd10, "A00-B99", "A00.900", Subsumption.Subsumes)]
    [InlineData(Loaded.Icd10, "A01.0", "A01.000x005+J17.0*", Subsumption.Subsumes)]
    [InlineData(Loaded.Icd10, "A35.x00x001", "A35", Subsumption.SubsumedBy)]
    [InlineData(Loaded.Icd10, "A00", "A01.000", Subsumption.NotSubsumed)]
    [InlineData(Loaded.Icd10, "I00-I99", "I10.x00", Subsumption.Subsumes)]
    [InlineData(Loaded.Icd10, "A00", "A00", Subsumption.Equivalent)]
    [InlineData(Loaded.Icd9, "00.01", "00.0101", Subsumption.Subsumes)]
    [InlineData(Loaded.Icd9, "01-05", "03.1x00x001", Subsumption.Subsumes)]
    [InlineData("GBT2260", "520000", "520102", Subsumption.Subsumes)]
    [InlineData("GBT2260", "520100", "520114", Subsumption.Subsumes)]
    [InlineData("GBT10114", "320400", "320402001", Subsumption.Subsumes)]
    [InlineData("GBT4658", "10", "11", Subsumption.Subsumes)]
    [InlineData("GBT12402", "140", "141", Subsumption.Subsumes)]
    [InlineData("GBT12402", "100", "141", Subsumption.Subsumes)]
    [InlineData("GBT4761", "1", "12", Subsumption.Subsumes)]
    [InlineData("CV05.01.017", "2", "2031", Subsumption.Subsumes)]
    [InlineData("http://unitsofmeasure.org", "g", "mg", Subsumption.NotSubsumed)]
    public void What_is_above_what_follows_from_the_tables(string system, string a, string b, Subsumption expected) =>
        Loaded.Service.Subsumes(new SubsumesRequest(system, a, b)).Value.ShouldBe(expected);

    [Theory]
    [InlineData("urn:nowhere", "a", "b", "TRM001")]
    [InlineData(Loaded.Icd10, "A00", "nothing", "TRM004")]
    [InlineData(Loaded.Icd10, "A00", null, "TRM007")]
    public void What_is_not_known_is_refused(string system, string a, string? b, string problem) =>
        Loaded.Service.Subsumes(new SubsumesRequest(system, a, b)).Problem!.Code.ShouldBe(problem);

    [Fact]
    public void Codes_of_one_older_edition_are_compared_in_it() =>
        Loaded.Service.Subsumes(new SubsumesRequest(Loaded.Allergens, "03", "031")).Value.ShouldBe(Subsumption.Subsumes);
}
