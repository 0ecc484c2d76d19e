using System.Globalization;
using Kangqiao.PatientIndex.Rows;

namespace Kangqiao.PatientIndex.Tests;

/// <summary>Some thousand made-up people, each in one to three records, so that names, days and homes have their usual rarity. Nobody of them exists: the division code 10 is assigned to no province.</summary>
internal sealed class Crowd
{
    private const string Surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗";
    private const string Given = "伟芳娜秀敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂丹萍鑫鹏华红玉梅琳婷宇浩博文欣怡佳晨阳子涵梓轩雨泽思源志国建新春海";
    private static readonly string[] Roads = ["解放路", "中山路", "人民路", "建设街", "和平路", "文化路", "胜利街", "长江路"];

    private ulong state;

    private Crowd(ulong seed) => state = seed;

    public List<PersonValues> Rows { get; } = [];

    public static Crowd Of(int people, ulong seed = 7)
    {
        var crowd = new Crowd(seed);
        for (var i = 0; i < people; i++)
        {
            crowd.AddPerson();
        }

        return crowd;
    }

    /// <summary>An ID number with the right check digit (GB 11643-1999).</summary>
    public static string Number(string birth, int order)
    {
        var first = string.Create(CultureInfo.InvariantCulture, $"100101{birth.Replace("-", "", StringComparison.Ordinal)}{order:D3}");
        ReadOnlySpan<int> weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        var sum = 0;
        for (var i = 0; i < 17; i++)
        {
            sum += (first[i] - '0') * weights[i];
        }

        return first + "10X98765432"[sum % 11];
    }

    private void AddPerson()
    {
        var sex = 1 + Next(2);
        var birth = string.Create(CultureInfo.InvariantCulture, $"{1935 + Next(90):D4}-{1 + Next(12):D2}-{1 + Next(28):D2}");
        var person = new PersonValues
        {
            Name = $"{Surnames[Next(Surnames.Length)]}{Given[Next(Given.Length)]}{Given[Next(Given.Length)]}",
            Sex = sex.ToString(CultureInfo.InvariantCulture),
            Birth = birth,
            Number = Number(birth, (Next(499) * 2) + (sex == 1 ? 1 : 0)),
            Phone = string.Create(CultureInfo.InvariantCulture, $"139{Next(100_000_000):D8}"),
            Address = string.Create(CultureInfo.InvariantCulture, $"云桥市东城区{Roads[Next(Roads.Length)]}{1 + Next(400)}号{1 + Next(30)}栋{101 + Next(3000)}室"),
        };
        for (var records = 1 + Next(3); records > 0; records--)
        {
            Rows.Add(Next(10) switch
            {
                0 => person with { Number = "" },
                1 => person with { Phone = "" },
                2 => person with { Address = person.Address[3..] },
                _ => person,
            });
        }
    }

    private int Next(int below)
    {
        state = (state * 6364136223846793005UL) + 1442695040888963407UL;
        return (int)((state >> 33) % (uint)below);
    }
}
