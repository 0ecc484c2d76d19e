namespace Kangqiao.Bench.Shapes;

/// <summary>The shapes of organizations, practitioners and locations.</summary>
internal static class MasterShapes
{
    private static ReadOnlySpan<byte> Tag =>
        "\"meta\":{\"tag\":[{\"system\":\"https://shaped.example/tags\",\"code\":\"shaped-1\"}]}"u8;

    public static void Write(ShapedRecords records, CityPlaces places, ulong seed)
    {
        var random = SplitMix64.Of(seed, ulong.MaxValue - 1);
        var writer = records.Start();
        for (var i = 0; i < places.Organizations.Length; i++)
        {
            var organization = places.Organizations[i];
            var district = Words.Districts[i % Words.Districts.Length];
            var name = district + "第" + (i + 1) + (i % 3 == 0 ? "人民医院" : i % 3 == 1 ? "社区卫生服务中心" : " Hospital");
            writer.Write($$$"""
                {"resourceType":"Organization","id":"{{{organization.Id}}}",{{{Tag}}},"identifier":[{"system":"urn:oid:2.16.156.10011.1.5","value":"99{{{i + 10_000}}}"}],"active":true,"type":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/organization-type","code":"prov","display":"Healthcare Provider"}],"text":"Healthcare Provider"}],"name":"{{{name}}}","telecom":[{"system":"phone","value":"000-8888{{{i + 1000}}}"}],"address":[{"line":["{{{Words.Streets[i % Words.Streets.Length]}}}{{{i + 1}}}号"],"city":"康桥市","district":"{{{district}}}","state":"康桥省","postalCode":"990000","country":"CN"}]}
                """);
            records.Add(ShapeType.Organization, organization.Id);
            for (var j = 0; j < places.Practitioners[i].Length; j++)
            {
                WritePractitioner(records, writer, ref random, places.Practitioners[i][j].Id, (i * 100) + j);
            }

            for (var j = 0; j < places.Locations[i].Length; j++)
            {
                var department = Words.Departments[random.Below(Words.Departments.Length)];
                writer.Write($$$"""
                    {"resourceType":"Location","id":"{{{places.Locations[i][j].Id}}}",{{{Tag}}},"identifier":[{"system":"https://shaped.example/location","value":"L{{{(i * 100) + j}}}"}],"status":"active","name":"{{{name}}}{{{department}}}","mode":"instance","telecom":[{"system":"phone","value":"000-7777{{{i + 1000}}}"}],"address":{"city":"康桥市","district":"{{{district}}}","state":"康桥省","country":"CN"},"position":{"longitude":{{{new Figure(random.Between(1_140_000, 1_149_999), 4)}}},"latitude":{{{new Figure(random.Between(301_000, 309_999), 4)}}}},"managingOrganization":{"reference":"{{{organization}}}"}}
                    """);
                records.Add(ShapeType.Location, places.Locations[i][j].Id);
            }
        }
    }

    private static void WritePractitioner(ShapedRecords records, ShapeWriter writer, ref SplitMix64 random, Guid id, int number)
    {
        var family = Words.ChineseFamilies[random.Below(Words.ChineseFamilies.Length)];
        var given = Words.ChineseGiven[random.Below(Words.ChineseGiven.Length)];
        writer.Write($$$"""
            {"resourceType":"Practitioner","id":"{{{id}}}",{{{Tag}}},"identifier":[{"system":"https://shaped.example/practitioner","value":"P{{{number}}}"}],"active":true,"name":[{"text":"{{{family}}}{{{given}}}","family":"{{{family}}}","given":["{{{given}}}"],"prefix":["Dr."]}],"gender":"{{{(random.Chance(550) ? "female" : "male")}}}"}
            """);
        records.Add(ShapeType.Practitioner, id);
    }
}
