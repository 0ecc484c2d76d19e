using Kangqiao.Fhir.Findings;
using Kangqiao.Fhir.Reading;
using Kangqiao.Fhir.Writing;

namespace Kangqiao.Fhir.Tests.Reading;

/// <summary>Whatever the bytes, reading ends with findings; the same seed gives the same bytes.</summary>
public sealed class FuzzTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Mutated_records_never_break_the_reader(int seed)
    {
        var mutations = new Mutations(seed, Seeds());
        for (var i = 0; i < 3000; i++)
        {
            Survives(mutations.Next());
        }
    }

    [Fact]
    public void Random_bytes_never_break_the_reader()
    {
        var random = new Random(7);
        for (var i = 0; i < 3000; i++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            Survives(bytes);
        }
    }

    [Fact]
    public void Random_JSON_tokens_never_break_the_reader()
    {
        var mutations = new Mutations(11, Seeds());
        for (var i = 0; i < 5000; i++)
        {
            Survives(mutations.Tokens());
        }
    }

    private static void Survives(byte[] bytes)
    {
        var findings = new FindingList();
        var document = FhirDocument.Read(bytes, findings);
        if (document.IsUsable)
        {
            var written = FhirJson.Write(document);
            if (!findings.HasErrors)
            {
                JsonWasKept(bytes, written);
            }
        }
        else
        {
            findings.HasErrors.ShouldBeTrue();
        }

        if (findings.Count > 0)
        {
            Given.Bytes(OperationOutcome.ToJson(findings)).ShouldBeSound();
        }
    }

    private static void JsonWasKept(byte[] bytes, byte[] written) =>
        Writing.JsonDifference.Find(bytes, written).ShouldBeNull();

    private static List<byte[]> Seeds() =>
    [
        """{"resourceType":"Patient","id":"p","meta":{"versionId":"1"},"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},"contained":[{"resourceType":"Organization","id":"o","name":"W"}],"name":[{"given":["a",null,"c"],"_given":[null,{"extension":[{"url":"http://x.cn","valueCode":"c"}]},null]}],"birthDate":"1970-01-01","_birthDate":{"id":"b"},"deceasedBoolean":false,"multipleBirthInteger":2,"contact":[{"name":{"text":"王\u5c0f"}}]}"""u8.ToArray(),
        """{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"1-8"}]},"valueQuantity":{"value":1.10e-3,"unit":"mmol/L"},"effectiveDateTime":"2026-03-05T08:30:00+08:00","component":[{"code":{"text":"x"},"valueSampledData":{"origin":{"value":0},"period":10,"dimensions":1,"data":"1 2"}}]}"""u8.ToArray(),
        """{"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:c757873d-ec9a-4326-a141-556f43239520","resource":{"resourceType":"Parameters","parameter":[{"name":"a","part":[{"name":"b","resource":{"resourceType":"Basic","code":{"text":"x"}}}]}]},"request":{"method":"POST","url":"Parameters"}}]}"""u8.ToArray(),
    ];
}
