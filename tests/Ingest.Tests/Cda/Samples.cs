using System.Globalization;
using Kangqiao.Ingest.Cda.Content;
using Kangqiao.Ingest.Cda.Writing;

namespace Kangqiao.Ingest.Tests.Cda;

/// <summary>Synthetic documents: a fictional city whose division codes begin with 10, which no province has.</summary>
internal static class Samples
{
    public static readonly SharedOrganization Hospital = new("12100000400000001X", "康桥市第一人民医院");

    // Check digits right, division fictional: nobody's number.
    public const string ResidentNumber = "100101195803152314";

    public static SharedDocument Of(string type, params SharedSection[] sections) => new(
        type,
        "D0000000000000000000000000000001",
        new DateTime(2024, 5, 6, 10, 30, 0),
        new SharedPatient("欧阳明", [("12", "ZY20240001"), ("11", "MZ20240009"), ("2", "10010100100100001"), ("20", "CF7788"), ("24", "SQ5566"), ("33", "JY3344"), ("14", "BB9900")])
        {
            ResidentNumber = ResidentNumber,
            Sex = "1",
            Birth = new DateOnly(1958, 3, 15),
            Marital = "20",
            Occupation = "80",
            Phone = "13900000001",
            Address = new SharedAddress("康桥省", "康桥市", "东区", "桥头街道", "桥头路", "8号"),
            Employer = "康桥机械厂",
            Kind = "3",
        },
        Hospital)
    {
        SetId = "SET-0001",
        Version = "1",
        Author = new SharedStaff("D1001", "诸葛医"),
        Signers = [new SharedStaff("D2001", "司马主任", "科主任"), new SharedStaff("D2002", "李审核", "审核医师")],
        Contact = new SharedContact("欧阳华", "2", "13900000002"),
        Stay = new SharedStay(
            new DateTime(2024, 5, 1, 8, 0, 0), new DateTime(2024, 5, 6, 9, 0, 0),
            new SharedUnit("12", "12床"), new SharedUnit("305", "305室"), new SharedUnit("0301", "心内科"), new SharedUnit("W3", "三病区")),
        Sections = sections,
    };

    /// <summary>Every data element of a type, each with a value no other has; and what is to be found of each.</summary>
    public static (SharedDocument Document, List<(string Element, string Find)> Due) Full(CdaDocumentType type)
    {
        var due = new List<(string, string)>();
        var sections = type.Sections.Select(s => (Section: s, Entries: new List<SharedEntry>())).ToList();
        var number = 0;
        foreach (var element in type.Elements)
        {
            number++;
            var (value, find) = Value(element, number);
            var place = sections.FindIndex(s => element.Section is not null && (s.Section.Code == element.Section || s.Section.Title == element.Section));
            sections[place < 0 ? sections.Count - 1 : place].Entries.Add(new SharedEntry(SharedKind.Observation, element.Element, element.Name, value));
            due.Add((element.Element, find));
        }

        return (Of(type.Code, sections.Select(s => new SharedSection(s.Section.Code, s.Section.Title, s.Entries)).ToArray()), due);
    }

    private static (SharedValue Value, string Find) Value(CdaDocumentElement element, int number)
    {
        var day = new DateTime(2023, 1, 1, 8, 0, 0).AddDays(number);
        return element.DataType switch
        {
            "CD" => (SharedValue.Code("1", "2.16.156.10011.2.3.1.999", $"代码词{number}完"), $"代码词{number}完"),
            "PQ" or "INT" => (SharedValue.Quantity(100 + number, element.Unit ?? "次"), (100 + number).ToString(CultureInfo.InvariantCulture)),
            "MO" => (SharedValue.Money(100 + number), (100 + number).ToString(CultureInfo.InvariantCulture)),
            "BL" => (SharedValue.Flag(true), element.Element),
            "TS" => (SharedValue.Time(day), day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
            _ => (SharedValue.Of($"文字{number}完"), $"文字{number}完"),
        };
    }
}
