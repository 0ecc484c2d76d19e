using System.Globalization;
using Kangqiao.Ingest.Cda;
using Kangqiao.Ingest.Cda.Content;
using Kangqiao.Ingest.Cda.Writing;
using Kangqiao.Ingest.Mapping;

namespace Kangqiao.Bench.Ingest;

/// <summary>Laboratory reports C0007 with ten results each, as a hospital's system writes them.</summary>
internal static class ShapedReport
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "content", "mappings", "cda");

    private static readonly Lazy<CdaContent> Content = new(() => CdaContent.Load(Folder).Value);

    public static IFormat Format() => new CdaFormat(Content.Value);

    public static RawUnit[] Units(ulong seed, int count)
    {
        var writer = SharedDocumentWriter.Load(Content.Value, Folder).Value;
        var random = new Random((int)seed);
        return Enumerable.Range(0, count).Select(i => new RawUnit(i, writer.Write(Report(i, random)))).ToArray();
    }

    private static SharedDocument Report(int number, Random random)
    {
        var key = number.ToString("D8", CultureInfo.InvariantCulture);
        var made = new DateTime(2024, 1, 1, 8, 0, 0).AddMinutes(number);
        var hospital = new SharedOrganization("12100000400000001X", "康桥市第一人民医院");
        return new SharedDocument("C0007", "D" + key.PadLeft(31, '0'), made, new SharedPatient("欧阳明", [("12", "ZY" + key), ("33", "JY" + key), ("24", "SQ" + key)]) { Sex = "1", Kind = "3" }, hospital)
        {
            SetId = "S" + key,
            Author = new SharedStaff("D1001", "诸葛医"),
            Signers = [new SharedStaff("D2001", "司马主任", "审核医师"), new SharedStaff("D2002", "李检验", "检验技师")],
            Sections =
            [
                new SharedSection("29548-5", "Diagnosis", [new SharedEntry(SharedKind.Observation, "DE05.01.024.00", "诊断代码", SharedValue.Code("I10.x00", "2.16.156.10011.2.3.3.11.3", "高血压"))]),
                new SharedSection("30954-2", "STUDIES SUMMARY", Enumerable.Range(0, 10).Select(i => Result($"L{i:00}", random)).ToList()),
            ],
        };
    }

    private static SharedEntry Result(string item, Random random) => new(SharedKind.Observation, "DE04.30.019.00", "检验项目代码", SharedValue.Of(item))
    {
        Parts =
        [
            new SharedEntry(SharedKind.Observation, "DE04.30.015.00", "检验定量结果", SharedValue.Of((random.Next(10, 2000) / 10m).ToString(CultureInfo.InvariantCulture))),
            new SharedEntry(SharedKind.Observation, "DE04.30.016.00", "检验定量结果计量单位", SharedValue.Of("mmol/L")),
        ],
    };
}
