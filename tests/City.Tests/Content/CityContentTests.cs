using Kangqiao.City.Content;

namespace Kangqiao.City.Tests.Content;

public sealed class CityContentTests
{
    [Fact]
    public void A_drug_that_nobody_lists_is_named_with_its_line()
    {
        var folder = Directory.CreateTempSubdirectory("kangqiao-city-content-").FullName;
        try
        {
            foreach (var file in Directory.EnumerateFiles(Cities.ContentFolder))
            {
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            }

            var diseases = Path.Combine(folder, "diseases.tsv");
            File.WriteAllText(diseases, File.ReadAllText(diseases).Replace("amlodipine,valsartan", "amlodipin,valsartan", StringComparison.Ordinal));
            var line = File.ReadAllLines(diseases).ToList().FindIndex(l => l.Contains("amlodipin,", StringComparison.Ordinal)) + 1;

            CityContent.Load(folder).Problem!.Message.ShouldBe($"diseases.tsv({line}): drugs cannot be 'amlodipin'.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
