using System.Globalization;
using Kangqiao.PatientIndex.Rows;

namespace Kangqiao.Bench.Persons;

/// <summary>People of a city that is not there, each in one or several records with their slips. The same seed, the same people.</summary>
internal sealed class MadeUpPeople(ulong seed, int mostRecords)
{
    private const string Surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤";
    private const string Given = "伟芳娜秀敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂丹萍鑫鹏华红玉梅琳婷宇浩博文欣怡佳晨阳子涵梓轩雨泽思源志国建新春海俊峰楠瑞凯莹雪飞龙云帆诗琪嘉豪睿晓东亮辉成康荣胜利民福贵生英珍淑慧巧美蓉薇菲倩";
    private static readonly string[] Roads = [.. Enumerable.Range(0, 400).Select(i => $"{"东西南北中新老上下前"[i % 10]}{"光明和平建设解放人民文化胜利长江黄河"[i / 10 % 18]}{"安宁福寿康乐泰昌"[i / 20 % 8]}路")];

    private ulong state = seed;

    /// <summary>The next person's records.</summary>
    public IEnumerable<PersonValues> Next()
    {
        var sex = Roll(2);
        var birth = string.Create(CultureInfo.InvariantCulture, $"{1935 + Roll(90):D4}-{1 + Roll(12):D2}-{1 + Roll(28):D2}");
        var given = $"{Given[Skewed(Given.Length)]}{(Roll(5) == 0 ? "" : Given[Skewed(Given.Length)])}";
        var person = new PersonValues
        {
            Name = $"{Surnames[Skewed(Surnames.Length)]}{given}",
            Sex = sex == 0 ? "2" : "1",
            Birth = birth,
            Number = WithCheck(string.Create(CultureInfo.InvariantCulture, $"10{Roll(20):D2}{1 + Roll(90):D2}{birth.Replace("-", "", StringComparison.Ordinal)}{(Roll(500) * 2) + sex:D3}")),
            Phone = string.Create(CultureInfo.InvariantCulture, $"154{Roll(100_000_000):D8}"),
            Address = string.Create(CultureInfo.InvariantCulture, $"兰城市{"河东河西城南城北"[(Roll(4) * 2)..][..2]}区{Roads[Roll(Roads.Length)]}{1 + Roll(300)}号{1 + Roll(40)}栋{101 + Roll(3000)}室"),
        };
        for (var records = 1 + Roll(mostRecords); records > 0; records--)
        {
            yield return Slipped(person);
        }
    }

    public PersonValues Slipped(in PersonValues person) => Roll(12) switch
    {
        0 => person with { Number = "" },
        1 => person with { Phone = "", Number = "" },
        2 => person with { Address = "" },
        3 => person with { Birth = person.Birth[..^2] + "01", Number = "" },
        4 => person with { Name = person.Name[..^1] + Given[Roll(Given.Length)] },
        _ => person,
    };

    public int Roll(int sides)
    {
        state += 0x9E3779B97F4A7C15UL;
        var z = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return (int)((z ^ (z >> 31)) % (uint)sides);
    }

    private int Skewed(int sides) => Math.Min(Roll(sides), Roll(sides));

    private static string WithCheck(string first17)
    {
        ReadOnlySpan<int> weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        var sum = 0;
        for (var i = 0; i < 17; i++)
        {
            sum += (first17[i] - '0') * weights[i];
        }

        return first17 + "10X98765432"[sum % 11];
    }
}
